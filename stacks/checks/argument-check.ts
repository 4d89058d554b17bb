import type { EnvironmentSettings } from '../environments/settings.ts';
import { blocks, isReference, toNumber, type Values } from './blocks.ts';
import type { Check, CheckContext } from './check.ts';
import { containersOf } from './compute/task.ts';
import type { Resource } from './inventory.ts';

/** What an argument must be. References, whose values only Terraform knows, pass unless a requirement inspects them. */
export interface Requirement {
  /** The value to set, as the remedy shows it; undefined if the argument must be left out. */
  shown?: string;
  fits(value: unknown, resource: Resource, settings: EnvironmentSettings | undefined): boolean;
}

/** Terraform treats `true` and `"true"` alike, and likewise numbers and their strings. */
const isOneOf = (values: readonly unknown[], value: unknown): boolean =>
  value !== undefined && values.map(String).includes(String(value));

const shownOf = (values: readonly unknown[]): string => values.map((value) => JSON.stringify(value)).join(' or ');

export const is = (...values: readonly unknown[]): Requirement => ({
  shown: shownOf(values),
  fits: (value) => isReference(value) || isOneOf(values, value),
});

/** Leaving the argument out is allowed because AWS's default is right. */
export const isOrAbsent = (...values: readonly unknown[]): Requirement => ({
  shown: `${shownOf(values)}, or leave it out`,
  fits: (value) => value === undefined || isReference(value) || isOneOf(values, value),
});

const otherThan = (values: readonly unknown[]): string => {
  const [first] = values;
  return typeof first === 'boolean' ? `${!first}, or leave it out` : `something other than ${shownOf(values)}`;
};

export const isNot = (...values: readonly unknown[]): Requirement => ({
  shown: otherThan(values),
  fits: (value) => !isOneOf(values, value),
});

export const isAbsent: Requirement = {
  fits: (value) => value === undefined || value === null || (Array.isArray(value) && value.length === 0),
};

export const isPresent = (shown: string): Requirement => ({
  shown,
  fits: (value) => value !== undefined && value !== '',
});

export const isWithin = (least: number, most: number): Requirement => ({
  shown: `${least} to ${most}`,
  fits: (value) => isReference(value) || ((toNumber(value) ?? Number.NaN) >= least && (toNumber(value) ?? 0) <= most),
});

export const satisfying = (shown: string, fits: Requirement['fits']): Requirement => ({ shown, fits });

export interface Argument {
  id: Check['id'];
  /** Types of resources; `container` stands for every container of a task definition. */
  of: string | readonly string[];
  /** The dotted path of the argument, through all blocks of a name. Without such a block the argument counts as left out. */
  argument: string;
  must: Requirement;
  reason: string;
  /** Limits the check to some resources or containers; by default it applies to all. */
  where?: (part: Values, context: CheckContext, resource: Resource) => boolean;
}

function valuesAt(part: Values, path: string): unknown[] {
  const names = path.split('.');
  const last = names.pop() ?? '';
  const inner = names.reduce<Values[]>((outer, name) => outer.flatMap((each) => blocks(each, name)), [part]);
  return inner.length > 0 ? inner.map(({ [last]: value }) => value) : [undefined];
}

const TASK = 'aws_ecs_task_definition';

/** Makes a check from a table row, because most mistakes in a resource are one wrong argument. */
export function argumentCheck({ id, of, argument, must, reason, where = () => true }: Argument): Check {
  const ofContainers = of === 'container';
  return {
    id,
    of: ofContainers ? [TASK] : [of].flat(),
    reason,
    remedy: must.shown === undefined ? `leave ${argument} out.` : `set ${argument} to ${must.shown}.`,
    find: (resource, context) =>
      (ofContainers ? (containersOf(resource) ?? []) : [resource.values])
        .filter((part) => where(part, context, resource))
        .flatMap((part) => valuesAt(part, argument))
        .filter((value) => !must.fits(value, resource, context.settings))
        .map((value) => `${argument} is ${value === undefined ? 'left out' : JSON.stringify(value)}`),
  };
}
