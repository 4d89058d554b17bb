import { LbListenerRule, type LbListenerRuleConfig } from '@cdktf/provider-aws/lib/lb-listener-rule/index.js';
import type { LbTargetGroup } from '@cdktf/provider-aws/lib/lb-target-group/index.js';
import type { ITerraformDependable } from 'cdktf';
import type { Construct } from 'constructs';
import { compileListenerRules, nameOfPattern, placeOf } from '../../shared/contracts/listener-rules.ts';
import type { ServiceName } from '../../shared/contracts/services.ts';
import type { ApiService } from '../environments/settings.ts';
import { BYTE_PATHS } from './cdn-behaviours.ts';
import type { OriginSecret } from './origin-secret.ts';
import { API_SERVICES } from './target-groups.ts';

export type ServiceRules = Record<ApiService, ITerraformDependable[]>;

interface RulesProps {
  listenerArn: string;
  targetGroups: Record<ApiService, LbTargetGroup>;
  /** With one, bytes are for the CDN alone. */
  originSecret: OriginSecret | undefined;
}

/** Of rules that go before those of the route table; priorities below 1000 were those of rules whose names were numbers. */
const FIRST_GUARDED_PRIORITY = 1000;
const FIRST_KEY_PRIORITY = 2000;
const FIRST_REDIRECT_PRIORITY = 3000;
const PLACES = FIRST_KEY_PRIORITY - FIRST_GUARDED_PRIORITY;

/** The compiled rules, each to its service's target group. An ECS service must wait for its own, or ECS refuses the target group. */
export function createListenerRules(scope: Construct, props: RulesProps): ServiceRules {
  const { listenerArn, targetGroups, originSecret } = props;
  const rules: ServiceRules = { 'sync-upload': [], 'async-upload': [], download: [] };
  for (const { name, priority, service, methods, paths } of compileListenerRules()) {
    if (!isApiService(service)) throw new Error(`${service} is routed but is no service behind the load balancer`);
    const rule = new LbListenerRule(scope, `rule-${name}`, {
      listenerArn,
      priority,
      action: [{ type: 'forward', targetGroupArn: targetGroups[service].arn }],
      condition: conditionsOf(methods, paths),
      tags: { Service: service },
    });
    rules[service].push(rule);
  }
  if (originSecret) {
    const kinds = [ofCdn(originSecret), OF_KEYS];
    rules.download.push(...kinds.flatMap((kind) => createHeaderRules(scope, props, kind)));
  }
  return rules;
}

const isApiService = (service: ServiceName): service is ApiService => API_SERVICES.some((each) => each === service);

const conditionsOf = (methods: readonly string[], paths: readonly string[]) => [
  ...(methods.length > 0 ? [{ httpRequestMethod: { values: [...methods] } }] : []),
  { pathPattern: { values: [...paths] } },
];

const READING = ['GET', 'HEAD'];

interface HeaderRules {
  id: string;
  firstPriority: number;
  header: { httpHeaderName: string; values: string[] };
}

/** Bytes for who sends a header: a path a rule, because two methods, one path and two secrets are the five values that a rule takes. */
const createHeaderRules = (
  scope: Construct,
  { listenerArn, targetGroups }: RulesProps,
  { id, firstPriority, header }: HeaderRules,
): LbListenerRule[] =>
  BYTE_PATHS.map(
    (path) =>
      new LbListenerRule(scope, `${id}-${nameOfPattern(path)}`, {
        listenerArn,
        priority: firstPriority + placeOf(path, PLACES),
        action: [{ type: 'forward', targetGroupArn: targetGroups.download.arn }],
        condition: [...conditionsOf(READING, [path]), { httpHeader: header }],
        tags: { Service: 'download' },
      }),
  );

/** Bytes for the CDN, by its secret. Plans hide the conditions of these rules, which have the secret; their names have the path. */
const ofCdn = ({ header, accepted }: OriginSecret): HeaderRules => ({
  id: 'guarded-rule',
  firstPriority: FIRST_GUARDED_PRIORITY,
  header: { httpHeaderName: header, values: accepted },
});

/** Bytes for who shows a key, which clients leave out where they are sent to another host: private images would be out of their reach. */
const OF_KEYS: HeaderRules = {
  id: 'key-rule',
  firstPriority: FIRST_KEY_PRIORITY,
  header: { httpHeaderName: 'Authorization', values: ['Bearer *'] },
};

interface RedirectProps extends Pick<LbListenerRuleConfig, 'listenerArn'> {
  host: string;
  /** What answers there. */
  cdn: ITerraformDependable;
}

/** Who asks the load balancer for bytes without either is sent to the CDN: links in records are relative, so they lead to whichever answered. */
export function createCdnRedirects(scope: Construct, { listenerArn, host, cdn }: RedirectProps): void {
  // Not for ever: the CDN is a setting.
  const redirect = {
    protocol: 'HTTPS',
    port: '443',
    host,
    path: '/#{path}',
    query: '#{query}',
    statusCode: 'HTTP_302',
  };
  for (const path of BYTE_PATHS)
    new LbListenerRule(scope, `redirect-rule-${nameOfPattern(path)}`, {
      listenerArn,
      priority: FIRST_REDIRECT_PRIORITY + placeOf(path, PLACES),
      action: [{ type: 'redirect', redirect }],
      condition: conditionsOf(READING, [path]),
      dependsOn: [cdn],
    });
}
