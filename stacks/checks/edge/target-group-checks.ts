import { HEALTH_PATHS } from '../../../shared/contracts/services.ts';
import { block, figure, isReference, text } from '../blocks.ts';
import type { Check } from '../check.ts';
import { forwardsTo } from './listener-actions.ts';

const RULE = 'aws_lb_listener_rule';
const LISTENER = 'aws_lb_listener';
const TARGETS = 'aws_lb_target_group';

/** What requests are sent to, and who is taken for healthy. */
export const TARGET_GROUP_CHECKS: Check[] = [
  {
    id: 'IMG-ALB-005',
    of: [TARGETS],
    reason: 'AWS refuses a health check that begins before the last one has ended.',
    remedy: 'give an interval above the timeout: 10 and 5.',
    find({ values }) {
      const check = block(values, 'health_check');
      const [interval, timeout] = [figure(check?.interval) ?? 30, figure(check?.timeout) ?? 5];
      return interval <= timeout && `health_check.interval is ${interval}, its timeout ${timeout}`;
    },
  },
  {
    id: 'IMG-ALB-009',
    of: [TARGETS],
    reason: 'A group that has to be replaced is in use by its rules, and the apply fails (provider #16889).',
    remedy: 'give name_prefix of six characters at most in place of name, and create_before_destroy.',
    find({ values }) {
      const replaceable = block(values, 'lifecycle')?.create_before_destroy === true && values.name === undefined;
      const long = text(values.name_prefix).length > 6;
      return (long && `name_prefix ${values.name_prefix} is too long`) || (!replaceable && 'it cannot be replaced');
    },
  },
  {
    id: 'IMG-ALB-010',
    of: [TARGETS],
    reason: 'Its service would run and never get a request.',
    remedy: 'forward to it in a listener rule.',
    find: (group, { inventory }) =>
      !inventory.all(RULE, LISTENER).some((rule) => forwardsTo(rule, group, inventory)) && 'nothing forwards to it',
  },
  {
    id: 'IMG-ALB-011',
    of: [TARGETS],
    reason: 'A path that no service answers for health ends every task as soon as it runs.',
    remedy: 'take a path of HEALTH_PATHS.',
    find({ values }) {
      const { path } = block(values, 'health_check') ?? {};
      const known = Object.values(HEALTH_PATHS).some((each) => each === path);
      return !known && !isReference(path) && `health_check.path is ${path ?? '/, by default'}`;
    },
  },
  {
    id: 'IMG-ALB-012',
    of: [TARGETS],
    reason: 'AWS refuses a slow start together with least_outstanding_requests.',
    remedy: 'remove slow_start.',
    find: ({ values }) =>
      (figure(values.slow_start) ?? 0) > 0 &&
      values.load_balancing_algorithm_type === 'least_outstanding_requests' &&
      `slow_start is ${values.slow_start}`,
  },
];
