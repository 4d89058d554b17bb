import { BASES, type Base } from './bases.ts';
import { type Change, changed } from './changes.ts';
import type { Values } from './given-changes.ts';
import { type Synthesised, synthesise } from './synthesis.ts';

/** Terraform's names for actions that remove something, and ours. */
const VERBS: Record<string, string> = { delete: 'ends', replace: 'replaces' };

/** A new revision is made beside the last one, which ECS keeps and with which tasks run on. */
const HARMLESS = ['aws_ecs_task_definition'];

/** The effects of a plan that an operator may overlook, such as `ends 2 aws_nat_gateway`. Empty where everything is changed in place. */
export function effectsOf(changes: readonly { type: string; action: string }[]): string[] {
  const counts = new Map<string, number>();
  for (const { type, action } of changes) {
    const verb = VERBS[action];
    if (!verb || HARMLESS.includes(type)) continue;
    counts.set(`${verb} ${type}`, (counts.get(`${verb} ${type}`) ?? 0) + 1);
  }
  return [...counts]
    .map(([what, count]) => (count === 1 ? what : what.replace(' ', ` ${count} `)))
    .toSorted((a, b) => a.localeCompare(b));
}

const valuesOf = (changes: readonly Change[]): Values => Object.assign({}, ...changes.map(({ set }) => set));

/** Synthesises the stacks of a base after some changes. */
export const synthesiseChanged = (base: Base, changes: readonly Change[]): Synthesised =>
  synthesise(changed(BASES[base], valuesOf(changes)));

/** While something is switched off, changes of its other settings are not seen, so `cdn.enabled` covers all of `cdn`. */
const within = (path: string, other: string): boolean => `${path}.`.startsWith(`${other.replace(/\.enabled$/, '')}.`);

const overlap = (a: string, b: string): boolean => within(a, b) || within(b, a);

const exclude = (one: Change, other: Change): boolean =>
  Object.keys(one.set).some((a) => Object.keys(other.set).some((b) => overlap(a, b)));

/** Groups of changes that can be made together, because they are of different settings and synthesis accepts them. */
export function together(base: Base, changes: readonly Change[]): Change[][] {
  const groups: Change[][] = [];
  for (const change of changes) {
    const group = groups.find(
      (others) =>
        !others.some((other) => exclude(change, other)) && !synthesiseChanged(base, [...others, change]).refusal,
    );
    if (group) group.push(change);
    else groups.push([change]);
  }
  return groups;
}

/** Finds the effects of each change by one plan for many changes, and by plans for halves where that plan has effects. */
export async function bisect(
  changes: readonly Change[],
  plan: (changes: readonly Change[]) => Promise<string[]>,
): Promise<Map<Change, string[]>> {
  const [first] = changes;
  if (!first) return new Map();
  const effects = await plan(changes);
  if (effects.length === 0) return new Map(changes.map((change) => [change, []]));
  if (changes.length === 1) return new Map([[first, effects]]);
  const middle = Math.ceil(changes.length / 2);
  const left = await bisect(changes.slice(0, middle), plan);
  return new Map([...left, ...(await bisect(changes.slice(middle), plan))]);
}
