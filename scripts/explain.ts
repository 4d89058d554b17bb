import { text } from 'node:stream/consumers';
import { parsePipeline } from '../shared/contracts/api/command-schemas.ts';
import { PRESETS } from '../shared/contracts/api/presets.ts';
import type { Command, Pipeline } from '../shared/domain/commands.ts';
import { type Pass, planRendition, shrinksOnLoad } from '../shared/domain/plan.ts';
import { readArguments, runCommand, WrongUse } from './command-line.ts';
import { printable, printableJson } from './terminal/printable.ts';

const HELP = `npm run explain -- COMMANDS [--alpha] [--json]
Prints the passes in which the worker carries out a list of commands, and why each pass begins, for an upright original in 8-bit sRGB.
Other originals, and drawings, may take one pass more.

  COMMANDS  a list of commands as JSON, an object { "commands": …, "output": … }, the name of a preset
            (${[...PRESETS.keys()].join(', ')}), or - for JSON from standard input
  --alpha   for an image with transparency, where fewer commands can share a pass
  --json    the passes as JSON
  --help    this text

Exit status 2 for wrong use, and for commands that the API would refuse.
`;

async function readPipeline(given: string): Promise<Pipeline> {
  const preset = PRESETS.get(given);
  if (preset) return preset;
  const json = given === '-' ? await text(process.stdin) : given;
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch (error) {
    const names = [...PRESETS.keys()].join(', ');
    throw new WrongUse(`This is neither JSON (${(error as Error).message}) nor the name of a preset (${names}).`);
  }
  try {
    return parsePipeline(Array.isArray(value) ? { commands: value } : value);
  } catch (error) {
    const { details = [] } = error as { details?: { message: string }[] };
    if (details.length === 0) throw error;
    throw new WrongUse(details.map(({ message }) => `${message}.`).join('\n'));
  }
}

function shown({ operation, ...parameters }: Command): string {
  const told = Object.entries(parameters).map(([name, value]) => `${name} ${JSON.stringify(value)}`);
  return told.length > 0 ? `${operation} (${told.join(', ')})` : operation;
}

function describe(passes: Pass[], { output }: Pipeline): string {
  const lines = passes.flatMap(({ commands, reason }, index) => [
    `pass ${index + 1}${reason ? `, because ${reason}` : ''}`,
    ...(index === 0 ? [`  decode${shrinksOnLoad(passes) ? ', at a smaller size where the format can' : ''}`] : []),
    ...commands.map((command) => `  ${shown(command)}`),
    ...(index === passes.length - 1 ? [`  encode ${output.format}`] : []),
  ]);
  return `${lines.join('\n')}\n`;
}

async function main(): Promise<void> {
  const { values, positionals } = readArguments(HELP, {
    allowPositionals: true,
    options: {
      alpha: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
    },
  });
  const [given] = positionals;
  if (given === undefined || positionals.length > 1) throw new WrongUse(`Give one list of commands.\n\n${HELP}`);
  const pipeline = await readPipeline(given);
  const passes = planRendition(pipeline, { width: 4000, height: 3000, hasAlpha: values.alpha });
  const json = { passes, shrinksOnLoad: shrinksOnLoad(passes), output: pipeline.output };
  process.stdout.write(values.json ? `${printableJson(json)}\n` : printable(describe(passes, pipeline)));
}

await runCommand(main);
