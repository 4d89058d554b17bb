import pMap from 'p-map';
import type { Configuration } from '../terraform.ts';
import { BASES } from './bases.ts';
import { type Change, changed } from './changes.ts';
import { bisect, synthesiseChanged, together } from './plans.ts';
import { synthesise } from './synthesis.ts';
import { endIdleInstances, type WalkedEnvironment } from './walked-environment.ts';

const namesOf = (group: readonly Change[]): string =>
  group.map(({ setting, title }) => `${setting} (${title})`).join(', ');

/** The effects of each change on an environment. */
export type Effects = Map<Change, string[]>;

const NOTHING = 'changes nothing';

const isRefused = (effects: readonly string[]): boolean => effects.some((effect) => effect.startsWith('refused'));

export interface WalkOptions {
  /** Concurrent plans. */
  plans: number;
  /** Whether a change is known to end or replace something, so that it is planned separately at once. */
  isKnown(change: Change): boolean;
  tell(line: string): void;
}

/** Plans every change separately, or many together where they have no effects. */
export async function planChanges(
  environment: WalkedEnvironment,
  changes: readonly Change[],
  { plans, isKnown, tell }: WalkOptions,
): Promise<Effects> {
  const { base } = environment;
  const effects: Effects = new Map(changes.map((change) => [change, []]));
  const touching = touchedStacks(environment, changes, effects);
  const jobs = Object.keys(environment.stacks).flatMap((stack) => {
    const own = changes.filter((change) => touching.get(change)?.includes(stack));
    const alone = own.filter(isKnown).map((change) => [change]);
    const quiet = own.filter((change) => !isKnown(change));
    return [...together(base, quiet), ...alone].map((group) => ({ stack, group }));
  });
  const plan = (stack: string) => async (group: readonly Change[]) => {
    const own = await environment.plan(stack, synthesiseChanged(base, group).stacks[stack] as Configuration);
    tell(`planned ${namesOf(group)}: ${own.join(', ') || 'in place'}`);
    return own;
  };
  const found = await pMap(jobs, ({ stack, group }) => bisect(group, plan(stack)), { concurrency: plans });
  for (const [change, own] of found.flatMap((map) => [...map])) effects.get(change)?.push(...own);
  return effects;
}

/** Finds the stacks that each change affects. Changes that synthesis refuses or that make no difference are reported at once. */
function touchedStacks({ base, stacks }: WalkedEnvironment, changes: readonly Change[], effects: Effects) {
  const touching = new Map<Change, string[]>();
  for (const change of changes) {
    const { stacks: own, refusal } = synthesiseChanged(base, [change]);
    const differ = Object.keys(own).filter((id) => JSON.stringify(own[id]) !== JSON.stringify(stacks[id]));
    touching.set(change, differ);
    if (refusal) effects.set(change, [`refused by synth: ${refusal}`]);
    else if (differ.length === 0) effects.set(change, [NOTHING]);
  }
  return touching;
}

/**
 * Applies changes that end or replace something, and reverts them, as many at once as possible. Returns what was refused, and what is left
 * to change afterwards.
 */
export async function applyChanges(
  environment: WalkedEnvironment,
  effects: Effects,
  { endpoint, tell }: { endpoint: string; tell(line: string): void },
): Promise<string[]> {
  const real = [...effects]
    .filter(([{ planOnly, then, bothWays }, own]) => {
      const isLoud = then || bothWays || own.some((effect) => effect !== NOTHING);
      return isLoud && !planOnly && !isRefused(own);
    })
    .map(([change]) => change);
  const faults: string[] = [];
  const attempt = async (done: string, group: readonly Change[], act: Promise<void>) => {
    const fault = await act.then(
      () => undefined,
      (error: Error) => error.message,
    );
    if (fault) faults.push(`${namesOf(group)}: ${fault}`);
    tell(`${fault ? 'not ' : ''}${done} ${namesOf(group)}${fault ? `: ${fault}` : ''}`);
  };
  const inOne = real.filter(({ then }) => !then);
  const inSteps = real.filter(({ then }) => then);
  for (const group of [...together(environment.base, inOne), ...inSteps.map((change) => [change])]) {
    await attempt('applied', group, applyAll(environment, group, { endpoint, effects }));
    await attempt('put back', group, environment.apply(environment.stacks));
  }
  return [...faults, ...(await environment.changes())];
}

interface Applying {
  endpoint: string;
  effects: Effects;
}

async function applyAll(
  environment: WalkedEnvironment,
  group: readonly Change[],
  { endpoint, effects }: Applying,
): Promise<void> {
  await environment.apply(synthesiseChanged(environment.base, group).stacks);
  for (const change of group) {
    for (const values of change.then ?? []) {
      const { stacks } = synthesise(changed(BASES[environment.base], values));
      await endIdleInstances(endpoint);
      effects.get(change)?.push(...(await environment.ahead(stacks)));
      await environment.apply(stacks);
    }
  }
}
