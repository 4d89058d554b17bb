import { block } from './blocks.ts';
import type { Check } from './check.ts';

/** What a setting may take away from something that stays, by which AWS knows it as in use. */
const TAKEN_FROM: Record<string, string> = {
  aws_ecs_capacity_provider: 'the cluster’s list of capacity providers',
  aws_cloudfront_key_group: 'the distribution',
  aws_cloudfront_public_key: 'its key group',
  aws_wafv2_web_acl: 'the distribution',
  aws_subnet: 'the load balancer, the auto scaling groups and the services',
  aws_nat_gateway: 'the routes of other zones',
};

/** What is no longer declared: when it ends. */
export const REMOVAL_CHECKS: Check[] = [
  {
    id: 'IMG-END-001',
    of: Object.keys(TAKEN_FROM),
    reason:
      'Terraform ends what is no longer declared before it changes what used it, and AWS refuses to end what is in use: an apply that takes it away fails half way (https://github.com/hashicorp/terraform/blob/main/docs/destroying.md).',
    remedy: 'set create_before_destroy in its lifecycle, from its first day.',
    find: ({ type, values }) =>
      block(values, 'lifecycle')?.create_before_destroy !== true &&
      `it would end before it is taken from ${TAKEN_FROM[type]}`,
  },
];
