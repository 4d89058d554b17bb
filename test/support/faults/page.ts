import { fileURLToPath } from 'node:url';
import { table } from '../../../scripts/docs/markdown.ts';
import { ACTS, AS_ALWAYS, describeOutcomes } from './acts.ts';
import type { Fault } from './fault-list.ts';
import type { Finding } from './observe.ts';
import { SECTIONS, type SectionName } from './sections.ts';

/** The page with the findings. */
export const FAULTS_PAGE = fileURLToPath(new URL('../../../docs/faults.md', import.meta.url));

const HEADER = ['fault', 'where', 'what a user sees during the fault', 'what is lost', 'what is left behind'];

/** A row of the table. */
export type Row = string[];

const sentence = (text: string): string =>
  text.charAt(0).toUpperCase() + text.slice(1) + (text.endsWith('”') ? '' : '.');

function seenIn({ seen }: Finding): string {
  if (seen.start) return sentence(seen.start);
  const outcomes = describeOutcomes(seen);
  if (outcomes.length === 0) return 'Everything works.';
  const rest = ACTS.some((act) => seen[act] === AS_ALWAYS) ? ['everything else works'] : [];
  return [...outcomes, ...rest].map(sentence).join(' ');
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

<!-- Written by npm run faults from what it finds. Changes that are made here by hand are lost. -->

This page says what \`npm start\` does when the machine under it fails. Each row was found by injecting the fault below the programs: a library
between them and the C library ([faulty-system.c](../test/support/faults/faulty-system.c)) makes calls that touch the data folder fail. During the
fault a user does these acts:

- *upload*: uploads an image with a rendition;
- *upload in parts*: uploads an image in parts;
- *new rendition*: requests a rendition, and waits for it;
- *delete*: deletes an image;
- *original* and *rendition*: downloads them;
- *record* and *list*: reads the record of an image, and the list of images.

Then the fault ends. Without anybody's intervention:

- all acts work again;
- every image whose upload was answered with 201 is there byte for byte, every accepted rendition is made, and every deleted image stays deleted;
- an image whose upload was refused is not there, or it is there whole.

If one of these does not hold, the row says what is lost. \`npm run test:deep\` injects all faults again, and fails if a row is wrong.`;

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
