import { ACCOUNT_ID } from '../../../stacks/environments/account.ts';
import { KEY, OTHER_KEY } from './bases.ts';
import type { Fixed, Given } from './given-changes.ts';

const certificate = (number: number): string =>
  `arn:aws:acm:us-east-1:${ACCOUNT_ID}:certificate/00000000-0000-4000-8000-00000000000${number}`;

const WITHOUT_ACL = 'Nothing limits or filters requests there from then on; what the ACL has counted is gone.';

const OWN_NAME: Given = {
  set: { 'cdn.certificateArn': certificate(5), 'cdn.domainNames': ['cdn.example.com'] },
  as: 'one name → another',
};

const TO_HTTPS: Given = {
  from: 'dev',
  set: {
    'loadBalancer.certificateArn': certificate(3),
    'loadBalancer.domainName': 'images.dev.example.com',
    'loadBalancer.allowHttp': undefined,
  },
  as: 'HTTP → HTTPS',
  todo: 'Clients that ask by HTTP are sent to HTTPS from then on.',
};

/** Changes of the network, the load balancer and the CDN. */
export const EDGE_CHANGES: Record<string, Given[] | Fixed> = {
  'network.cidr': [
    {
      set: { 'network.cidr': '10.31.0.0/16' },
      todo: 'Do not: AWS moves no load balancer to another network, so that an apply stops half way, with everything that runs cut off. Make a new environment with that range.',
      planOnly: true,
    },
  ],
  'network.zones': [
    {
      set: { 'network.zones': ['use1-az2', 'use1-az4', 'use1-az1'] },
      todo: 'Everything of the zone that goes ends after what is in it has moved, for which Terraform waits an hour at most: apply again if it takes longer. Addresses that others let in by are others in the new zone.',
    },
    { from: 'dev', set: { 'network.zones': ['use1-az2', 'use1-az4', 'use1-az6'] }, bothWays: true },
  ],
  'network.egress': [
    { from: 'dev', set: { 'network.egress': 'nat-per-zone', 'network.natZone': undefined }, bothWays: true },
    {
      from: 'dev',
      set: { 'network.egress': 'interface-endpoints', 'network.natZone': undefined },
      todo: 'For some minutes tasks reach nothing but S3 and DynamoDB. Addresses that others let in by end with the NAT gateways.',
    },
  ],
  'network.natZone': [
    {
      from: 'dev',
      set: { 'network.natZone': 'use1-az4' },
      todo: 'The address by which tasks go out is another from then on: tell whoever lets it in, and have a spare Elastic IP in the quota.',
    },
  ],
  'network.isolatedWorkers': [
    {
      set: { 'network.isolatedWorkers': true },
      todo: 'Workers reach AWS alone from then on. Replace their instances, whose agents know the old way only (see “Isolate workers”).',
    },
  ],
  'network.flowLogDays': [
    { set: { 'network.flowLogDays': 30 } },
    {
      set: { 'network.flowLogDays': 0 },
      todo: 'The flow logs that there are end with their group: export what is still wanted.',
    },
  ],
  'loadBalancer.certificateArn': [
    { set: { 'loadBalancer.certificateArn': certificate(4) }, as: 'one certificate → another' },
    { ...TO_HTTPS, bothWays: true },
  ],
  'loadBalancer.domainName': [{ set: { 'loadBalancer.domainName': 'pictures.example.com' } }],
  'loadBalancer.allowHttp': [TO_HTTPS],
  'loadBalancer.deletionProtection': [
    { from: 'dev', set: { 'loadBalancer.deletionProtection': true }, bothWays: true },
  ],
  'loadBalancer.accessLogs': [{ from: 'dev', set: { 'loadBalancer.accessLogs': true }, bothWays: true }],
  'loadBalancer.idleTimeoutSeconds': [{ set: { 'loadBalancer.idleTimeoutSeconds': 50 } }],
  'loadBalancer.waf.enabled': [{ from: 'dev', set: { 'loadBalancer.waf.enabled': true }, bothWays: true }],
  'cdn.waf': [{ set: { 'cdn.waf': false }, todo: WITHOUT_ACL }],
  'cdn.enabled': [
    {
      set: { 'cdn.enabled': false, 'cdn.signedUrlKeys': [] },
      todo: 'The address of the distribution ends, and never comes back: point `cdn.domainNames`, and whoever has CloudFront’s own name, to the load balancer first.',
    },
  ],
  'cdn.vpcOrigin': [
    {
      set: { 'cdn.vpcOrigin': true, 'cdn.signedUrlKeys': [] },
      todo: 'Do not: the load balancer would be another, inside the network, with another address, and AWS refuses to end the one that is protected. Make a new environment.',
      planOnly: true,
    },
  ],
  'cdn.certificateArn': [OWN_NAME],
  'cdn.domainNames': [OWN_NAME],
  'cdn.signedUrlKeys': [
    { set: { 'cdn.signedUrlKeys': [OTHER_KEY, KEY] }, as: 'one key → another before it' },
    {
      set: { 'cdn.signedUrlKeys': [] },
      as: 'one key → none',
      todo: 'Whoever has an address gets bytes without a signature from then on. Keys that come back have other ids.',
    },
  ],
};
