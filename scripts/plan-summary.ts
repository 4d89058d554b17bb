import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { CommandError, readArguments, runCommand, WrongUse } from './command-line.ts';
import { guardedIn } from './deploy/guarded.ts';
import { isEmpty, type Plan, parsePlan } from './deploy/plan.ts';
import { FORMAT_NAMES, type FormatName, summaryOf } from './deploy/plan-summary.ts';

const HELP = `npm run -s plan-summary -- PLAN.json… [OPTIONS]
Prints what plans would do: first what they destroy or replace, and which attributes force that, then changes of IAM and network, and then
the rest. PLAN.json is what terraform show -json PLAN prints; each is called after its file. Sensitive values are never printed.

  --format FORMAT      markdown, cut to what a comment on GitHub may have, or text, which is not cut  (markdown)
  --allow-replacement  accepts that guarded resources are destroyed or replaced
  --expect-no-changes  exit status 3 if a plan is not empty
  --help               this text

It asks AWS nothing, and changes nothing.
Exit status 1 if a file is no plan, 2 for wrong use, 3 for changes with --expect-no-changes, 4 if a plan destroys or replaces what holds data
or addresses, or the network (the table in scripts/deploy/guarded.ts).
`;

const OPTIONS = {
  format: { type: 'string', default: 'markdown' },
  'allow-replacement': { type: 'boolean', default: false },
  'expect-no-changes': { type: 'boolean', default: false },
} as const;

async function readPlan(path: string): Promise<[name: string, plan: Plan]> {
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw new CommandError(`${path} cannot be read (${error.code}).`);
  });
  return [basename(path).replace(/\.json$/, ''), parsePlan(path, text)];
}

async function main(): Promise<number> {
  const { values, positionals } = readArguments(HELP, { allowPositionals: true, options: OPTIONS });
  if (positionals.length === 0) throw new WrongUse('Name a plan: npm run -s plan-summary -- PLAN.json…');
  if (!FORMAT_NAMES.includes(values.format as FormatName))
    throw new WrongUse(`--format is ${FORMAT_NAMES.join(' or ')}, not ${values.format || 'nothing'}.`);
  const plans = Object.fromEntries(await Promise.all(positionals.map(readPlan)));
  process.stdout.write(summaryOf(plans, values.format as FormatName));
  const all = Object.values(plans);
  if (!values['allow-replacement'] && all.some((plan) => guardedIn(plan).length > 0)) return 4;
  return values['expect-no-changes'] && !all.every(isEmpty) ? 3 : 0;
}

await runCommand(main);
