import { RULE_LIMITS } from '../../../shared/contracts/listener-rules.ts';
import { KEEP_ALIVE_SECONDS } from '../../../shared/contracts/services.ts';
import { blocks, isReference, strings, text, toNumber } from '../blocks.ts';
import type { Check } from '../check.ts';
import type { Resource } from '../inventory.ts';
import { actionsOf } from './listener-actions.ts';

const RULE = 'aws_lb_listener_rule';
const LISTENER = 'aws_lb_listener';

/** The values of each condition of a rule, with its kind. */
const conditionsOf = ({ values }: Resource): [kind: string, values: string[]][] =>
  blocks(values, 'condition').flatMap((condition) =>
    Object.keys(condition).flatMap((kind) =>
      blocks(condition, kind).map((inner): [string, string[]] => [kind, strings(inner.values)]),
    ),
  );

/** The load balancer, its listeners and rules. */
export const LOAD_BALANCER_CHECKS: Check[] = [
  {
    id: 'IMG-ALB-001',
    of: [RULE],
    reason: `ALB accepts ${RULE_LIMITS.valuesPerCondition} values a condition, ${RULE_LIMITS.valuesPerRule} values and ${RULE_LIMITS.wildcardsPerRule} wildcards a rule, and patterns of ${RULE_LIMITS.patternLength} characters.`,
    remedy: 'split the rule into several, as compileListenerRules() does.',
    find(rule) {
      const conditions = conditionsOf(rule);
      const all = conditions.flatMap(([, values]) => values);
      const wildcards = all.join('').split(/[*?]/).length - 1;
      const longest = Math.max(0, ...all.map(({ length }) => length));
      return [
        ...conditions
          .filter(([, values]) => values.length > RULE_LIMITS.valuesPerCondition)
          .map(([kind, values]) => `${kind} has ${values.length} values`),
        ...(all.length > RULE_LIMITS.valuesPerRule ? [`it has ${all.length} values`] : []),
        ...(wildcards > RULE_LIMITS.wildcardsPerRule ? [`it has ${wildcards} wildcards`] : []),
        ...(longest > RULE_LIMITS.patternLength ? [`a pattern has ${longest} characters`] : []),
      ];
    },
  },
  {
    id: 'IMG-ALB-002',
    of: [RULE],
    reason: 'ALB refuses the second rule with the same priority, and which one that is differs between applies.',
    remedy: 'give every rule of a listener a different priority, from 1 to 50,000.',
    find(rule, { inventory }) {
      const { priority, listener_arn } = rule.values;
      const other = inventory
        .all(RULE)
        .find(
          ({ address, values }) =>
            address !== rule.address && values.priority === priority && values.listener_arn === listener_arn,
        );
      const outside = (toNumber(priority) ?? 1) < 1 || (toNumber(priority) ?? 1) > 50_000;
      return (other && `${other.path} has priority ${priority} too`) || (outside && `priority is ${priority}`);
    },
  },
  {
    id: 'IMG-ALB-003',
    of: [LISTENER],
    reason: 'API keys and images would be sent unencrypted.',
    remedy:
      'set a certificate, redirect port 80 to HTTPS, or set loadBalancer.allowHttp if nothing of value is in the environment.',
    find(listener, { settings }) {
      const redirects = actionsOf(listener).every(({ type }) => type === 'redirect');
      const plain = text(listener.values.protocol) === 'HTTP' && !redirects;
      return plain && settings?.loadBalancer.allowHttp !== true && 'it answers over plain HTTP';
    },
  },
  {
    id: 'IMG-ALB-004',
    of: [LISTENER],
    reason: 'Unintended paths would reach a service, including those for health and metrics.',
    remedy: 'answer with a fixed-response of DEFAULT_ANSWER, and forward only in rules.',
    find: ({ values }) =>
      blocks(values, 'default_action').some(({ type }) => type === 'forward') &&
      'it forwards requests that match no rule',
  },
  {
    id: 'IMG-ALB-006',
    of: ['aws_lb'],
    reason: `Services close connections that are idle for ${KEEP_ALIVE_SECONDS} s (KEEP_ALIVE_SECONDS); a load balancer that keeps them longer sends requests into closed connections, and answers 502.`,
    remedy: `set idle_timeout below ${KEEP_ALIVE_SECONDS}; an upload is not idle while bytes arrive. Otherwise raise KEEP_ALIVE_SECONDS first, and deploy the services.`,
    find({ values }) {
      const seconds = toNumber(values.idle_timeout) ?? 60;
      return seconds >= KEEP_ALIVE_SECONDS && `idle_timeout is ${seconds}`;
    },
  },
  {
    id: 'IMG-ALB-008',
    of: [LISTENER],
    reason: 'The default policy is of 2016 and allows TLS 1.0.',
    remedy: 'set ssl_policy to ELBSecurityPolicy-TLS13-1-2-2021-06.',
    find: ({ values }) =>
      values.protocol === 'HTTPS' &&
      !/TLS13-1-[23]/.test(text(values.ssl_policy)) &&
      `ssl_policy is ${values.ssl_policy ?? 'not set'}`,
  },
  {
    id: 'IMG-ALB-013',
    of: ['aws_lb'],
    reason: 'AWS refuses a load balancer in a single zone, whose loss would be an outage.',
    remedy: 'list subnets of two or more zones.',
    find: ({ values }) =>
      strings(values.subnets).length < 2 &&
      !isReference(values.subnets) &&
      !values.subnet_mapping &&
      'it is in one zone',
  },
];
