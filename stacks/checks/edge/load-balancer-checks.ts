import { RULE_LIMITS } from '../../../shared/contracts/listener-rules.ts';
import { KEEP_ALIVE_SECONDS } from '../../../shared/contracts/services.ts';
import { block, blocks, figure, isReference, strings, text, type Values } from '../blocks.ts';
import type { Check } from '../check.ts';
import type { Resource } from '../inventory.ts';
import { actionsOf } from './listener-actions.ts';

const RULE = 'aws_lb_listener_rule';
const LISTENER = 'aws_lb_listener';

/** Values of a rule by the kind of condition. */
const conditionsOf = ({ values }: Resource): [kind: string, values: string[]][] =>
  blocks(values, 'condition').flatMap((condition) =>
    Object.keys(condition).flatMap((kind) =>
      blocks(condition, kind).map((inner): [string, string[]] => [kind, strings(inner.values)]),
    ),
  );

/** The way in: what is listened on, where it leads and how long it waits. */
export const LOAD_BALANCER_CHECKS: Check[] = [
  {
    id: 'IMG-ALB-001',
    of: [RULE],
    reason: `ALB takes ${RULE_LIMITS.valuesPerCondition} values a condition, ${RULE_LIMITS.valuesPerRule} values and ${RULE_LIMITS.wildcardsPerRule} wildcards a rule, and patterns of ${RULE_LIMITS.patternLength} characters.`,
    remedy: 'divide the rule into several; compileListenerRules() does.',
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
    reason: 'ALB refuses the second rule of a priority; which one that is differs from apply to apply.',
    remedy: 'give every rule of a listener a priority of its own, from 1 to 50,000.',
    find(rule, { inventory }) {
      const { priority, listener_arn } = rule.values;
      const other = inventory
        .all(RULE)
        .find(
          ({ address, values }) =>
            address !== rule.address && values.priority === priority && values.listener_arn === listener_arn,
        );
      const outside = (figure(priority) ?? 1) < 1 || (figure(priority) ?? 1) > 50_000;
      return (other && `${other.path} has priority ${priority} too`) || (outside && `priority is ${priority}`);
    },
  },
  {
    id: 'IMG-ALB-003',
    of: [LISTENER],
    reason: 'API keys and images would go over the line in the clear.',
    remedy:
      'give a certificate, redirect port 80 to HTTPS, or say allowHttp in the settings of an environment without value.',
    find(listener, { settings }) {
      const redirects = actionsOf(listener).every(({ type }) => type === 'redirect');
      const plain = text(listener.values.protocol) === 'HTTP' && !redirects;
      return plain && settings?.loadBalancer.allowHttp !== true && 'it answers over plain HTTP';
    },
  },
  {
    id: 'IMG-ALB-004',
    of: [LISTENER],
    reason: 'Paths that nobody has thought of would reach a service, health and metrics too.',
    remedy: 'answer by fixed-response with DEFAULT_ANSWER, and forward in rules.',
    find: ({ values }) =>
      blocks(values, 'default_action').some(({ type }) => type === 'forward') && 'it forwards what no rule matches',
  },
  {
    id: 'IMG-ALB-006',
    of: ['aws_lb'],
    reason: `Services close connections that idle for ${KEEP_ALIVE_SECONDS} s (KEEP_ALIVE_SECONDS); a load balancer that keeps them longer sends requests into closed ones, and answers 502.`,
    remedy: `set idle_timeout below ${KEEP_ALIVE_SECONDS}; an upload is not idle while bytes come. Or raise KEEP_ALIVE_SECONDS first, and deploy the services.`,
    find({ values }) {
      const seconds = figure(values.idle_timeout) ?? 60;
      return seconds >= KEEP_ALIVE_SECONDS && `idle_timeout is ${seconds}`;
    },
  },
  {
    id: 'IMG-ALB-007',
    of: ['aws_lb'],
    reason: 'Headers that a proxy and a server read differently smuggle requests.',
    remedy: 'set drop_invalid_header_fields to true.',
    find: ({ values }) => values.drop_invalid_header_fields !== true && 'it lets invalid headers through',
  },
  {
    id: 'IMG-ALB-008',
    of: [LISTENER],
    reason: 'AWS takes a policy of 2016 where none is given, with TLS 1.0.',
    remedy: 'set ssl_policy to ELBSecurityPolicy-TLS13-1-2-2021-06.',
    find: ({ values }) =>
      values.protocol === 'HTTPS' &&
      !/TLS13-1-[23]/.test(text(values.ssl_policy)) &&
      `ssl_policy is ${values.ssl_policy ?? 'not set'}`,
  },
  {
    id: 'IMG-ALB-013',
    of: ['aws_lb'],
    reason: 'In one zone it is refused; a zone that is lost would take it along.',
    remedy: 'give subnets of two zones or more.',
    find: ({ values }) =>
      strings(values.subnets).length < 2 &&
      !isReference(values.subnets) &&
      !values.subnet_mapping &&
      'it is in one zone',
  },
  {
    id: 'IMG-ALB-014',
    of: ['aws_wafv2_web_acl'],
    reason: 'Its rule set of AWS refuses bodies above 8 KiB: no image would come through.',
    remedy: "override SizeRestrictions_BODY of AWSManagedRulesCommonRuleSet with the action 'count'.",
    find({ values }) {
      const common = blocks(values, 'rule')
        .map((rule) => block(rule, 'statement', 'managed_rule_group_statement'))
        .filter((group) => group?.name === 'AWSManagedRulesCommonRuleSet');
      const counted = (group: Values | undefined) =>
        blocks(group, 'rule_action_override').some(
          (override) => override.name === 'SizeRestrictions_BODY' && block(override, 'action_to_use', 'count'),
        );
      const blocking = common.some((group) => !counted(group));
      return values.scope === 'REGIONAL' && blocking && 'AWSManagedRulesCommonRuleSet blocks uploads';
    },
  },
];
