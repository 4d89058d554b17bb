import type { Check } from '../check.ts';

/** Terraform takes the value of every parameter for a secret; `insecure_value` is the same for what is none. */
const SECRET = /\bdata\.aws_ssm_parameter\.[\w-]+\.value\b/;

/** Where AWS takes a secret and nowhere else, by type. What of the CDN's origin is none, an output shows. */
const PLACES: Record<string, string> = {
  aws_cloudfront_distribution: 'origin',
  aws_lb_listener_rule: 'condition',
  aws_wafv2_regex_pattern_set: 'regular_expression',
};

/** Secrets in what is planned. */
export const SECRET_CHECKS: Check[] = [
  {
    id: 'IMG-SECRET-001',
    of: ['*'],
    reason: 'A plan hides the whole argument, and with it everything else in it that somebody changes.',
    remedy:
      'put the secret into a resource of its own, as createSecretSet() does, or use insecure_value of a parameter that holds none.',
    find: ({ type, values }) =>
      Object.entries(values)
        .filter(([argument, value]) => PLACES[type] !== argument && SECRET.test(JSON.stringify(value) ?? ''))
        .map(([argument]) => `${argument} has a secret in it`),
  },
];
