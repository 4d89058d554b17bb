import { ACCOUNT_ID } from '../../../stacks/environments/account.ts';
import { KEY, OTHER_KEY } from './bases.ts';
import type { Fixed, Given } from './given-changes.ts';

const certificate = (number: number): string =>
  `arn:aws:acm:us-east-1:${ACCOUNT_ID}:certificate/00000000-0000-4000-8000-00000000000${number}`;

const WITHOUT_ACL =
  'From then on nothing limits or filters requests to the CDN, and what the web ACL has counted is lost.';

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
  todo: 'From then on requests by HTTP are redirected to HTTPS.',
};

/** Changes of the network, the load balancer and the CDN. */
export const EDGE_CHANGES: Record<string, Given[] | Fixed> = {
  'network.cidr': [
    {
      set: { 'network.cidr': '10.31.0.0/16' },
      todo: 'Do not apply this. AWS cannot move a load balancer to another network, so the apply would stop halfway, with everything that runs cut off. Create a new environment with that range instead.',
      planOnly: true,
    },
  ],
  'network.zones': [
    {
      set: { 'network.zones': ['use1-az2', 'use1-az4', 'use1-az1'] },
      todo: 'The resources of the removed zone are deleted after everything in it has moved. Terraform waits for that for at most an hour: apply again if it takes longer. The new zone has another outgoing IP address: tell everybody who allows the old one.',
    },
    { from: 'dev', set: { 'network.zones': ['use1-az2', 'use1-az4', 'use1-az6'] }, bothWays: true },
  ],
  'network.egress': [
    { from: 'dev', set: { 'network.egress': 'nat-per-zone', 'network.natZone': undefined }, bothWays: true },
    {
      from: 'dev',
      set: { 'network.egress': 'interface-endpoints', 'network.natZone': undefined },
      todo: 'For some minutes tasks reach nothing but S3 and DynamoDB. The outgoing IP addresses are released together with the NAT gateways.',
    },
  ],
  'network.natZone': [
    {
      from: 'dev',
      set: { 'network.natZone': 'use1-az4' },
      todo: 'From then on tasks have another outgoing IP address: tell everybody who allows the old one. The quota must have room for one more Elastic IP.',
    },
  ],
  'network.isolatedWorkers': [
    {
      set: { 'network.isolatedWorkers': true },
      todo: 'From then on workers reach only AWS. Replace their instances, because the agents on them still use the old route (see “Isolate workers”).',
    },
  ],
  'network.flowLogDays': [
    { set: { 'network.flowLogDays': 30 } },
    {
      set: { 'network.flowLogDays': 0 },
      todo: 'Existing flow logs are deleted with their log group: export those that you still need.',
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
      todo: 'The distribution’s own domain name is lost for ever. First point `cdn.domainNames` to the load balancer, and tell everybody who uses the distribution’s own name to use the load balancer’s.',
    },
  ],
  'cdn.vpcOrigin': [
    {
      set: { 'cdn.vpcOrigin': true, 'cdn.signedUrlKeys': [] },
      todo: 'Do not apply this. It would replace the load balancer by an internal one with another address, and AWS refuses to delete the present one, which is protected. Create a new environment instead.',
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
      todo: 'From then on everybody who knows the URL of an image can download it without a signature. A key that is added again later gets another id.',
    },
  ],
};
