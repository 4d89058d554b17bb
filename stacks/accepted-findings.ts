/**
 * A finding of checkov that is accepted, and why. `npm run test:infra` fails for a finding without an entry, and for an entry without a
 * finding.
 */
export interface AcceptedFinding {
  /** The id of the check: https://www.checkov.io/5.Policy%20Index/terraform.html */
  check: `CKV${'' | 2}_AWS_${number}`;
  /** The resources, as `stack/resource`; `*` stands for any part of a name. */
  at: readonly string[];
  /** The reason, in whole sentences. */
  reason: string;
}

const KMS =
  'A KMS key costs $1 a month and $0.03 for 10,000 requests, and every role would need permission for it. AWS encrypts with its own keys at no cost, and nobody outside the account has access.';
const NOTHING_OF_VALUE = 'The environment holds nothing of value';

export const ACCEPTED_FINDINGS: readonly AcceptedFinding[] = [
  { check: 'CKV_AWS_119', at: ['storage-*/image-table'], reason: KMS },
  { check: 'CKV_AWS_136', at: ['bootstrap/repository-*'], reason: KMS },
  {
    check: 'CKV_AWS_145',
    at: ['bootstrap/state-*bucket', 'storage-*/*-bucket'],
    reason: `${KMS} Load balancers cannot write logs into a bucket with a KMS key.`,
  },
  {
    check: 'CKV_AWS_158',
    at: ['platform-*/*log*', 'platform-*/worker-fleet_spot-events', 'storage-*/audit-log'],
    reason: KMS,
  },
  {
    check: 'CKV_AWS_26',
    at: ['platform-*/alarms_*mails_topic', 'bootstrap/notices_mails_topic'],
    reason:
      'An alarm cannot publish to a topic encrypted with AWS’s own KMS key, and a customer key costs $1 a month. The messages name alarms, and continue as unencrypted mails.',
  },
  {
    check: 'CKV_AWS_26',
    at: ['platform-*/budget_topic'],
    reason:
      'A budget cannot publish to a topic encrypted with AWS’s own KMS key, and a customer key costs $1 a month. Nobody subscribes to the topic: its messages are only counted.',
  },
  {
    check: 'CKV_AWS_284',
    at: ['platform-*/alarms_economy_state-machine'],
    reason:
      'A trace would show the time of each step of what runs twice a month in a few seconds, with nobody waiting for it. The history of its executions has the steps too.',
  },
  {
    check: 'CKV_AWS_285',
    at: ['platform-*/alarms_economy_state-machine'],
    reason:
      'Step Functions keeps the history of each execution of a standard state machine for 90 days by itself. A log of it would keep the same for longer, and an alarm names the failed ones.',
  },
  {
    check: 'CKV_AWS_338',
    at: ['platform-*/*log*', 'platform-*/worker-fleet_spot-events', 'storage-*/audit-log'],
    reason:
      'Logs contain addresses of clients, and are kept only as long as somebody may look at them: for the days of observability.logDays, observability.auditDays and network.flowLogDays.',
  },
  {
    check: 'CKV_AWS_144',
    at: ['bootstrap/state-*bucket', 'storage-*/*-bucket'],
    reason:
      'A copy in another region doubles the costs of storage; the setting storage.originalsReplica makes one. Objects deleted by mistake are kept as versions.',
  },
  {
    check: 'CKV_AWS_18',
    at: ['storage-dev/image-bucket', 'storage-staging/image-bucket'],
    reason: `${NOTHING_OF_VALUE} whose readers would have to be known, so its settings switch access logs off.`,
  },
  {
    check: 'CKV_AWS_18',
    at: ['bootstrap/state-log-bucket'],
    reason: 'A log of who reads a log would be read by nobody, and would grow by its own writing.',
  },
  {
    check: 'CKV_AWS_21',
    at: ['storage-prod/log-bucket', 'bootstrap/state-log-bucket'],
    reason: 'A log is written once and never replaced, so it needs no versions.',
  },
  {
    check: 'CKV2_AWS_62',
    at: ['bootstrap/state-*bucket', 'storage-*/*-bucket'],
    reason: 'Nothing uses events of these buckets: the services that write objects also queue the work on them.',
  },
  {
    check: 'CKV2_AWS_65',
    at: ['storage-prod/log-bucket-ownership'],
    reason:
      'CloudFront writes its standard logs with an ACL and refuses a bucket without ACLs. All objects belong to the bucket’s owner, and public ACLs are blocked.',
  },
  {
    check: 'CKV_AWS_378',
    at: ['platform-*/target-group-*'],
    reason:
      'Requests from the load balancer to its tasks use HTTP, in private subnets and from one security group to another. A load balancer does not verify the certificates of its targets, so TLS would not stop somebody who can answer in their place.',
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
    reason: 'Port 80 only redirects to HTTPS, except in the environment without a domain name.',
  },
  {
    check: 'CKV_AWS_150',
    at: ['platform-dev/load-balancer', 'platform-staging/load-balancer'],
    reason: `${NOTHING_OF_VALUE}, and is destroyed and created again at will. IMG-ALB-101 requires the protection where storage is not disposable.`,
  },
  {
    check: 'CKV_AWS_91',
    at: ['platform-dev/load-balancer', 'platform-staging/load-balancer'],
    reason: `${NOTHING_OF_VALUE}, so nobody needs to know who has used it, and its settings switch access logs off.`,
  },
  {
    check: 'CKV2_AWS_11',
    at: ['platform-dev/vpc', 'platform-staging/vpc'],
    reason: `${NOTHING_OF_VALUE}, so no incident would have to be reconstructed. Flow logs cost $0.50 a GB.`,
  },
  {
    check: 'CKV2_AWS_28',
    at: ['platform-dev/load-balancer'],
    reason: `${NOTHING_OF_VALUE} that would be worth the price of a web ACL. The services check keys themselves.`,
  },
  {
    check: 'CKV2_AWS_31',
    at: ['platform-*/web-acl', 'platform-*/edge-web-acl'],
    reason:
      'WAF samples requests for free, and its metrics show how many each rule blocks. A log of all requests costs $0.50 a GB, and the access logs contain them too.',
  },
  {
    check: 'CKV2_AWS_47',
    at: ['platform-*/distribution'],
    reason:
      'The rules against Log4j are in place (AWSManagedRulesKnownBadInputsRuleSet). checkov also asks for AWSManagedRulesAnonymousIpList, which blocks hosting providers, where clients of an API run; staging has no web ACL at the edge.',
  },
  {
    check: 'CKV2_AWS_76',
    at: ['platform-*/load-balancer'],
    reason:
      'The rules against Log4j are in place (AWSManagedRulesKnownBadInputsRuleSet). checkov also asks for AWSManagedRulesAnonymousIpList, which blocks hosting providers, where clients of an API run.',
  },
  {
    check: 'CKV_AWS_68',
    at: ['platform-staging/distribution'],
    reason:
      'The web ACL of the load balancer inspects every request that the cache does not answer. The second one at the edge protects prod from the costs of a flood.',
  },
  {
    check: 'CKV_AWS_86',
    at: ['platform-staging/distribution'],
    reason: `${NOTHING_OF_VALUE}, so nobody needs to know who has used it, and its settings switch access logs off.`,
  },
  {
    check: 'CKV_AWS_174',
    at: ['platform-*/distribution'],
    reason:
      'Without a domain name of its own a distribution uses CloudFront’s certificate, for which the TLS version cannot be chosen. IMG-CDN-006 requires TLS 1.2 with any other.',
  },
  {
    check: 'CKV2_AWS_42',
    at: ['platform-*/distribution'],
    reason:
      'A certificate needs a domain name, which the operator must own: see the settings cdn.domainNames and cdn.certificateArn.',
  },
  {
    check: 'CKV_AWS_259',
    at: ['platform-*/response-headers-*'],
    reason:
      'Browsers must use HTTPS for a year. Beyond that checkov asks for includeSubDomains and preload, which would bind names of other services and can hardly be undone.',
  },
  {
    check: 'CKV_AWS_305',
    at: ['platform-*/distribution'],
    reason: 'The root of the CDN answers 404: the CDN serves only downloads, and has no page.',
  },
  {
    check: 'CKV_AWS_310',
    at: ['platform-*/distribution'],
    reason: 'There is one region and so one origin, which is in two or three zones.',
  },
  {
    check: 'CKV_AWS_374',
    at: ['platform-*/distribution'],
    reason: 'Images are for everybody who has their address, in any country.',
  },
];

const patternOf = (resource: string): RegExp => new RegExp(`^${resource.split('*').map(RegExp.escape).join('.*')}$`);

/** Whether a resource, such as `platform-dev/vpc`, is one of those of an entry. */
export const isAt = ({ at }: AcceptedFinding, resource: string): boolean =>
  at.some((each) => patternOf(each).test(resource));
