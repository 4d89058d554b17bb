import { COMMANDS } from '../../shared/contracts/api/command-schemas.ts';
import type { Operation } from '../../shared/domain/commands.ts';
import { type Album, pictureOf } from './album.ts';
import { block, code, image, layout, lines, table } from './markdown.ts';
import { parametersOf } from './parameter-table.ts';
import { type CommandRequest, exampleName, examplesOf, operations, SAMPLES, sampleOf } from './pictures.ts';

/** Shown in examples as the id of another image. */
const LOGO_ID = '0f8a4c1e-6b7d-4e2f-9c3a-5d1b2e7f8a90';

export const jsonBlock = (value: object): string => block('json', lines(value).replaceAll('$LOGO', LOGO_ID));

/** The first sentence of a summary, or its part before a colon or semicolon. */
const headline = (summary: string): string => `${summary.split(/[.:;](?=\s|$)/)[0]}.`;

const commandList = (): string =>
  table(
    ['command', 'what it does'],
    operations.map((operation) => [
      `[${code(operation)}](#${operation.toLowerCase()})`,
      headline(COMMANDS[operation].summary),
    ]),
  );

const exampleRow = (album: Album, operation: Operation, [index, command]: [number, CommandRequest]): string[] => {
  const sample = sampleOf(operation);
  return [
    jsonBlock(command),
    image(pictureOf(album, `before-${sample}`), SAMPLES[sample]),
    image(pictureOf(album, exampleName(operation, index)), `the same after ${operation}`),
  ];
};

function section(album: Album, operation: Operation): string {
  const rows = [...examplesOf(operation).entries()].map((example) => exampleRow(album, operation, example));
  return [
    `### ${operation}`,
    COMMANDS[operation].summary,
    parametersOf(operation),
    layout(['command', 'before', 'after'], rows),
  ].join('\n\n');
}

/** A list of all commands, and a section for each. */
export const commandSections = (album: Album): string =>
  [commandList(), ...operations.map((operation) => section(album, operation))].join('\n\n');
