import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { readArguments, runCommand, WrongUse } from '../scripts/command-line.ts';
import { fill } from '../scripts/docs/markdown.ts';
import { pagesOf } from './docs/infrastructure-page.ts';
import { SIMULATIONS, simulateAll } from './docs/spot-page.ts';
import { synthesise } from './docs/synthesis.ts';

const HELP = `npm run docs:infra [-- OPTION]
Writes the marked sections of docs/infrastructure.md, docs/infrastructure-checks.md, docs/deploying.md, docs/finance.md and docs/spot.md: settings,
costs, parameters, outputs and suppressions from the stacks as they are synthesised, and the checks. What stands between the sections stays as it is.

  --check     writes nothing, and tells which page is not what would be written
  --simulate  simulates the workers on spot again before, and saves what comes out, which docs/spot.md shows; it takes about a minute
  --help      this text

Exit status 1 if the check finds something, 2 for wrong use.
`;

const pathOf = (page: string): string => fileURLToPath(new URL(`../${page}`, import.meta.url));

const read = (page: string): string => readFileSync(pathOf(page), 'utf8');

await runCommand(() => {
  const flag = { type: 'boolean', default: false } as const;
  const { check, simulate } = readArguments(HELP, { options: { check: flag, simulate: flag } }).values;
  if (check && simulate) throw new WrongUse('--simulate writes, and --check does not: name one of them.');
  const synthesis = synthesise();
  if (simulate) writeFileSync(SIMULATIONS, `${JSON.stringify(simulateAll(synthesis.stacks), null, 2)}\n`);
  const pages = Object.entries(pagesOf(synthesis)).map(
    ([page, sections]) => [page, fill(read(page), sections)] as const,
  );
  const stale = pages.filter(([page, text]) => read(page) !== text);
  if (!check) for (const [page, text] of stale) writeFileSync(pathOf(page), text);
  else for (const [page] of stale) process.stderr.write(`${page} is not what would be written: npm run docs:infra\n`);
  return check && stale.length > 0 ? 1 : 0;
});
