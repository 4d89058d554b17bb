import { readFileSync } from 'node:fs';
import { code, compactTable } from '../../scripts/docs/markdown.ts';

/** The effects of changing a setting of an environment, which the walk of `npm run test:infra:deep` finds out and writes down. */
export interface SettingOutcome {
  setting: string;
  /** Why it stays as it is, and what to do instead. */
  fixed?: string;
  changes?: {
    /** `prod: 14 → 30`. */
    change: string;
    /** The resources that a plan ends or replaces, or why it is refused; empty where everything is changed in place. */
    effects: string[];
    /** Something to know or to do. */
    todo?: string;
  }[];
}

export const readOutcomes = (): SettingOutcome[] =>
  JSON.parse(readFileSync(new URL('changes-of-settings.json', import.meta.url), 'utf8'));

const isQuiet = ({ changes = [], fixed }: SettingOutcome): boolean =>
  !fixed && changes.every(({ effects, todo }) => effects.length === 0 && !todo);

/** `ends 2 aws_route`: how, how many, and what. */
const EFFECT = /^(ends|replaces) (\d+ )?aws_(\w+)$/;

const sentence = (text: string): string => `${text.charAt(0).toUpperCase()}${text.slice(1)}`.replace(/\.?$/, '.');

/** Says in sentences which resources a change deletes and which it replaces, or why it is refused. */
function effectsText(effects: readonly string[]): string {
  if (effects.length === 0) return 'All resources are changed in place.';
  const lists = Map.groupBy(effects, (effect) => EFFECT.exec(effect)?.[1] ?? '');
  const sentences = [...lists].map(([verb, own]) => {
    if (!verb) return own.map(sentence).join(' ');
    const kinds = own.map((effect) => effect.replace(EFFECT, (_, _verb, count = '', type) => `${count}${code(type)}`));
    return `${verb === 'ends' ? 'Deletes' : 'Replaces'} ${kinds.join(', ')}.`;
  });
  return sentences.join(' ');
}

const rowsOf = ({ setting, fixed, changes = [] }: SettingOutcome): string[][] =>
  fixed
    ? [[code(setting), 'any', 'This was not planned.', fixed]]
    : changes.map(({ change, effects, todo = '' }) => [code(setting), change, effectsText(effects), todo]);

/** A row for each change that deletes or replaces something or is refused; all other settings in one sentence. */
export function changesSection(outcomes = readOutcomes()): string {
  const rows = outcomes.filter((outcome) => !isQuiet(outcome)).flatMap(rowsOf);
  const quiet = outcomes.filter(isQuiet).map(({ setting }) => code(setting));
  const header = ['setting', 'change', 'what the plan does', 'what to know and to do'];
  return `${compactTable(header, rows)}\n\nThese settings are changed in place, and nothing is deleted or replaced: ${quiet.join(', ')}.`;
}
