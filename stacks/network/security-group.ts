import { SecurityGroup } from '@cdktf/provider-aws/lib/security-group/index.js';
import { VpcSecurityGroupEgressRule } from '@cdktf/provider-aws/lib/vpc-security-group-egress-rule/index.js';
import { VpcSecurityGroupIngressRule } from '@cdktf/provider-aws/lib/vpc-security-group-ingress-rule/index.js';
import type { Construct } from 'constructs';
import type { Network } from './network.ts';

/** One end of a connection: a security group of this service, a prefix list of AWS, or a range of addresses. */
export type Peer = { securityGroupId: string } | { prefixListId: string } | { cidrIpv4: string };

export interface Allowed {
  from: Peer;
  to: Peer;
  port: number;
  /** The reason for the rule, which AWS shows beside it. */
  description: string;
}

interface SecurityGroupProps {
  network: Pick<Network, 'vpcId'>;
  /** The beginning of the name; AWS adds a suffix, so that a replacement can exist before the old group is removed. */
  name: string;
  description: string;
}

/** A security group without rules: nothing gets in or out until `allow` adds a rule. Returns its id. */
export const createSecurityGroup = (
  scope: Construct,
  id: string,
  { network, name, description }: SecurityGroupProps,
): string =>
  new SecurityGroup(scope, id, {
    namePrefix: `${name}-`,
    description,
    vpcId: network.vpcId,
    // Rules are resources of their own; rules inside this one would overwrite them.
    revokeRulesOnDelete: true,
    lifecycle: { createBeforeDestroy: true },
    tags: { Name: name },
  }).id;

/** Lets one end reach a TCP port of the other, by a rule at each end that is a security group of this service. */
export function allow(scope: Construct, id: string, { from, to, port, description }: Allowed): void {
  const shared = { ipProtocol: 'tcp', fromPort: port, toPort: port, description };
  if ('securityGroupId' in to) {
    new VpcSecurityGroupIngressRule(scope, `${id}-in`, {
      ...shared,
      securityGroupId: to.securityGroupId,
      ...peerArguments(from),
    });
  }
  if ('securityGroupId' in from) {
    new VpcSecurityGroupEgressRule(scope, `${id}-out`, {
      ...shared,
      securityGroupId: from.securityGroupId,
      ...peerArguments(to),
    });
  }
}

const peerArguments = (peer: Peer) =>
  'securityGroupId' in peer ? { referencedSecurityGroupId: peer.securityGroupId } : peer;

interface AwsApisProps {
  network: Network;
  securityGroupId: string;
  /** Whether these tasks may send to nothing but AWS, if there are interface endpoints. */
  isIsolated?: boolean;
}

/** Lets tasks and instances reach AWS: S3 and DynamoDB through gateway endpoints, the rest through interface endpoints or NAT. */
export function allowAwsApis(scope: Construct, id: string, props: AwsApisProps): void {
  const { network, securityGroupId, isIsolated } = props;
  const { s3PrefixListId, dynamoDbPrefixListId, endpointSecurityGroupId } = network;
  const from = { securityGroupId };
  const to = (name: string, peer: Peer, description: string) =>
    allow(scope, `${id}-${name}`, { from, to: peer, port: 443, description });
  to('s3', { prefixListId: s3PrefixListId }, 'S3 through its gateway endpoint');
  to('dynamodb', { prefixListId: dynamoDbPrefixListId }, 'DynamoDB through its gateway endpoint');
  if (endpointSecurityGroupId) {
    to('endpoints', { securityGroupId: endpointSecurityGroupId }, 'Interface endpoints of AWS');
    if (isIsolated || network.egress === 'interface-endpoints') return;
  }
  // AWS publishes no prefix list for its other APIs, so this rule is limited only by the private address, NAT and this one port.
  to('https', { cidrIpv4: '0.0.0.0/0' }, 'AWS APIs without a gateway endpoint, through NAT');
}
