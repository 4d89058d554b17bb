import { readFile, writeFile } from 'node:fs/promises';
import pMap from 'p-map';
import { CommandError, readArguments, runCommand, WrongUse } from '../scripts/command-line.ts';
import { hasInjector } from './support/faults/injector.ts';
import { observe } from './support/faults/observe.ts';
import { FAULTS_PAGE, type Lines, lineOf, linesIn, page, rowOf } from './support/faults/page.ts';
import { SECTIONS, type SectionName } from './support/faults/sections.ts';
import { openStage } from './support/faults/stage.ts';

const NAMES = Object.keys(SECTIONS) as SectionName[];

const HELP = `npm run faults [-- SECTION…]
Injects faults below npm start's own processes, looks what a user sees and what is lost, and writes docs/faults.md.

  SECTION        only this one; the others stay as they are: ${NAMES.join(', ')}
  --help         this text

Takes some minutes, Linux, and cc. Exit status 1 when that fails, 2 for wrong use.
`;

function readOptions() {
  const { positionals } = readArguments(HELP, {
    allowPositionals: true,
    options: { help: { type: 'boolean', default: false } },
  });
  const unknown = positionals.find((name) => !NAMES.includes(name as SectionName));
  if (unknown) throw new WrongUse(`There is no section ${unknown}, only ${NAMES.join(', ')}.`);
  return { wanted: (positionals.length > 0 ? positionals : NAMES) as SectionName[] };
}

async function findLines(name: SectionName): Promise<string[]> {
  const lines: string[] = [];
  const stage = await openStage();
  try {
    await stage.start();
    for (const fault of SECTIONS[name].faults) {
      const line = lineOf(rowOf(fault, await observe(stage, fault)));
      lines.push(line);
      process.stderr.write(`${line}\n`);
    }
  } finally {
    await stage.close();
  }
  return lines;
}

await runCommand(async () => {
  const { wanted } = readOptions();
  if (!hasInjector()) throw new CommandError('Faults are injected on Linux, and cc is needed.');
  const found = await pMap(wanted, async (name) => [name, await findLines(name)] as const, { concurrency: 2 });
  const before = await readFile(FAULTS_PAGE, 'utf8');
  const kept = NAMES.map((name) => [name, linesIn(before, name)] as const);
  await writeFile(FAULTS_PAGE, page(Object.fromEntries([...kept, ...found]) as Lines));
});
