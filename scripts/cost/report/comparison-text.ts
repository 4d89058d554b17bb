import { table } from '../../docs/markdown.ts';
import { linesOf, plainTable } from '../../terminal/plain-table.ts';
import { formatDifference, formatUsd } from './amounts.ts';
import type { CostReport } from './cost-report.ts';
import { causeText, type Difference, differencesOf, nameOf } from './differences.ts';

/** US dollars below which a difference is not worth a line. JSON has all of them. */
const SMALLEST = 0.005;

const shown = (before: CostReport, after: CostReport): Difference[] =>
  differencesOf(before, after).filter((each) => Math.abs(each.after - each.before) >= SMALLEST);

function headline(before: CostReport, after: CostReport): string {
  const [was, is] = [before.total.typical, after.total.typical];
  const sums = `A typical month costs ${formatUsd(was)} in the first (${nameOf(before)}) and ${formatUsd(is)} in the second (${nameOf(after)})`;
  return `${sums}: ${formatDifference(is - was)}.`;
}

/** The warnings that only one side has: a sum that an environment cannot deliver is none that one may compare. */
function warningsOf(before: CostReport, after: CostReport): string[] {
  const only = (side: string, report: CostReport, other: CostReport) =>
    report.warnings
      .filter(({ code, sentence }) => !other.warnings.some((each) => each.code === code && each.sentence === sentence))
      .map(({ sentence }) => `In the ${side} (${nameOf(report)}): ${sentence}`);
  return [...only('first', before, after), ...only('second', after, before)];
}

const cellsOf = ({ area, item, before, after }: Difference): string[] => [
  `${area}: ${item}`,
  ...[formatUsd(before), formatUsd(after), formatDifference(after - before)],
];

const HEAD = ['item', 'first', 'second', 'difference'];

/** What differs between two reports, for a terminal: each line with its cause below it. */
export function terminalComparison(before: CostReport, after: CostReport): string {
  const differences = shown(before, after);
  const warnings = warningsOf(before, after).map((each) => `Warning. ${each}`);
  if (differences.length === 0) return `${[headline(before, after), ...warnings].join('\n\n')}\n`;
  const rows = plainTable(HEAD);
  rows.push(...differences.map(cellsOf));
  const causes = differences.map((each) => `${each.item}: ${causeText(each)}`);
  return `${[headline(before, after), linesOf(rows), `Causes\n  ${causes.join('\n  ')}`, ...warnings].join('\n\n')}\n`;
}

/** The same as Markdown, for the comment of a pull request. */
export function markdownComparison(before: CostReport, after: CostReport): string {
  const rows = shown(before, after).map((each) => [...cellsOf(each), causeText(each)]);
  const warnings = warningsOf(before, after).map((each) => `- **Warning.** ${each}`);
  const parts = [rows.length > 0 ? table([...HEAD, 'cause'], rows) : '', warnings.join('\n')];
  return `${[headline(before, after), ...parts.filter((part) => part !== '')].join('\n\n')}\n`;
}

/** Everything, unrounded. */
export const jsonComparison = (before: CostReport, after: CostReport): string =>
  `${JSON.stringify({ before: before.total, after: after.total, differences: differencesOf(before, after), warnings: warningsOf(before, after) }, null, 2)}\n`;
