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
  {
    id: 'IMG-WAF-001',
    of: [ACL],
    reason: 'It would block all requests that no rule allows, which is all of them.',
    remedy: 'make allow the default action, and block by rules.',
    find: ({ values }) => block(values, 'default_action', 'allow') === undefined && 'its default action is not allow',
  },
  {
    id: 'IMG-WAF-002',
    of: [ACL],
    reason: 'It costs $5 a month and blocks nothing.',
    remedy: 'add a rule that blocks, or remove the web ACL.',
    find: ({ values }) => blocks(values, 'rule').length === 0 && 'it has no rules',
  },
  {
    id: 'IMG-WAF-003',
    of: [ACL],
    reason:
      'Behind a CDN all clients share its few addresses, so together they reach the limit for one address, and everybody gets 429.',
    remedy: 'limit only requests that do not come from the CDN, which web-acl.ts recognises by its secret.',
    find: ({ values }, { settings }) =>
      settings?.cdn.enabled === true &&
      text(values.scope) === 'REGIONAL' &&
      blocks(values, 'rule').some((rule) => {
        const limit = block(rule, 'statement', 'rate_based_statement');
        return limit !== undefined && block(limit, 'scope_down_statement') === undefined;
      }) &&
      'its rate limit includes requests from the CDN',
  },
  {
    id: 'IMG-ALB-014',
    of: [ACL],
    reason: 'The rule set of AWS blocks bodies above 8 KiB, and with them all images.',
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
