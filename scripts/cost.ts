import { writeFile } from 'node:fs/promises';
import { readOverrides } from '../stacks/prices/overrides.ts';
import { readPriceBook } from '../stacks/prices/price-book.ts';
import { readArguments, runCommand, WrongUse } from './command-line.ts';
import type { Side } from './cost/compared-sides.ts';
import { comparison } from './cost/comparison.ts';
import { lifecycleText } from './cost/lifecycle/lifecycle-text.ts';
import type { ModelInput } from './cost/model/context.ts';
import { costReport } from './cost/model/cost-model.ts';
import { imageLifecycle } from './cost/model/image-lifecycle.ts';
import { MONTHS } from './cost/model/object-mixes.ts';
import type { CostReport } from './cost/report/cost-report.ts';
import { csvReport } from './cost/report/csv.ts';
import { htmlPage } from './cost/report/html-page.ts';
import { markdownReport } from './cost/report/markdown.ts';
import { terminalReport } from './cost/report/terminal-table.ts';
import { usedPrices } from './cost/report/used-prices.ts';
import { readWorkload, WORKLOADS } from './cost/workloads/all-workloads.ts';
import { measuredFactsText, readMeasuredWorkload } from './cost/workloads/measured-workload.ts';
import { readEnvironment } from './target-stack/synthesised-environment.ts';

/** A year is over, so that everything that lifecycle rules do within a year has happened. */
const USUAL_MONTH = 13;

const HELP = `npm run -s cost -- --environment ENVIRONMENT [OPTIONS]
Prints what an environment costs a month with a workload, in US dollars: every resource that npm run synth has written, by area, with what
spot saves, unit costs, what would save most, and settings that cost more than they save.

  --environment NAME  an environment of the stacks
  --workload NAME     ${Object.keys(WORKLOADS).join(', ')}, or the file of another  (medium)
  --from-metrics FILE the worker's own metrics, which say what people do; what they do not say is that of --workload, and listed
                      on standard error: a log of workers with METRICS=emf or its export, or what workers answered at /metrics
  --stacks FOLDER     where npm run synth has written the stacks  (cdktf.out/stacks)
  --month N           the month whose storage is shown, 1 to ${MONTHS}, of an environment that begins empty  (${USUAL_MONTH})
  --prices FILE       negotiated prices, discounts and savings plans (stacks/prices/overrides.schema.json)
  --without-free      leaves out what an account gets free each month, for an account that uses it up elsewhere
  --compare A B       instead prints what differs between two of: a workload, an environment, a folder of stacks, a revision of git
  --lifecycle         instead compares lifecycle rules: which of them pays, from which month and size; also with --json
  --json              everything, unrounded
  --csv               a row for each line, unrounded
  --markdown          tables for a comment or a page
  --html              one page with charts, which opens offline and prints
  --output FILE       writes into this file
  --help              this text

Exit status 1 if the stacks, prices, metrics or workload cannot be used, 2 for wrong use.
`;

const options = {
  environment: { type: 'string' },
  workload: { type: 'string', default: 'medium' },
  'from-metrics': { type: 'string' },
  stacks: { type: 'string', default: 'cdktf.out/stacks' },
  month: { type: 'string', default: String(USUAL_MONTH) },
  prices: { type: 'string' },
  'without-free': { type: 'boolean', default: false },
  compare: { type: 'string' },
  lifecycle: { type: 'boolean', default: false },
  json: { type: 'boolean', default: false },
  csv: { type: 'boolean', default: false },
  markdown: { type: 'boolean', default: false },
  html: { type: 'boolean', default: false },
  output: { type: 'string' },
} as const;

const FORMATS = {
  json: (report: CostReport) => `${JSON.stringify(report, null, 2)}\n`,
  csv: csvReport,
  markdown: markdownReport,
  html: (report: CostReport, { workload, book }: ModelInput) =>
    htmlPage({ report, workload, prices: usedPrices(report, book) }),
} as const;

function monthOf(text: string): number {
  const month = Number(text);
  if (Number.isInteger(month) && month >= 1 && month <= MONTHS) return month;
  throw new WrongUse(`--month is a whole number from 1 to ${MONTHS}, not ${text}.`);
}

function lifecycleOutput(input: ModelInput, format: keyof typeof FORMATS | undefined): string {
  const report = imageLifecycle(input);
  return `${format === 'json' ? JSON.stringify(report, null, 2) : lifecycleText(report)}\n`;
}

/** The two sides of a comparison; undefined if none is asked for. */
function sidesOf(compare: string | undefined, others: readonly string[]): [string, string] | undefined {
  const [other, ...more] = others;
  if (compare === undefined && other === undefined) return undefined;
  if (compare !== undefined && other !== undefined && more.length === 0) return [compare, other];
  throw new WrongUse('--compare takes two sides: npm run -s cost -- --environment prod --compare small medium');
}

function formatOf(
  values: Partial<Record<keyof typeof FORMATS | 'lifecycle', boolean>>,
): keyof typeof FORMATS | undefined {
  const formats = (Object.keys(FORMATS) as (keyof typeof FORMATS)[]).filter((name) => values[name]);
  if (formats.length > 1)
    throw new WrongUse(`Name one format, not ${formats.map((name) => `--${name}`).join(' and ')}.`);
  if (values.lifecycle && formats.some((name) => name !== 'json'))
    throw new WrongUse(`--lifecycle prints tables, or with --json everything, but no --${formats[0]}.`);
  return formats[0];
}

/** The input with the workload that metrics say, on the basis of its own; standard error tells which fields were measured. */
async function measuredInput(input: ModelInput, metrics: string | undefined): Promise<ModelInput> {
  if (metrics === undefined) return input;
  const { workload, facts } = await readMeasuredWorkload(metrics, input.workload);
  process.stderr.write(`${measuredFactsText(facts)}\n\n`);
  return { ...input, workload };
}

async function main(): Promise<void> {
  const { values, positionals } = readArguments(HELP, { options, allowPositionals: true });
  const sides = sidesOf(values.compare, positionals);
  if (sides && values['from-metrics'] !== undefined)
    throw new WrongUse('--compare knows workloads by their names and files, and takes no --from-metrics.');
  const format = formatOf(values);
  const month = monthOf(values.month);
  const overrides = values.prices === undefined ? {} : readOverrides(values.prices);
  const inputOf = ({ environment, workload }: Side): ModelInput => ({
    environment,
    month,
    workload: readWorkload(workload),
    book: readPriceBook(environment.region, { overrides, allowances: !values['without-free'] }),
  });
  const generated = new Date().toISOString().slice(0, 10);
  const reportOf = (input: ModelInput): CostReport =>
    costReport({ ...input, generated, ...(values.prices !== undefined && { overrides: values.prices }) });
  const textOf = async (): Promise<string> => {
    if (sides) return await comparison(sides, values, { format, reportOf: (side) => reportOf(inputOf(side)) });
    if (!values.environment) throw new WrongUse('Name an environment: npm run -s cost -- --environment prod');
    const environment = await readEnvironment(values.stacks, values.environment);
    const input = await measuredInput(inputOf({ environment, workload: values.workload }), values['from-metrics']);
    if (values.lifecycle) return lifecycleOutput(input, format);
    return await (format ? FORMATS[format] : terminalReport)(reportOf(input), input);
  };
  const text = await textOf();
  if (values.output === undefined) process.stdout.write(text);
  else await writeFile(values.output, text);
}

await runCommand(main);
