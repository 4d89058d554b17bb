import { block } from './blocks.ts';
import type { Check } from './check.ts';

/** Resources that a change of settings may remove, and what still uses them until it is updated. */
const USED_BY: Record<string, string> = {
  aws_ecs_capacity_provider: 'the cluster’s list of capacity providers',
  aws_cloudfront_key_group: 'the distribution',
  aws_cloudfront_public_key: 'its key group',
  aws_wafv2_web_acl: 'the distribution',
  aws_subnet: 'the load balancer, the auto scaling groups and the services',
  aws_nat_gateway: 'the routes of other zones',
};

/** The order in which resources are removed that are no longer declared. */
export const REMOVAL_CHECKS: Check[] = [
  {
    id: 'IMG-END-001',
    of: Object.keys(USED_BY),
    reason:
      'Terraform destroys a resource that is no longer declared before it updates what used it, and AWS refuses to delete what is in use: the apply fails half way (https://github.com/hashicorp/terraform/blob/main/docs/destroying.md).',
    remedy: 'set create_before_destroy in its lifecycle, from the first apply on.',
    find: ({ type, values }) =>
      block(values, 'lifecycle')?.create_before_destroy !== true &&
      `it would be destroyed before it is removed from ${USED_BY[type]}`,
  },
];
