import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { EXPLAINED } from './explained-findings.ts';
import { GENERATORS } from './generators.ts';

const PAGE = fileURLToPath(new URL('../../docs/clients.md', import.meta.url));

/** The steps of the main job, each with its column in the documentation. */
const STEPS = {
  form: 'upload by form',
  raw: 'upload raw',
  parts: 'upload in parts',
  read: 'read',
  ask: 'ask for renditions',
  download: 'download',
  rendition: 'wait for a rendition',
  list: 'list',
  delete: 'delete',
  problem: 'read a problem',
} as const;

export type Step = keyof typeof STEPS;

const row = (...cells: string[]): string => `| ${cells.join(' | ')} |`;

/** The header of the table of generators. */
export const GENERATOR_HEADS = row('generator', ...Object.values(STEPS), 'to know');

/** A generator's row: what its client did, and `–` where it has no method. */
export function generatorRow(name: string, told: Record<string, string>): string {
  const cells = Object.keys(STEPS).map((step) => (told[step] === '-' ? '–' : 'yes'));
  return row(`\`${name}\``, ...cells, GENERATORS[name]?.note ?? '');
}

/** The table of accepted findings of Schemathesis, with their reasons. */
export const explanationTable = (): string =>
  [
    row('check', 'seen by', 'reason'),
    row('---', '---', '---'),
    ...EXPLAINED.map(({ check, seen, why }) => row(`\`${check}\``, seen, why)),
  ].join('\n');

export const readPage = (): string => readFileSync(PAGE, 'utf8');

/** Replaces a generator's row. */
export function writeRow(name: string, written: string): void {
  const lines = readPage().split('\n');
  const isOfIt = (line: string) => line.startsWith(`| \`${name}\` |`);
  const rest = lines.filter((line) => !isOfIt(line));
  const at = lines.some(isOfIt) ? lines.findIndex(isOfIt) : lines.indexOf(GENERATOR_HEADS) + 2;
  writeFileSync(PAGE, rest.toSpliced(at, 0, written).join('\n'));
}
