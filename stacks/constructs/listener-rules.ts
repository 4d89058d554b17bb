import { LbListenerRule, type LbListenerRuleConfig } from '@cdktf/provider-aws/lib/lb-listener-rule/index.js';
import type { LbTargetGroup } from '@cdktf/provider-aws/lib/lb-target-group/index.js';
import type { ITerraformDependable } from 'cdktf';
import type { Construct } from 'constructs';
import { compileListenerRules } from '../../shared/contracts/listener-rules.ts';
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

/** Priorities below the compiled rules', which begin at 10. */
const FIRST_GUARDED_PRIORITY = 1;
const FIRST_KEY_PRIORITY = FIRST_GUARDED_PRIORITY + BYTE_PATHS.length;
const REDIRECT_PRIORITY = 9;

/** The compiled rules, each to its service's target group. An ECS service must wait for its own, or ECS refuses the target group. */
export function createListenerRules(scope: Construct, props: RulesProps): ServiceRules {
  const { listenerArn, targetGroups, originSecret } = props;
  const rules: ServiceRules = { 'sync-upload': [], 'async-upload': [], download: [] };
  for (const { priority, service, methods, paths } of compileListenerRules()) {
    if (!isApiService(service)) throw new Error(`${service} is routed but is no service behind the load balancer`);
    const rule = new LbListenerRule(scope, `rule-${priority}`, {
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
    (path, index) =>
      new LbListenerRule(scope, `${id}-${index + 1}`, {
        listenerArn,
        priority: firstPriority + index,
        action: [{ type: 'forward', targetGroupArn: targetGroups.download.arn }],
        condition: [...conditionsOf(READING, [path]), { httpHeader: header }],
        tags: { Service: 'download' },
      }),
  );

/** Bytes for the CDN, by its secret. */
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

/** Who asks the load balancer for bytes without either is sent to the CDN: links in records are relative, so they lead to whichever answered. */
export const createCdnRedirect = (
  scope: Construct,
  { listenerArn, host }: Pick<LbListenerRuleConfig, 'listenerArn'> & { host: string },
): LbListenerRule =>
  new LbListenerRule(scope, 'cdn-redirect', {
    listenerArn,
    priority: REDIRECT_PRIORITY,
    action: [
      {
        type: 'redirect',
        // Not for ever: the CDN is a setting.
        redirect: { protocol: 'HTTPS', port: '443', host, path: '/#{path}', query: '#{query}', statusCode: 'HTTP_302' },
      },
    ],
    condition: conditionsOf(READING, BYTE_PATHS),
  });
