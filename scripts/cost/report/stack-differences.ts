import type { CostReport } from './cost-report.ts';

/** What differs between two stacks and decides what something costs: an argument of resources, or how many there are of a type. */
export interface StackDifference {
  /** The type of the resources, such as `aws_autoscaling_group`. */
  type: string;
  /** The argument, such as `rule.expire-renditions.expiration.days`; undefined where the number of resources differs. */
  argument?: string;
  /** The names of the resources in the stacks, without their type. */
  resources: readonly string[];
  /** Empty where a stack does not have the argument. */
  before: string;
  after: string;
}

/** Two reports with what differs between the stacks of both. */
export interface Compared {
  before: CostReport;
  after: CostReport;
  stacks: readonly StackDifference[];
}

export const STACK_TITLE = 'What differs in the stacks';

/** A line for a difference, such as `max_capacity 4 → 40 (aws_appautoscaling_target: worker_scaling)`. */
export const stackDifferenceText = ({ type, argument, resources, before, after }: StackDifference): string =>
  argument === undefined
    ? `${type}: ${before} → ${after} of them`
    : `${argument} ${before || 'unset'} → ${after || 'unset'} (${type}: ${resources.join(', ')})`;
