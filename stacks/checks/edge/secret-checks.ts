import type { Check } from '../check.ts';

/** Terraform treats the `value` of every parameter as a secret, unlike its `insecure_value`. */
const SECRET = /\bdata\.aws_ssm_parameter\.[\w-]+\.value\b/;

/** Arguments that have to contain a secret, by type. An output shows the public part of the CDN's origin. */
const SECRET_ARGUMENTS: Record<string, string> = {
  aws_cloudfront_distribution: 'origin',
  aws_lb_listener_rule: 'condition',
  aws_wafv2_regex_pattern_set: 'regular_expression',
};

/** Secrets that hide other changes in a plan. */
export const SECRET_CHECKS: Check[] = [
  {
    id: 'IMG-SECRET-001',
    of: ['*'],
    reason: 'A plan hides the whole argument that contains a secret, and so every other change in it.',
    remedy:
      'put the secret into a resource of its own, as createSecretSet() does, or use insecure_value if the parameter is not secret.',
    find: ({ type, values }) =>
      Object.entries(values)
        .filter(([argument, value]) => SECRET_ARGUMENTS[type] !== argument && SECRET.test(JSON.stringify(value) ?? ''))
        .map(([argument]) => `${argument} contains a secret`),
  },
];
