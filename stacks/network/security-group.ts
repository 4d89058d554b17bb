import { SecurityGroup } from '@cdktf/provider-aws/lib/security-group/index.js';
import { VpcSecurityGroupEgressRule } from '@cdktf/provider-aws/lib/vpc-security-group-egress-rule/index.js';
import { VpcSecurityGroupIngressRule } from '@cdktf/provider-aws/lib/vpc-security-group-ingress-rule/index.js';
import type { Construct } from 'constructs';
import type { Network } from './network.ts';

/** One end of a connection: a security group of ours, a prefix list of AWS's, or addresses. */
export type Peer = { securityGroupId: string } | { prefixListId: string } | { cidrIpv4: string };

export interface Allowed {
  from: Peer;
  to: Peer;
  port: number;
  /** Why; AWS shows it beside the rule. */
  description: string;
}

interface SecurityGroupProps {
  network: Pick<Network, 'vpcId'>;
  /** What it begins with; AWS adds the rest, so that another can be there before this one goes. */
  name: string;
  description: string;
}

/** A security group without rules: nothing comes in and nothing goes out until `allow` says so. Answers its id. */
export const createSecurityGroup = (
  scope: Construct,
  id: string,
  { network, name, description }: SecurityGroupProps,
): string =>
  new SecurityGroup(scope, id, {
    namePrefix: `${name}-`,
    description,
    vpcId: network.vpcId,
    // Only the rules' own resources write rules; inline ones would fight them.
    revokeRulesOnDelete: true,
    lifecycle: { createBeforeDestroy: true },
    tags: { Name: name },
  }).id;

/** Lets one end reach a TCP port of the other: a rule at each end that is a security group of ours. */
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
  /** Whether they are to send to nothing but AWS, where there are interface endpoints. */
  isIsolated?: boolean;
}

/** Lets tasks and instances reach AWS: S3 and DynamoDB through their gateways, the rest through interface endpoints or NAT. */
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
  // AWS publishes no prefix list of its other APIs; a private address, NAT and this one port are what limits it.
  to('https', { cidrIpv4: '0.0.0.0/0' }, 'AWS APIs without a gateway endpoint, through NAT');
}
