import { type Argument, argumentCheck, is, isAbsent, isOrAbsent } from './argument-check.ts';
import { block, blocks, type Values } from './blocks.ts';
import type { Check } from './check.ts';

const ACL = 'aws_wafv2_web_acl';

const ARGUMENTS: Argument[] = [
  {
    id: 'IMG-WAF-101',
    of: ACL,
    argument: 'rule.statement.rate_based_statement.aggregate_key_type',
    must: isOrAbsent('IP'),
    reason: 'The limit of one address would be that of all together, or of a header that anybody writes.',
  },
  {
    id: 'IMG-WAF-102',
    of: ACL,
    argument: 'rule.statement.rate_based_statement.evaluation_window_sec',
    must: isOrAbsent(300),
    reason: 'The settings speak of requests in five minutes.',
  },
  {
    id: 'IMG-WAF-103',
    of: ACL,
    argument: 'rule.override_action.count',
    must: isAbsent,
    reason: 'A rule set that only counts is paid and stops nobody.',
  },
  {
    id: 'IMG-WAF-104',
    of: ACL,
    argument: 'rule.visibility_config.cloudwatch_metrics_enabled',
    must: is(true),
    reason: 'Nobody would see whom it turns away.',
  },
];

const limitsRate = (rule: Values): boolean => block(rule, 'statement', 'rate_based_statement') !== undefined;

/** Whom a web ACL turns away. */
export const WEB_ACL_CHECKS: Check[] = [
  ...ARGUMENTS.map(argumentCheck),
  {
    id: 'IMG-WAF-105',
    of: [ACL],
    reason: 'A limit that only counts turns nobody away.',
    remedy: "give its rule the action 'block', with a custom response of 429.",
    find: ({ values }) =>
      blocks(values, 'rule').some((rule) => limitsRate(rule) && !block(rule, 'action', 'block')) &&
      'its rate limit blocks nothing',
  },
  {
    id: 'IMG-WAF-106',
    of: [ACL],
    reason: 'WAF refuses two rules of one priority, when it is applied.',
    remedy: 'give each rule a priority of its own.',
    find({ values }) {
      const priorities = blocks(values, 'rule').map(({ priority }) => priority);
      return new Set(priorities).size < priorities.length && `priorities are ${priorities.join(', ')}`;
    },
  },
];
