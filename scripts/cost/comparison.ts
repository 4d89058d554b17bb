import { WrongUse } from '../command-line.ts';
import { textWidth } from '../terminal/wrapped.ts';
import { readSide, type Side, type Usual } from './compared-sides.ts';
import { jsonComparison, markdownComparison, terminalComparison } from './report/comparison-text.ts';
import type { CostReport } from './report/cost-report.ts';
import { htmlComparison } from './report/html-comparison.ts';
import { stackDifferences } from './stack-differences.ts';
import { tellIfStale } from './stale-stacks.ts';

const FORMATS = { json: jsonComparison, markdown: markdownComparison, html: htmlComparison } as const;

const isFormat = (name: string): name is keyof typeof FORMATS => name in FORMATS;

/** What differs between two sides, each priced by `reportOf`. */
export async function comparison(
  [first, second]: readonly [string, string],
  usual: Usual,
  { format, reportOf }: { format: string | undefined; reportOf: (side: Side) => CostReport },
): Promise<string> {
  if (format !== undefined && !isFormat(format))
    throw new WrongUse(`--compare prints a table, --json, --markdown or --html, but no --${format}.`);
  const [one, other] = [await readSide(first, usual), await readSide(second, usual)];
  tellIfStale([one.environment, other.environment]);
  const stacks = stackDifferences(one.environment, other.environment);
  const compared = { before: reportOf(one), after: reportOf(other), stacks };
  return format === undefined ? terminalComparison(compared, textWidth()) : await FORMATS[format](compared);
}
