import type { EnvironmentSettings } from '../environments/settings.ts';
import { blocks, figure, isReference, type Values } from './blocks.ts';
import type { Check, CheckContext } from './check.ts';
import { containersOf } from './compute/task.ts';
import type { Resource } from './inventory.ts';

/** What fits into an argument. What only Terraform knows fits always, unless the form looks at references. */
export interface Form {
  /** What to set it to; nothing where it is to be left out. */
  shown?: string;
  fits(value: unknown, resource: Resource, settings: EnvironmentSettings | undefined): boolean;
}

/** `true` and `"true"` are the same to Terraform, and so are figures. */
const isOneOf = (values: readonly unknown[], value: unknown): boolean =>
  value !== undefined && values.map(String).includes(String(value));

const shownOf = (values: readonly unknown[]): string => values.map((value) => JSON.stringify(value)).join(' or ');

export const is = (...values: readonly unknown[]): Form => ({
  shown: shownOf(values),
  fits: (value) => isReference(value) || isOneOf(values, value),
});

/** Left out, it is what AWS takes by itself. */
export const isOrAbsent = (...values: readonly unknown[]): Form => ({
  shown: `${shownOf(values)}, or leave it out`,
  fits: (value) => value === undefined || isReference(value) || isOneOf(values, value),
});

const otherThan = (values: readonly unknown[]): string => {
  const [first] = values;
  return typeof first === 'boolean' ? `${!first}, or leave it out` : `something else than ${shownOf(values)}`;
};

export const isNot = (...values: readonly unknown[]): Form => ({
  shown: otherThan(values),
  fits: (value) => !isOneOf(values, value),
});

export const isAbsent: Form = {
  fits: (value) => value === undefined || value === null || (Array.isArray(value) && value.length === 0),
};

export const isPresent = (shown: string): Form => ({ shown, fits: (value) => value !== undefined && value !== '' });

export const isWithin = (least: number, most: number): Form => ({
  shown: `${least} to ${most}`,
  fits: (value) => isReference(value) || ((figure(value) ?? Number.NaN) >= least && (figure(value) ?? 0) <= most),
});

export const fitting = (shown: string, fits: Form['fits']): Form => ({ shown, fits });

export interface Argument {
  id: Check['id'];
  /** Types of resources; `container` is every container of a task definition. */
  of: string | readonly string[];
  /** Its dotted path, through every block of a name; what is in no block counts as left out. */
  argument: string;
  must: Form;
  reason: string;
  /** Where it must; everywhere if nothing is said. */
  where?: (part: Values, context: CheckContext, resource: Resource) => boolean;
}

function valuesAt(part: Values, path: string): unknown[] {
  const names = path.split('.');
  const last = names.pop() ?? '';
  const inner = names.reduce<Values[]>((outer, name) => outer.flatMap((each) => blocks(each, name)), [part]);
  return inner.length > 0 ? inner.map(({ [last]: value }) => value) : [undefined];
}

const TASK = 'aws_ecs_task_definition';

/** Most that is wrong with a resource is one argument: a row says which, what it must be, and why. */
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
