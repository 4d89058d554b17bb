/** What checkov finds in the stacks, and why it stays. `npm run test:infra` takes a finding without an entry, and an entry without a finding, for a mistake. */
export interface AcceptedFinding {
  /** Of checkov, https://www.checkov.io/5.Policy%20Index/terraform.html */
  check: `CKV${'' | 2}_AWS_${number}`;
  /** Stack and resource; `*` stands for any part of a name. */
  at: readonly string[];
  /** Whole sentences. */
  reason: string;
}

const KMS =
  'A key of KMS is $1 a month and $0.03 for 10,000 requests, and every role needs it beside the rest. AWS encrypts with keys of its own at no cost, and nobody outside the account is let in.';
const NOTHING_OF_VALUE = 'The environment holds nothing of value';

/** By what they are about. */
export const ACCEPTED_FINDINGS: readonly AcceptedFinding[] = [
  { check: 'CKV_AWS_119', at: ['storage-*/image-table'], reason: KMS },
  { check: 'CKV_AWS_136', at: ['bootstrap/repository-*'], reason: KMS },
  {
    check: 'CKV_AWS_145',
    at: ['bootstrap/state-*bucket', 'storage-*/*-bucket'],
    reason: `${KMS} Load balancers write no log into a bucket with one.`,
  },
  { check: 'CKV_AWS_158', at: ['platform-*/*log*', 'platform-*/worker-fleet_spot-events'], reason: KMS },
  {
    check: 'CKV_AWS_26',
    at: ['platform-*/alarms_mails_topic', 'bootstrap/notices_mails_topic'],
    reason:
      'An alarm cannot publish to a topic with AWS’s own key of KMS, and one of ours costs $1 a month. Its messages name alarms, and go on as mails in the clear.',
  },
  {
    check: 'CKV_AWS_338',
    at: ['platform-*/*log*', 'platform-*/worker-fleet_spot-events'],
    reason:
      'Logs hold addresses of clients, and are kept as long as somebody looks at them: the days are observability.logDays and network.flowLogDays of the settings.',
  },
  {
    check: 'CKV_AWS_144',
    at: ['bootstrap/state-*bucket', 'storage-*/*-bucket'],
    reason:
      'A copy in another region doubles what storing costs: storage.originalsReplica of the settings makes one. What is deleted by mistake is kept as a version.',
  },
  {
    check: 'CKV_AWS_18',
    at: ['storage-dev/image-bucket', 'storage-staging/image-bucket'],
    reason: `${NOTHING_OF_VALUE} whose reading would have to be accounted for, so its settings switch access logs off.`,
  },
  {
    check: 'CKV_AWS_18',
    at: ['bootstrap/state-log-bucket'],
    reason: 'A log of who reads a log would be read by nobody, and would grow by being written.',
  },
  {
    check: 'CKV_AWS_21',
    at: ['storage-prod/log-bucket', 'bootstrap/state-log-bucket'],
    reason: 'A log is written once and never replaced, so there are no versions of it.',
  },
  {
    check: 'CKV2_AWS_62',
    at: ['bootstrap/state-*bucket', 'storage-*/*-bucket'],
    reason:
      'Nobody waits for an event of these buckets: the services that write objects queue what is to be done with them.',
  },
  {
    check: 'CKV2_AWS_65',
    at: ['storage-prod/log-bucket-ownership'],
    reason:
      'CloudFront writes its standard logs with an ACL, and refuses a bucket that takes none. All objects belong to the bucket’s owner, and public ACLs are blocked.',
  },
  {
    check: 'CKV_AWS_378',
    at: ['platform-*/target-group-*'],
    reason:
      'Between the load balancer and its tasks requests go by HTTP, in private subnets and from one security group to another. A load balancer does not check the certificates of its targets, so TLS there would keep out nobody who can answer in their place.',
  },
  {
    check: 'CKV_AWS_2',
    at: ['platform-dev/listener'],
    reason: `${NOTHING_OF_VALUE} and has no domain name, without which there is no certificate. IMG-SET-009 refuses HTTP where storage is not disposable.`,
  },
  {
    check: 'CKV_AWS_103',
    at: ['platform-dev/listener'],
    reason: `${NOTHING_OF_VALUE} and has no domain name, without which there is no certificate and no TLS.`,
  },
  {
    check: 'CKV2_AWS_20',
    at: ['platform-dev/load-balancer'],
    reason: `${NOTHING_OF_VALUE} and has no domain name, so there is no HTTPS to redirect to.`,
  },
  {
    check: 'CKV_AWS_260',
    at: ['platform-*/load-balancer-world-80-in'],
    reason: 'Port 80 answers with a redirect to HTTPS and nothing else, but for the environment without a domain name.',
  },
  {
    check: 'CKV_AWS_150',
    at: ['platform-dev/load-balancer', 'platform-staging/load-balancer'],
    reason: `${NOTHING_OF_VALUE}, and is destroyed and made again at will. IMG-ALB-101 asks for the protection where storage is not disposable.`,
  },
  {
    check: 'CKV_AWS_91',
    at: ['platform-dev/load-balancer', 'platform-staging/load-balancer'],
    reason: `${NOTHING_OF_VALUE} whose use would have to be accounted for, so its settings switch access logs off.`,
  },
  {
    check: 'CKV2_AWS_11',
    at: ['platform-dev/vpc', 'platform-staging/vpc'],
    reason: `${NOTHING_OF_VALUE} whose incidents would have to be reconstructed: flow logs are $0.50 a GB.`,
  },
  {
    check: 'CKV2_AWS_28',
    at: ['platform-dev/load-balancer'],
    reason: `${NOTHING_OF_VALUE} to protect for $10 a month. The services check keys by themselves.`,
  },
  {
    check: 'CKV2_AWS_31',
    at: ['platform-*/web-acl', 'platform-*/edge-web-acl'],
    reason:
      'WAF samples requests for nothing, and its metrics tell which rule turns away how many. A log of all requests costs $0.50 a GB beside the access logs, which have them too.',
  },
  {
    check: 'CKV2_AWS_47',
    at: ['platform-*/distribution'],
    reason:
      'The rules against Log4j are there, AWSManagedRulesKnownBadInputsRuleSet. checkov asks for AWSManagedRulesAnonymousIpList beside them, which turns away hosting providers, where clients of an API are; staging has no web ACL at the edge.',
  },
  {
    check: 'CKV2_AWS_76',
    at: ['platform-*/load-balancer'],
    reason:
      'The rules against Log4j are there, AWSManagedRulesKnownBadInputsRuleSet. checkov asks for AWSManagedRulesAnonymousIpList beside them, which turns away hosting providers, where clients of an API are.',
  },
  {
    check: 'CKV_AWS_68',
    at: ['platform-staging/distribution'],
    reason:
      'All that gets past the cache is looked at by the web ACL of the load balancer; a second one at the edge spares prod the bill of a flood.',
  },
  {
    check: 'CKV_AWS_86',
    at: ['platform-staging/distribution'],
    reason: `${NOTHING_OF_VALUE} whose use would have to be accounted for, so its settings switch access logs off.`,
  },
  {
    check: 'CKV_AWS_174',
    at: ['platform-*/distribution'],
    reason:
      'Without a domain name of its own a distribution has CloudFront’s certificate, whose TLS nobody can choose. IMG-CDN-006 asks for TLS 1.2 with every other.',
  },
  {
    check: 'CKV2_AWS_42',
    at: ['platform-*/distribution'],
    reason:
      'A certificate is for a domain name, which whoever deploys has to own: cdn.domainNames and cdn.certificateArn of the settings.',
  },
  {
    check: 'CKV_AWS_259',
    at: ['platform-*/response-headers-*'],
    reason:
      'Browsers are kept to HTTPS for a year. Beyond that checkov asks for includeSubDomains and preload, which speak for names that are not of this service and can hardly be taken back.',
  },
  {
    check: 'CKV_AWS_305',
    at: ['platform-*/distribution'],
    reason: 'The root of the CDN is a 404 of the edge: nothing but downloads is behind it, and there is no page.',
  },
  {
    check: 'CKV_AWS_310',
    at: ['platform-*/distribution'],
    reason: 'There is one region, so one origin. It stands in two zones or three.',
  },
  {
    check: 'CKV_AWS_374',
    at: ['platform-*/distribution'],
    reason: 'Images are for whoever has their address, in whatever country.',
  },
];

const patternOf = (place: string): RegExp => new RegExp(`^${place.split('*').map(RegExp.escape).join('.*')}$`);

/** Whether a place, such as `platform-dev/vpc`, is one of an entry. */
export const isAt = ({ at }: AcceptedFinding, place: string): boolean => at.some((each) => patternOf(each).test(place));
