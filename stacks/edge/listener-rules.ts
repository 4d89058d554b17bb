import { LbListenerRule, type LbListenerRuleConfig } from '@cdktf/provider-aws/lib/lb-listener-rule/index.js';
import type { LbTargetGroup } from '@cdktf/provider-aws/lib/lb-target-group/index.js';
import type { ITerraformDependable } from 'cdktf';
import type { Construct } from 'constructs';
import { compileListenerRules, nameOfPattern, placeOf } from '../../shared/contracts/listener-rules.ts';
import type { ServiceName } from '../../shared/contracts/services.ts';
import { API_SERVICES, type ApiService } from '../environments/settings.ts';
import { BYTE_PATHS } from './cdn-routes.ts';
import type { OriginSecret } from './origin-secret.ts';

export type ServiceRules = Record<ApiService, ITerraformDependable[]>;

interface RulesProps {
  listenerArn: string;
  targetGroups: Record<ApiService, LbTargetGroup>;
  /** If set, only the CDN may fetch image bytes. */
  originSecret: OriginSecret | undefined;
}

/** These rules precede those of the route table. Priorities below 1000 belonged to former rules that were named by numbers. */
const FIRST_GUARDED_PRIORITY = 1000;
const FIRST_KEY_PRIORITY = 2000;
const FIRST_REDIRECT_PRIORITY = 3000;
const PLACES = FIRST_KEY_PRIORITY - FIRST_GUARDED_PRIORITY;

/** Creates the compiled rules. An ECS service must wait for its own rules, because ECS refuses a target group without a load balancer. */
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

/** Forwards requests for bytes that carry a header. Each rule has one path: two methods, one path and two secrets are the five values allowed. */
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

/** Lets the CDN fetch bytes by its secret. Plans hide the conditions of these rules because of the secret, so their names contain the path. */
const ofCdn = ({ header, accepted }: OriginSecret): HeaderRules => ({
  id: 'guarded-rule',
  firstPriority: FIRST_GUARDED_PRIORITY,
  header: { httpHeaderName: header, values: accepted },
});

/** Serves bytes directly to clients with an API key. They drop the key when redirected to another host, and could not read private images there. */
const OF_KEYS: HeaderRules = {
  id: 'key-rule',
  firstPriority: FIRST_KEY_PRIORITY,
  header: { httpHeaderName: 'Authorization', values: ['Bearer *'] },
};

interface RedirectProps extends Pick<LbListenerRuleConfig, 'listenerArn'> {
  host: string;
  /** The distribution that answers at `host`. */
  cdn: ITerraformDependable;
}

/**
 * Redirects requests for bytes without a secret or a key to the CDN. They are usual, because links in records are relative and so lead to
 * whichever host answered.
 */
export function createCdnRedirects(scope: Construct, { listenerArn, host, cdn }: RedirectProps): void {
  // A temporary redirect, because the CDN is a setting and may be switched off.
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
