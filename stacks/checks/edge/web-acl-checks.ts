import { type Argument, argumentCheck, is, isAbsent, isOrAbsent } from '../argument-check.ts';
import { block, blocks, text, type Values } from '../blocks.ts';
import type { Check } from '../check.ts';

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
  {
    id: 'IMG-WAF-107',
    of: [ACL],
    reason:
      'A rule that asks for a label which nobody gives fits every request or none: the CDN would be limited as one client.',
    remedy: 'name the label of a rule of a lower priority in label_match_statement.',
    find({ values }) {
      const given = blocks(values, 'rule').flatMap((rule) => blocks(rule, 'rule_label').map(({ name }) => text(name)));
      const asked = [...JSON.stringify(values.rule ?? []).matchAll(/"label_match_statement":\{[^}]*"key":"([^"]+)"/g)];
      return asked.filter(([, key = '']) => !given.includes(key)).map(([, key]) => `no rule gives the label ${key}`);
    },
  },
];
