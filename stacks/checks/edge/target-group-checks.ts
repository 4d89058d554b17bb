import { HEALTH_PATHS } from '../../../shared/contracts/services.ts';
import { type Argument, argumentCheck, is, isNot, isOrAbsent, isWithin } from '../argument-check.ts';
import { block, isReference, text, toNumber } from '../blocks.ts';
import type { Check } from '../check.ts';
import { forwardsTo } from './listener-actions.ts';

const RULE = 'aws_lb_listener_rule';
const LISTENER = 'aws_lb_listener';
const TARGETS = 'aws_lb_target_group';

const ARGUMENTS: Argument[] = [
  {
    id: 'IMG-ALB-110',
    of: TARGETS,
    argument: 'health_check.matcher',
    must: is('200'),
    reason: 'Any answer, even an error page, would count as healthy.',
  },
  {
    id: 'IMG-ALB-111',
    of: TARGETS,
    argument: 'health_check.interval',
    must: isWithin(5, 30),
    reason: 'Requests would go to a dead task for minutes.',
  },
  {
    id: 'IMG-ALB-112',
    of: TARGETS,
    argument: 'health_check.unhealthy_threshold',
    must: isWithin(2, 5),
    reason:
      'With 1, a single slow answer stops a task and all its work; with more than 5, a dead task causes a minute of errors.',
  },
  {
    id: 'IMG-ALB-113',
    of: TARGETS,
    argument: 'health_check.port',
    must: isOrAbsent('traffic-port'),
    reason: 'Tasks accept the load balancer only at the service’s own port, so every task would be stopped.',
  },
  {
    id: 'IMG-ALB-114',
    of: TARGETS,
    argument: 'protocol_version',
    must: isOrAbsent('HTTP1'),
    reason: 'The services speak HTTP/1.1, so every request would be a 502.',
  },
  {
    id: 'IMG-ALB-115',
    of: TARGETS,
    argument: 'stickiness.enabled',
    must: isNot(true),
    reason: 'A cookie would tie clients to a task even when it is overloaded, and make answers uncacheable.',
  },
];

/** Target groups and their health checks. */
export const TARGET_GROUP_CHECKS: Check[] = [
  ...ARGUMENTS.map(argumentCheck),
  {
    id: 'IMG-ALB-005',
    of: [TARGETS],
    reason: 'AWS refuses an interval that is not longer than the timeout.',
    remedy: 'set the interval above the timeout, such as 10 and 5.',
    find({ values }) {
      const check = block(values, 'health_check');
      const [interval, timeout] = [toNumber(check?.interval) ?? 30, toNumber(check?.timeout) ?? 5];
      return interval <= timeout && `health_check.interval is ${interval}, and its timeout ${timeout}`;
    },
  },
  {
    id: 'IMG-ALB-009',
    of: [TARGETS],
    reason: 'If a target group must be replaced, its rules still use it and the apply fails (provider #16889).',
    remedy: 'replace name by a name_prefix of at most six characters, and set create_before_destroy.',
    find({ values }) {
      const replaceable = block(values, 'lifecycle')?.create_before_destroy === true && values.name === undefined;
      const long = text(values.name_prefix).length > 6;
      return (long && `name_prefix ${values.name_prefix} is too long`) || (!replaceable && 'it cannot be replaced');
    },
  },
  {
    id: 'IMG-ALB-010',
    of: [TARGETS],
    reason: 'Its service would never get a request.',
    remedy: 'add a listener rule that forwards to it.',
    find: (group, { inventory }) =>
      !inventory.all(RULE, LISTENER).some((rule) => forwardsTo(rule, group, inventory)) && 'nothing forwards to it',
  },
  {
    id: 'IMG-ALB-011',
    of: [TARGETS],
    reason: 'No service answers health checks at another path, so every task would be stopped.',
    remedy: 'use a path of HEALTH_PATHS.',
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
      (toNumber(values.slow_start) ?? 0) > 0 &&
      values.load_balancing_algorithm_type === 'least_outstanding_requests' &&
      `slow_start is ${values.slow_start}`,
  },
];
