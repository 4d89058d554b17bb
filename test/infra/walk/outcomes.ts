import { writeFileSync } from 'node:fs';
import { readOutcomes, type SettingOutcome } from '../../../stacks/docs/changes-section.ts';
import { changesOf } from './changes.ts';
import { allSettings } from './settings.ts';
import type { Effects } from './walk.ts';

const FILE = new URL('../../../stacks/docs/changes-of-settings.json', import.meta.url);

export const writeOutcomes = (outcomes: readonly SettingOutcome[]): void =>
  writeFileSync(FILE, `${JSON.stringify(outcomes, null, 2)}\n`);

const known = (): [string, string[]][] =>
  readOutcomes().flatMap(({ setting, changes = [] }) =>
    changes.map(({ change, effects }): [string, string[]] => [`${setting} ${change}`, effects]),
  );

/** Every setting with the outcome of each change: the one found now, or else the known one. Throws where there is neither. */
export function outcomesOf(effects: Effects): SettingOutcome[] {
  const walked = [...effects].map(([{ setting, title }, own]): [string, string[]] => [`${setting} ${title}`, own]);
  const found = new Map([...known(), ...walked]);
  const effectsOf = (change: string): string[] => {
    const own = found.get(change);
    if (!own) throw new Error(`${change} was never walked: npm run test:infra:deep -- --write`);
    return own;
  };
  return allSettings().map((setting) => {
    const changes = changesOf(setting);
    if ('fixed' in changes) return { setting: setting.path, fixed: changes.fixed };
    return {
      setting: setting.path,
      changes: changes.map(({ title, todo }) => ({
        change: title,
        effects: effectsOf(`${setting.path} ${title}`),
        ...(todo && { todo }),
      })),
    };
  });
}
