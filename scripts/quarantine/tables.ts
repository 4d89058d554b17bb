import { stripVTControlCharacters } from 'node:util';
import Table from 'cli-table3';
import { NO_LINES } from '../terminal/plain-table.ts';
import type { Quarantined, QuarantinedLetter } from './find-quarantined.ts';

/** Characters in a line, as in the narrowest terminal that shows an image id beside the rest. */
const WIDTH = 100;

/** No lines: one blank between columns, and what explains a row indented below it. */
const STYLE = {
  chars: { ...NO_LINES, middle: ' ' },
  style: { 'padding-left': 0, 'padding-right': 1, head: [], border: [] },
  wordWrap: true,
  wrapOnWordBoundary: false,
};

interface Row {
  cells: (string | number)[];
  explanation: string;
}

/** The failed renditions, as lines of at most 100 characters. */
export const renditionTable = ({ failedRenditions }: Quarantined): string =>
  draw(
    { 'image id': 37, rendition: 12, code: 21, attempts: 9, 'failed at (UTC)': 17 },
    failedRenditions.map(({ imageId, owner, name, attempts, updatedAt, failure }) => ({
      cells: [imageId, name, failure?.code ?? '', attempts, minute(updatedAt)],
      explanation: `${ownedBy(owner)}${failure?.detail ?? ''}`,
    })),
  );

/** The dead letters, as lines of at most 100 characters. */
export const letterTable = ({ deadLetters }: Quarantined): string =>
  draw(
    { 'image id': 37, renditions: 34, receives: 9, 'sent at (UTC)': 17 },
    deadLetters.map((letter) => ({
      cells: [letter.imageId ?? '-', namesOf(letter), letter.receiveCount, minute(letter.sentAt)],
      explanation: `${ownedBy(letter.owner)}${letter.reason ? `${letter.reason}${letter.imageId ? '' : ` ${letter.body}`}` : statesOf(letter)}`,
    })),
  );

const ownedBy = (owner: string | undefined): string => (owner === undefined ? '' : `of ${owner}: `);

const namesOf = ({ renditions = [] }: QuarantinedLetter): string =>
  renditions.map(({ name }) => name).join(', ') || '-';

const statesOf = ({ renditions = [] }: QuarantinedLetter): string =>
  renditions
    .map(({ name, status, failure }) => `${name} is ${status}${failure ? `: ${failure.code}, ${failure.detail}` : ''}`)
    .join('; ');

const minute = (time: string): string => time.slice(0, 16).replace('T', ' ');

function draw(columns: Record<string, number>, rows: Row[]): string {
  const table = new Table({ ...STYLE, head: Object.keys(columns), colWidths: Object.values(columns) });
  for (const { cells, explanation } of rows) {
    const content = `  ${shorten(oneLine(explanation), WIDTH - 4)}`;
    table.push(
      cells.map((cell) => oneLine(String(cell))),
      [{ content, colSpan: cells.length, wordWrap: false }],
    );
  }
  const lines = table.toString().split('\n');
  return lines.map((line) => line.trimEnd()).join('\n');
}

/** What others have written must not move the cursor or colour the screen. */
const oneLine = (text: string): string =>
  stripVTControlCharacters(text)
    .replaceAll(/[\p{Cc}\p{Cf}\p{Cs}\s]+/gu, ' ')
    .trim();

const shorten = (text: string, length: number): string =>
  text.length <= length ? text : `${text.slice(0, length - 1).trimEnd()}…`;
