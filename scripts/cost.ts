import { writeFile } from 'node:fs/promises';
import { readOverrides } from '../stacks/prices/overrides.ts';
import { readPriceBook } from '../stacks/prices/price-book.ts';
import { readArguments, runCommand, WrongUse } from './command-line.ts';
import { costReport } from './cost/model/cost-model.ts';
import { MONTHS } from './cost/model/object-mixes.ts';
import type { CostReport } from './cost/report/cost-report.ts';
import { csvReport } from './cost/report/csv.ts';
import { markdownReport } from './cost/report/markdown.ts';
import { terminalReport } from './cost/report/terminal-table.ts';
import { readWorkload, WORKLOADS } from './cost/workloads/all-workloads.ts';
import { readEnvironment } from './target-stack/synthesised-environment.ts';

/** A year is over, so that everything that lifecycle rules do within a year has happened. */
const USUAL_MONTH = 13;

const HELP = `npm run -s cost -- --environment ENVIRONMENT [OPTIONS]
Prints what an environment costs a month with a workload, in US dollars: every resource that npm run synth has written, by area, with what
spot saves, unit costs, what would save most, and settings that cost more than they save.

  --environment NAME  an environment of the stacks
  --workload NAME     ${Object.keys(WORKLOADS).join(', ')}, or the file of another  (medium)
  --stacks FOLDER     where npm run synth has written the stacks  (cdktf.out/stacks)
  --month N           the month whose storage is shown, 1 to ${MONTHS}, of an environment that begins empty  (${USUAL_MONTH})
  --prices FILE       negotiated prices, discounts and savings plans (stacks/prices/overrides.schema.json)
  --without-free      leaves out what an account gets free each month, for an account that uses it up elsewhere
  --json              everything, unrounded
  --csv               a row for each line, unrounded
  --markdown          tables for a comment or a page
  --output FILE       writes into this file
  --help              this text

Exit status 1 if the stacks, prices or workload cannot be used, 2 for wrong use.
`;

const options = {
  environment: { type: 'string' },
  workload: { type: 'string', default: 'medium' },
  stacks: { type: 'string', default: 'cdktf.out/stacks' },
  month: { type: 'string', default: String(USUAL_MONTH) },
  prices: { type: 'string' },
  'without-free': { type: 'boolean', default: false },
  json: { type: 'boolean', default: false },
  csv: { type: 'boolean', default: false },
  markdown: { type: 'boolean', default: false },
  output: { type: 'string' },
} as const;

const FORMATS = {
  json: (report: CostReport) => `${JSON.stringify(report, null, 2)}\n`,
  csv: csvReport,
  markdown: markdownReport,
} as const;

function monthOf(text: string): number {
  const month = Number(text);
  if (Number.isInteger(month) && month >= 1 && month <= MONTHS) return month;
  throw new WrongUse(`--month is a whole number from 1 to ${MONTHS}, not ${text}.`);
}

async function main(): Promise<void> {
  const { values } = readArguments(HELP, { options });
  if (!values.environment) throw new WrongUse('Name an environment: npm run -s cost -- --environment prod');
  const formats = (Object.keys(FORMATS) as (keyof typeof FORMATS)[]).filter((name) => values[name]);
  if (formats.length > 1)
    throw new WrongUse(`Name one format, not ${formats.map((name) => `--${name}`).join(' and ')}.`);
  const month = monthOf(values.month);
  const environment = await readEnvironment(values.stacks, values.environment);
  const overrides = values.prices === undefined ? {} : readOverrides(values.prices);
  const report = costReport({
    environment,
    month,
    workload: readWorkload(values.workload),
    book: readPriceBook(environment.region, { overrides, allowances: !values['without-free'] }),
    generated: new Date().toISOString().slice(0, 10),
    ...(values.prices !== undefined && { overrides: values.prices }),
  });
  const [format] = formats;
  const text = (format ? FORMATS[format] : terminalReport)(report);
  if (values.output === undefined) process.stdout.write(text);
  else await writeFile(values.output, text);
}

await runCommand(main);
