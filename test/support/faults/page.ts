import { fileURLToPath } from 'node:url';
import { table } from '../../../scripts/docs/markdown.ts';
import { ACTS, AS_ALWAYS } from './acts.ts';
import type { Fault } from './fault-list.ts';
import type { Finding } from './observe.ts';
import { SECTIONS, type SectionName } from './sections.ts';

/** The page with the findings. */
export const FAULTS_PAGE = fileURLToPath(new URL('../../../docs/faults.md', import.meta.url));

const HEADER = ['fault', 'where', 'what a user sees meanwhile', 'what is lost', 'what stays behind'];

/** A row of the table. */
export type Row = string[];

/** Joins acts with the same answer. */
function seenIn({ seen }: Finding): string {
  const tried = [...ACTS, 'start' as const].filter((act) => seen[act] !== undefined);
  const answers = [...new Set(tried.map((act) => String(seen[act])))].filter((answer) => answer !== AS_ALWAYS);
  if (answers.length === 0) return 'everything as always';
  const groups = answers.map((answer) => `${tried.filter((act) => seen[act] === answer).join(', ')}: ${answer}`);
  const rest = tried.some((act) => seen[act] === AS_ALWAYS) ? ['all else as always'] : [];
  return [...groups, ...rest].join('; ');
}

export const rowOf = ({ fault, where }: Fault, finding: Finding): Row => [
  fault,
  where,
  seenIn(finding),
  finding.lost.join('; ') || 'nothing',
  finding.left.join('; ') || 'nothing',
];

/** A row as Markdown. */
export const lineOf = (row: Row): string => table(HEADER, [row]).split('\n').at(-1) ?? '';

const INTRODUCTION = `# Faults

<!-- Written by npm run faults from what it finds; whatever is changed here is lost. -->

What \`npm start\` does when the machine fails it. Each row was found by injecting the fault below the programs: a library between them and the
C library ([faulty-system.c](../test/support/faults/faulty-system.c)) lets calls that touch the data folder fail. While it lasts a user uploads an
image with a rendition, uploads one in parts, asks for a rendition and waits for it, deletes an image, downloads an original and a rendition, reads a
record and the list. Then it is over, and without anybody's doing:

- all of that works again;
- every image that was answered with 201 is there byte for byte, every rendition that was taken on is made, what was deleted stays so;
- what was refused is not there, or is there whole.

Where that is not so, the row says what is lost. \`npm run test:deep\` finds all of it again, and fails when a row differs.`;

/** The lines of the tables by section. */
export type Lines = Record<SectionName, string[]>;

const headOf = (name: SectionName): string =>
  `## ${SECTIONS[name].title}\n\n${SECTIONS[name].text}\n\n${table(HEADER, [])}\n`;

/** The whole of docs/faults.md. */
export const page = (lines: Lines): string =>
  `${INTRODUCTION}\n\n${(Object.keys(SECTIONS) as SectionName[]).map((name) => headOf(name) + lines[name].join('\n')).join('\n\n')}\n`;

/** The lines of a section in a page; empty where the section is missing. */
export function linesIn(text: string, name: SectionName): string[] {
  const [, section = ''] = text.split(headOf(name));
  return (section.split('\n\n')[0] ?? '').split('\n').filter((line) => line.startsWith('|'));
}
