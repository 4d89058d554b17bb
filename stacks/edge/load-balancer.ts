import { DataAwsEc2ManagedPrefixList } from '@cdktf/provider-aws/lib/data-aws-ec2-managed-prefix-list/index.js';
import { Lb } from '@cdktf/provider-aws/lib/lb/index.js';
import type { ITerraformDependable } from 'cdktf';
import type { Construct } from 'constructs';
import type { Names } from '../../shared/contracts/names.ts';
import {
  API_SERVICES,
  type ApiService,
  type CdnSettings,
  type LoadBalancerSettings,
} from '../environments/settings.ts';
import { allow, createSecurityGroup, type Network, type Peer } from '../network/network.ts';
import { LOG_PREFIXES } from '../storage/log-bucket.ts';
import { createListener, isHttps, listenerPorts } from './listener.ts';
import { createListenerRules } from './listener-rules.ts';
import { type OriginSecret, readOriginSecret } from './origin-secret.ts';
import { createTargetGroups } from './target-groups.ts';
import { associateWebAcl } from './web-acl.ts';

export interface LoadBalancerProps {
  settings: LoadBalancerSettings;
  cdn: CdnSettings;
  names: Names;
  network: Network;
}

export interface LoadBalancer {
  arn: string;
  arnSuffix: string;
  dnsName: string;
  zoneId: string;
  region: string;
  securityGroupId: string;
  isInternal: boolean;
  isHttps: boolean;
  /** The name on the certificate. */
  domainName?: string;
  listenerArn: string;
  originSecret?: OriginSecret;
  /** The resources that must accept a new secret before the CDN sends it. */
  knowsSecret: ITerraformDependable[];
  targetGroups: Record<ApiService, { arn: string; arnSuffix: string; rules: ITerraformDependable[] }>;
}

/** The services close connections that were idle for 65 s. If the load balancer used one after that, a client would get 502. */
export const LONGEST_IDLE_SECONDS = 60;

/**
 * The load balancer that routes every client to a service by path and method. It is internal where the CDN reaches it through a VPC origin;
 * uploads then come from inside the network only.
 */
export function createLoadBalancer(scope: Construct, props: LoadBalancerProps): LoadBalancer {
  const { settings, cdn, names, network } = props;
  const isInternal = cdn.enabled && cdn.vpcOrigin;
  const originSecret = cdn.enabled && !isInternal ? readOriginSecret(scope, names) : undefined;
  const securityGroupId = createLoadBalancerSecurityGroup(scope, props, isInternal);
  const lb = createAlb(scope, props, { isInternal, securityGroupId });
  const targetGroups = createTargetGroups(scope, network);
  const listenerArn = createListener(scope, { settings, loadBalancerArn: lb.arn, isInternal });
  const rules = createListenerRules(scope, { listenerArn, targetGroups, originSecret });
  const knowing = settings.waf.enabled
    ? associateWebAcl(scope, {
        resourceArn: lb.arn,
        name: names.prefix,
        // All requests to an internal load balancer come from the CDN, so one address stands for many clients.
        requestsPerFiveMinutes: isInternal ? undefined : settings.waf.requestsPerFiveMinutes,
        originSecret,
      })
    : [];
  return {
    arn: lb.arn,
    arnSuffix: lb.arnSuffix,
    dnsName: lb.dnsName,
    zoneId: lb.zoneId,
    region: network.region,
    securityGroupId,
    isInternal,
    isHttps: isHttps(settings),
    ...(settings.domainName && { domainName: settings.domainName }),
    listenerArn,
    ...(originSecret && { originSecret }),
    knowsSecret: [...knowing, ...rules.download],
    targetGroups: Object.fromEntries(
      API_SERVICES.map((service) => {
        const { arn, arnSuffix } = targetGroups[service];
        return [service, { arn, arnSuffix, rules: rules[service] }];
      }),
    ) as LoadBalancer['targetGroups'],
  };
}

interface Placed {
  isInternal: boolean;
  securityGroupId: string;
}

function createAlb(
  scope: Construct,
  { settings, names, network }: LoadBalancerProps,
  { isInternal, securityGroupId }: Placed,
): Lb {
  if (settings.idleTimeoutSeconds > LONGEST_IDLE_SECONDS) {
    throw new Error(
      `loadBalancer.idleTimeoutSeconds is ${settings.idleTimeoutSeconds}, but the services close idle connections after 65 s: set at most ${LONGEST_IDLE_SECONDS}, or clients get 502. Slow uploads are not idle, and waiting requests send something every 30 s.`,
    );
  }
  return new Lb(scope, 'load-balancer', {
    name: isInternal ? names.internalLoadBalancer : names.loadBalancer,
    loadBalancerType: 'application',
    internal: isInternal,
    subnets: isInternal ? network.privateSubnetIds : network.publicSubnetIds,
    securityGroups: [securityGroupId],
    idleTimeout: settings.idleTimeoutSeconds,
    enableDeletionProtection: settings.deletionProtection,
    dropInvalidHeaderFields: true,
    desyncMitigationMode: 'defensive',
    // The services authenticate clients themselves, so they need not stop when WAF is out.
    enableWafFailOpen: settings.waf.enabled,
    ...(settings.accessLogs && {
      accessLogs: { bucket: names.logBucket, prefix: LOG_PREFIXES.loadBalancer, enabled: true },
    }),
    dependsOn: [network.internetGateway],
  });
}

/** Creates the load balancer's security group. Rules towards the tasks are added where the tasks are created. */
function createLoadBalancerSecurityGroup(
  scope: Construct,
  { settings, names, network }: LoadBalancerProps,
  isInternal: boolean,
): string {
  const securityGroupId = createSecurityGroup(scope, 'load-balancer-security-group', {
    network,
    name: `${names.prefix}-load-balancer`,
    description: 'Clients of the load balancer',
  });
  const entrances: [name: string, from: Peer, description: string][] = isInternal
    ? [
        ['cdn', { prefixListId: readCdnPrefixList(scope) }, 'CloudFront through its VPC origin'],
        ['network', { cidrIpv4: network.cidr }, 'Clients inside the network'],
      ]
    : [['world', { cidrIpv4: '0.0.0.0/0' }, 'Clients anywhere']];
  for (const port of listenerPorts(settings, isInternal)) {
    for (const [name, from, description] of entrances) {
      allow(scope, `load-balancer-${name}-${port}`, { from, to: { securityGroupId }, port, description });
    }
  }
  return securityGroupId;
}

/** AWS maintains this list; it counts as 55 of the 60 rules of a security group. */
const readCdnPrefixList = (scope: Construct): string =>
  new DataAwsEc2ManagedPrefixList(scope, 'cdn-prefix-list', { name: 'com.amazonaws.global.cloudfront.origin-facing' })
    .id;
