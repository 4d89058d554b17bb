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

/** Ended resources in one list, replaced ones in another; a refusal as it is. */
function effectsText(effects: readonly string[]): string {
  if (effects.length === 0) return 'in place';
  const lists = Map.groupBy(effects, (effect) => EFFECT.exec(effect)?.[1] ?? '');
  const sentences = [...lists].map(([verb, own]) => {
    if (!verb) return own.join('. ');
    const kinds = own.map((effect) => effect.replace(EFFECT, (_, _verb, count = '', type) => `${count}${code(type)}`));
    return `${verb} ${kinds.join(', ')}`;
  });
  return sentences.join('; ');
}

const rowsOf = ({ setting, fixed, changes = [] }: SettingOutcome): string[][] =>
  fixed
    ? [[code(setting), 'any', 'not to be changed', fixed]]
    : changes.map(({ change, effects, todo = '' }) => [code(setting), change, effectsText(effects), todo]);

/** A row for each change that ends, replaces or is refused; all other settings in one sentence. */
export function changesSection(outcomes = readOutcomes()): string {
  const rows = outcomes.filter((outcome) => !isQuiet(outcome)).flatMap(rowsOf);
  const quiet = outcomes.filter(isQuiet).map(({ setting }) => code(setting));
  const header = ['setting', 'change', 'what becomes of it', 'what to know and to do'];
  return `${compactTable(header, rows)}\n\nChanged in place, with nothing ended or replaced: ${quiet.join(', ')}.`;
}
