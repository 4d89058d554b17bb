import { AwsProvider } from '@cdktf/provider-aws/lib/provider/index.js';
import { TerraformStack, Testing } from 'cdktf';
import type { Route } from '../../../shared/contracts/api/route.ts';
import { routeList } from '../../../shared/contracts/api/routes.ts';
import { type ListenerRule, matchListenerRule } from '../../../shared/contracts/listener-rules.ts';
import { namesOf } from '../../../shared/contracts/names.ts';
import type { ServiceName } from '../../../shared/contracts/services.ts';
import { createCdn } from '../../../stacks/edge/cdn.ts';
import { createLoadBalancer } from '../../../stacks/edge/load-balancer.ts';
import type { CdnSettings, LoadBalancerSettings, NetworkSettings } from '../../../stacks/environments/settings.ts';
import { allow, allowAwsApis, createNetwork, createSecurityGroup } from '../../../stacks/network/network.ts';
import { testingApp } from './testing-app.ts';

// biome-ignore lint/suspicious/noExplicitAny: the provider defines a resource's attributes, and tests say what they expect
export type Arguments = Record<string, any>;

/** Synthesised resources and data sources: type, then logical name. */
export interface Synthesised {
  resource: Record<string, Record<string, Arguments>>;
  data: Record<string, Record<string, Arguments>>;
  output: Record<string, Arguments>;
}

export const DEPLOYMENT = { environment: 'test', accountId: '111122223333', region: 'eu-west-1' };

export const ZONES = ['euw1-az1', 'euw1-az2', 'euw1-az3'] as const;

const NETWORK: NetworkSettings = {
  cidr: '10.0.0.0/16',
  zones: ZONES,
  egress: 'nat-per-zone',
  natZone: ZONES[0],
  isolatedWorkers: false,
  flowLogDays: 14,
};

const LOAD_BALANCER: LoadBalancerSettings = {
  certificateArn: 'arn:aws:acm:eu-west-1:111122223333:certificate/00000000-0000-4000-8000-000000000001',
  domainName: 'images.example.com',
  idleTimeoutSeconds: 60,
  deletionProtection: true,
  accessLogs: true,
  waf: { enabled: true, requestsPerFiveMinutes: 2000 },
};

const CDN: CdnSettings = {
  enabled: true,
  priceClass: 'PriceClass_100',
  originShield: true,
  vpcOrigin: false,
  certificateArn: 'arn:aws:acm:us-east-1:111122223333:certificate/00000000-0000-4000-8000-000000000002',
  domainNames: ['cdn.example.com'],
  signedUrlKeys: [],
  accessLogs: true,
  waf: true,
};

interface Changes {
  network?: Partial<NetworkSettings>;
  loadBalancer?: Partial<LoadBalancerSettings>;
  cdn?: Partial<CdnSettings>;
}

/** Network, load balancer and CDN of settings like prod's, with changes, and a target group of tasks. */
function entranceStack(changes: Changes = {}): TerraformStack {
  const stack = new TerraformStack(testingApp(), 'entrance');
  const names = namesOf(DEPLOYMENT);
  new AwsProvider(stack, 'aws', { region: DEPLOYMENT.region });
  const edgeProvider = new AwsProvider(stack, 'edge', { region: 'us-east-1', alias: 'edge' });
  const cdn = { ...CDN, ...changes.cdn };
  const network = createNetwork(stack, { settings: { ...NETWORK, ...changes.network }, deployment: DEPLOYMENT });
  const settings = { ...LOAD_BALANCER, ...changes.loadBalancer };
  const loadBalancer = createLoadBalancer(stack, { settings, cdn, names, network });
  createCdn(stack, { settings: cdn, names, loadBalancer, edgeProvider });
  const securityGroupId = createSecurityGroup(stack, 'tasks', { network, name: 'tasks', description: 'Tasks' });
  allowAwsApis(stack, 'tasks', { network, securityGroupId });
  allow(stack, 'requests', {
    from: { securityGroupId: loadBalancer.securityGroupId },
    to: { securityGroupId },
    port: 8083,
    description: 'Requests',
  });
  return stack;
}

export const synthesise = (stack: TerraformStack): Synthesised => ({
  resource: {},
  data: {},
  output: {},
  ...JSON.parse(Testing.synth(stack)),
});

const memory = new Map<string, Synthesised>();

/** The same, synthesised. It is cached by changes, because it takes a quarter of a second. */
export function entrance(changes: Changes = {}): Synthesised {
  const key = JSON.stringify(changes, (_, value) => value ?? null);
  const known = memory.get(key) ?? synthesise(entranceStack(changes));
  memory.set(key, known);
  return known;
}

/** All resources of a type. */
export const all = ({ resource }: Synthesised, type: string): Arguments[] =>
  Object.values(resource[`aws_${type}`] ?? {});

/** The only resource of a type. */
export function only(synthesised: Synthesised, type: string): Arguments {
  const [first, ...others] = all(synthesised, type);
  if (!first || others.length > 0) throw new Error(`${others.length + (first ? 1 : 0)} aws_${type}`);
  return first;
}

/** A valid value for each parameter of the route table. */
const VALUES: Record<string, string> = {
  imageId: '0b0e7f5c-3d4d-4d0e-8f6b-2f6f5d1b7a11',
  uploadId: '7c1f0c0e-8f39-4b57-9a55-0f7f6a0c5a10',
  rendition: 'thumb',
  file: '0123456789abcdef0123456789abcdef.webp',
  partNumber: '10000',
  asset: 'swagger-ui.css',
  owner: 'auth0%7C1',
};

export const samplePath = ({ path }: Pick<Route, 'path'>): string =>
  path.replace(/\{(\w+)\}/g, (_, name: string) => {
    const value = VALUES[name];
    if (!value) throw new Error(`no sample of {${name}}`);
    return value;
  });

/** Requests for every route, with HEAD for each GET. */
export const routedRequests = routeList.flatMap((route) =>
  (route.method === 'GET' ? ['GET', 'HEAD'] : [route.method]).map((method) => ({
    method,
    path: samplePath(route),
    service: route.service,
  })),
);

/** The destination of a request at a synthesised load balancer: the service, `redirect`, or undefined for its default answer. */
export function destinationOf(
  synthesised: Synthesised,
  { method, path, isFromCdn = false }: { method: string; path: string; isFromCdn?: boolean },
): string | undefined {
  const rules = all(synthesised, 'lb_listener_rule')
    .filter(({ condition }) => isFromCdn || !condition.some((each: Arguments) => each.http_header))
    .map(({ priority, condition, action: [action] }): ListenerRule => {
      const values = (kind: string) =>
        condition.flatMap((each: Arguments) => (each[kind] ? [each[kind].values].flat(2) : []));
      return {
        priority,
        service: (serviceOfTarget(synthesised, action.target_group_arn) ?? action.type) as ServiceName,
        methods: values('http_request_method'),
        paths: values('path_pattern'),
      };
    });
  return matchListenerRule(rules, method, path);
}

function serviceOfTarget({ resource }: Synthesised, arn: string | undefined): string | undefined {
  const name = /aws_lb_target_group\.([\w-]+)\.arn/.exec(arn ?? '')?.[1];
  return name && resource.aws_lb_target_group?.[name]?.tags.Service;
}
