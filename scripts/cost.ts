import { writeFile } from 'node:fs/promises';
import { readOverrides } from '../stacks/prices/overrides.ts';
import { readPriceBook } from '../stacks/prices/price-book.ts';
import { CommandError, readArguments, runCommand, WrongUse } from './command-line.ts';
import type { Side } from './cost/compared-sides.ts';
import { comparison } from './cost/comparison.ts';
import { lifecycleSummary } from './cost/lifecycle/lifecycle-summary.ts';
import { lifecycleText } from './cost/lifecycle/lifecycle-text.ts';
import type { ModelInput } from './cost/model/context.ts';
import { costReport } from './cost/model/cost-model.ts';
import { imageLifecycle } from './cost/model/image-lifecycle.ts';
import { MONTHS } from './cost/model/object-mixes.ts';
import { reportJson } from './cost/report/amounts.ts';
import type { CostReport, CostWarning } from './cost/report/cost-report.ts';
import { csvReport } from './cost/report/csv.ts';
import { htmlPage } from './cost/report/html-page.ts';
import { markdownReport } from './cost/report/markdown.ts';
import { columnLines } from './cost/report/range-columns.ts';
import { terminalReport } from './cost/report/terminal-table.ts';
import { usedPrices } from './cost/report/used-prices.ts';
import { seedOf, spotOutput } from './cost/simulation/spot-output.ts';
import { SYNTHESISED, tellIfStale } from './cost/stale-stacks.ts';
import { readWorkload, WORKLOADS } from './cost/workloads/all-workloads.ts';
import { measuredFactsText, readMeasuredWorkload } from './cost/workloads/measured-workload.ts';
import type { Workload } from './cost/workloads/workload.ts';
import { readEnvironment } from './target-stack/synthesised-environment.ts';
import { printable } from './terminal/printable.ts';
import { textWidth, wrapped } from './terminal/wrapped.ts';

/** A year is over, so that everything that lifecycle rules do within a year has happened. */
const USUAL_MONTH = 13;

const HELP = `npm run -s cost -- --environment ENVIRONMENT [OPTIONS]
Prints what an environment costs a month with a workload, in US dollars: every resource that npm run synth has written, by area, with what
spot saves, unit costs, what would save most, and settings that cost more than they save.

Three columns of US dollars for a month, and each sum adds up its column:
${columnLines()
  .map((line) => `  ${wrapped(line, { width: 138, indent: 4 })}`)
  .join('\n')}

  --environment NAME  an environment of the stacks
  --workload NAME     ${Object.keys(WORKLOADS).join(', ')}, or the file of another  (medium)
  --from-metrics FILE the worker's own metrics, which say what people do; what they do not say is that of --workload, and listed
                      on standard error: a log of workers with METRICS=emf or its export, or what workers answered at /metrics. Less than a
                      day is a warning of the report
  --stacks FOLDER     where npm run synth has written the stacks  (${SYNTHESISED})
  --month N           the month whose storage is shown, 1 to ${MONTHS}, of an environment that begins empty  (${USUAL_MONTH})
  --prices FILE       negotiated prices, discounts and savings plans (stacks/prices/overrides.schema.json)
  --without-free      leaves out what an account gets free each month, for an account that uses it up elsewhere

It prints something else with one of these:
  --compare A B       what differs between two of: a workload, an environment, both as in prod:medium, a folder of stacks, a revision of git
  --lifecycle         lifecycle rules: which of them pays, from which month and size
  --spot              a simulation of the workers in the busiest hour: waits, lost work and costs with interruptions, droughts of spot and
                      bursts. It takes up to a minute
  --seed N            the seed of that simulation; the same one gives the same table  (1)

  --json              everything, unrounded
  --csv               a row for each line, unrounded, and the sums in columns of their own
  --markdown          tables for a comment or a page
  --html              one page with charts, which opens offline and prints
  --output FILE       writes into this file
  --help              this text

A workload's file that does not end in .json is a module, and its code runs, as that of a revision of git does: name none that a stranger has
written.
Exit status 1 if the stacks, prices, metrics or workload cannot be used, 2 for wrong use.
`;

const options = {
  environment: { type: 'string' },
  workload: { type: 'string', default: 'medium' },
  'from-metrics': { type: 'string' },
  stacks: { type: 'string', default: SYNTHESISED },
  month: { type: 'string', default: String(USUAL_MONTH) },
  prices: { type: 'string' },
  'without-free': { type: 'boolean', default: false },
  compare: { type: 'string' },
  lifecycle: { type: 'boolean', default: false },
  spot: { type: 'boolean', default: false },
  seed: { type: 'string' },
  json: { type: 'boolean', default: false },
  csv: { type: 'boolean', default: false },
  markdown: { type: 'boolean', default: false },
  html: { type: 'boolean', default: false },
  output: { type: 'string' },
} as const;

type Values = ReturnType<typeof readArguments<{ options: typeof options }>>['values'];

const FORMATS = {
  json: (report: CostReport) => reportJson(report),
  csv: csvReport,
  markdown: markdownReport,
  html: (report: CostReport, { workload, book }: ModelInput) =>
    htmlPage({ report, workload, prices: usedPrices(report, book) }),
} as const;
type Format = keyof typeof FORMATS;

/** What is printed in place of the report, and the formats that it has beside its tables. */
const INSTEAD = {
  compare: ['json', 'markdown', 'html'],
  lifecycle: ['json'],
  spot: ['json', 'markdown'],
} as const satisfies Record<string, readonly Format[]>;

const namesOf = <Name extends string>(of: Record<Name, unknown>) => Object.keys(of) as Name[];
const asOptions = (names: readonly string[], word: string): string =>
  names.map((name) => `--${name}`).join(` ${word} `);

/** What to print, and in which format; undefined for the report, and for its tables on a terminal. */
function wanted(values: Values): { instead: keyof typeof INSTEAD | undefined; format: Format | undefined } {
  const formats = namesOf(FORMATS).filter((name) => values[name]);
  if (formats.length > 1) throw new WrongUse(`Name one format, not ${asOptions(formats, 'and')}.`);
  const all = namesOf(INSTEAD).filter((name) => values[name]);
  if (all.length > 1) throw new WrongUse(`Name one of ${asOptions(all, 'and')}.`);
  const [[instead], [format]] = [all, formats];
  const allowed: readonly Format[] = instead ? INSTEAD[instead] : namesOf(FORMATS);
  if (instead && format && !allowed.includes(format))
    throw new WrongUse(`--${instead} prints tables, or ${asOptions(allowed, 'or')}, but no --${format}.`);
  return { instead, format };
}

/** The two sides of a comparison, of which the second stands alone. */
function sidesOf(compare: string | undefined, others: readonly string[]): [string, string] | undefined {
  const [other, ...more] = others;
  if (compare === undefined && other === undefined) return undefined;
  if (compare !== undefined && other !== undefined && more.length === 0) return [compare, other];
  throw new WrongUse('--compare takes two sides: npm run -s cost -- --environment prod --compare small medium');
}

function monthOf(text: string): number {
  const month = Number(text);
  if (/^\d+$/.test(text) && month >= 1 && month <= MONTHS) return month;
  throw new WrongUse(`--month is a whole number from 1 to ${MONTHS}, not ${text}.`);
}

/** A workload, and what a reader must know of how it was measured. */
interface UsedWorkload {
  workload: Workload;
  warnings: Warnings;
}

/** The workload that is named or, on that basis, the one that metrics say; then standard error tells which fields were measured. */
async function workloadOf(name: string, metrics: string | undefined): Promise<UsedWorkload> {
  const base = readWorkload(name);
  if (metrics === undefined) return { workload: base, warnings: [] };
  const { workload, facts, warnings } = await readMeasuredWorkload(metrics, base);
  process.stderr.write(`${printable(measuredFactsText(facts, textWidth(process.stderr.columns)))}\n\n`);
  return { workload, warnings };
}

type Warnings = readonly CostWarning[];

function lifecycleOutput(input: ModelInput, warnings: Warnings, format: Format | undefined): string {
  const report = imageLifecycle(input);
  if (format === 'json') return reportJson({ ...lifecycleSummary(report), warnings });
  const width = textWidth();
  return `${[...warnings.map(({ sentence }) => wrapped(`Warning. ${sentence}`, { width })), lifecycleText(report, width)].join('\n\n')}\n`;
}

/** Prices environments as the options say. */
function pricing(values: Values) {
  const month = monthOf(values.month);
  const overrides = values.prices === undefined ? {} : readOverrides(values.prices);
  const generated = new Date().toISOString().slice(0, 10);
  return {
    inputOf: ({ environment, workload }: Pick<ModelInput, 'environment' | 'workload'>): ModelInput => ({
      environment,
      month,
      workload,
      book: readPriceBook(environment.region, { overrides, allowances: !values['without-free'] }),
    }),
    reportOf: (input: ModelInput): CostReport =>
      costReport({ ...input, generated, ...(values.prices !== undefined && { overrides: values.prices }) }),
  };
}

async function output(values: Values, others: readonly string[]): Promise<string> {
  const { instead, format } = wanted(values);
  const sides = sidesOf(values.compare, others);
  if (sides && values['from-metrics'] !== undefined)
    throw new WrongUse('--compare takes workloads that are named, and no --from-metrics.');
  const seed = seedOf(values.seed ?? '1');
  if (values.seed !== undefined && instead !== 'spot')
    throw new WrongUse('--seed is that of the simulation: add --spot, or leave it out.');
  const { inputOf, reportOf } = pricing(values);
  if (sides) {
    const ofSide = ({ environment, workload }: Side) =>
      reportOf(inputOf({ environment, workload: readWorkload(workload) }));
    return await comparison(sides, values, { format, reportOf: ofSide });
  }
  if (!values.environment) throw new WrongUse('Name an environment: npm run -s cost -- --environment prod');
  const environment = await readEnvironment(values.stacks, values.environment);
  tellIfStale([environment]);
  const { workload, warnings } = await workloadOf(values.workload, values['from-metrics']);
  const input = inputOf({ environment, workload });
  if (instead === 'lifecycle') return lifecycleOutput(input, warnings, format);
  if (instead === 'spot') return spotOutput(input, seed, format === 'json' ? 'json' : 'markdown');
  const priced = reportOf(input);
  const report = { ...priced, warnings: [...warnings, ...priced.warnings] };
  return format ? await FORMATS[format](report, input) : terminalReport(report, textWidth());
}

async function main(): Promise<void> {
  const { values, positionals } = readArguments(HELP, { options, allowPositionals: true });
  // Names in workloads and files may have characters that move a terminal's cursor.
  const text = printable(await output(values, positionals));
  if (values.output === undefined) print(text);
  else await write(values.output, text);
}

function print(text: string): void {
  process.stdout.on('error', ({ code, message }: NodeJS.ErrnoException) => {
    // Who reads through head or less may stop before the end.
    if (code === 'EPIPE') process.exit();
    process.stderr.write(`The report cannot be printed: ${message}\n`);
    process.exit(1);
  });
  process.stdout.write(text);
}

const write = (file: string, text: string): Promise<void> =>
  writeFile(file, text).catch((error: Error) => {
    throw new CommandError(`--output cannot be written: ${error.message}`);
  });

await runCommand(main);
