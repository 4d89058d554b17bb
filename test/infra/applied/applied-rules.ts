import { type ListenerRule, matchListenerRule } from '../../../shared/contracts/listener-rules.ts';
import { SERVICE_NAMES, type ServiceName } from '../../../shared/contracts/services.ts';
import { ORIGIN_HEADER } from '../../../stacks/edge/origin-secret.ts';
import { aws } from '../aws-cli.ts';

interface Condition {
  Field: string;
  PathPatternConfig?: { Values: string[] };
  HttpRequestMethodConfig?: { Values: string[] };
  HttpHeaderConfig?: { HttpHeaderName: string; Values: string[] };
}

interface Action {
  Type: string;
  TargetGroupArn?: string;
  ForwardConfig?: { TargetGroups: { TargetGroupArn: string }[] };
  RedirectConfig?: { Host: string; StatusCode: string };
  FixedResponseConfig?: { StatusCode: string; ContentType: string; MessageBody: string };
}

interface Rule {
  Priority: string;
  Conditions: Condition[];
  Actions: Action[];
}

type Headers = Record<string, string>;

/** The rules of a load balancer, read from AWS. */
export interface AppliedRules {
  rules: Rule[];
  /** The default action, where no rule matches. */
  defaultAction: Action;
  /** The headers with which the CDN authenticates itself, if there is one. */
  headers: Headers;
  /** The destination of a request: a service's name, or `redirect to HOST`; undefined for the default action. */
  destinationOf(method: string, path: string, headers?: Headers): string | undefined;
}

/** Reads the rules of the only load balancer, and which target group belongs to which ECS service. */
export async function readRules(endpoint: string, cluster: string): Promise<AppliedRules> {
  const [{ LoadBalancerArn }] = (await aws(endpoint, 'elbv2', 'describe-load-balancers')).LoadBalancers;
  const listeners = ['describe-listeners', '--load-balancer-arn', LoadBalancerArn];
  const all = (await aws(endpoint, 'elbv2', ...(listeners as [string]))).Listeners;
  // Another listener only redirects to this one.
  const listener = all.find(
    ({ DefaultActions: [action] }: { DefaultActions: Action[] }) => action?.Type !== 'redirect',
  );
  const { Rules } = await aws(endpoint, 'elbv2', 'describe-rules', '--listener-arn', listener.ListenerArn);
  const owners = await readOwners(endpoint, cluster);
  const rules: Rule[] = Rules.filter(({ Priority }: Rule) => Priority !== 'default');
  return {
    rules,
    defaultAction: listener.DefaultActions[0],
    headers: Object.assign({}, ...rules.flatMap(headersOf).filter((headers) => ORIGIN_HEADER in headers)),
    destinationOf: (method, path, headers = {}) =>
      matchListenerRule(
        rules.filter((rule) => takes(rule, headers)).map((rule) => listenerRuleOf(rule, owners)),
        method,
        path,
      ),
  };
}

/** The services by the target groups of their tasks. */
async function readOwners(endpoint: string, cluster: string): Promise<Map<string, string>> {
  const names = SERVICE_NAMES.map((service) => `${cluster}-${service}`);
  const { services } = await aws(endpoint, 'ecs', 'describe-services', '--cluster', cluster, '--services', ...names);
  return new Map(
    services.flatMap(
      ({ serviceName, loadBalancers = [] }: { serviceName: string; loadBalancers?: { targetGroupArn: string }[] }) =>
        loadBalancers.map(({ targetGroupArn }) => [targetGroupArn, serviceName.slice(cluster.length + 1)]),
    ),
  );
}

const headersOf = ({ Conditions }: Rule): Headers[] =>
  Conditions.flatMap(({ HttpHeaderConfig: config }) =>
    config ? [{ [config.HttpHeaderName.toLowerCase()]: config.Values[0] ?? '' }] : [],
  );

/** Matches the value of a header like the ALB: `*` stands for anything. */
const fits = (pattern: string, value: string): boolean =>
  new RegExp(`^${pattern.split('*').map(RegExp.escape).join('.*')}$`, 'is').test(value);

const takes = ({ Conditions }: Rule, headers: Headers): boolean =>
  Conditions.every(
    ({ HttpHeaderConfig: config }) =>
      !config || config.Values.some((pattern) => fits(pattern, headers[config.HttpHeaderName.toLowerCase()] ?? '')),
  );

function listenerRuleOf({ Priority, Conditions, Actions }: Rule, owners: Map<string, string>): ListenerRule {
  for (const { Field } of Conditions)
    if (!['path-pattern', 'http-request-method', 'http-header'].includes(Field))
      throw new Error(`this test does not know how the ALB compares ${Field}`);
  return {
    priority: Number(Priority),
    service: destinationOf(Actions, owners) as ServiceName,
    methods: Conditions.flatMap(({ HttpRequestMethodConfig: config }) => config?.Values ?? []),
    paths: Conditions.flatMap(({ PathPatternConfig: config }) => config?.Values ?? []),
  };
}

function destinationOf([action]: Action[], owners: Map<string, string>): string {
  if (action?.Type === 'redirect') return `redirect to ${action.RedirectConfig?.Host}`;
  const arn = action?.TargetGroupArn ?? action?.ForwardConfig?.TargetGroups[0]?.TargetGroupArn ?? '';
  return owners.get(arn) ?? `nobody: no ECS service has ${arn}`;
}
