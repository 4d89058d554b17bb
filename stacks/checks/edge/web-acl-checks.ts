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
    reason: 'The limit would apply to all clients together, or to a header that anybody can forge.',
  },
  {
    id: 'IMG-WAF-102',
    of: ACL,
    argument: 'rule.statement.rate_based_statement.evaluation_window_sec',
    must: isOrAbsent(300),
    reason: 'The setting is for requests in five minutes.',
  },
  {
    id: 'IMG-WAF-103',
    of: ACL,
    argument: 'rule.override_action.count',
    must: isAbsent,
    reason: 'A rule set that only counts costs money and blocks nothing.',
  },
  {
    id: 'IMG-WAF-104',
    of: ACL,
    argument: 'rule.visibility_config.cloudwatch_metrics_enabled',
    must: is(true),
    reason: 'Nobody could see what it blocks.',
  },
];

const limitsRate = (rule: Values): boolean => block(rule, 'statement', 'rate_based_statement') !== undefined;

/** Rules of web ACLs. */
export const WEB_ACL_CHECKS: Check[] = [
  ...ARGUMENTS.map(argumentCheck),
  {
    id: 'IMG-WAF-105',
    of: [ACL],
    reason: 'A limit that only counts blocks nothing.',
    remedy: "give its rule the action 'block', with a custom response of 429.",
    find: ({ values }) =>
      blocks(values, 'rule').some((rule) => limitsRate(rule) && !block(rule, 'action', 'block')) &&
      'its rate limit blocks nothing',
  },
  {
    id: 'IMG-WAF-106',
    of: [ACL],
    reason: 'WAF refuses two rules with the same priority at apply.',
    remedy: 'give each rule a different priority.',
    find({ values }) {
      const priorities = blocks(values, 'rule').map(({ priority }) => priority);
      return new Set(priorities).size < priorities.length && `priorities are ${priorities.join(', ')}`;
    },
  },
  {
    id: 'IMG-WAF-107',
    of: [ACL],
    reason:
      'A rule on a label that no rule sets matches every request or none: the CDN would be limited as a single client.',
    remedy: 'use a label in label_match_statement that a rule with a lower priority sets.',
    find({ values }) {
      const given = blocks(values, 'rule').flatMap((rule) => blocks(rule, 'rule_label').map(({ name }) => text(name)));
      const asked = [...JSON.stringify(values.rule ?? []).matchAll(/"label_match_statement":\{[^}]*"key":"([^"]+)"/g)];
      return asked.filter(([, key = '']) => !given.includes(key)).map(([, key]) => `no rule sets the label ${key}`);
    },
  },
];
