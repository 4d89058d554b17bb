import { table } from '../../docs/markdown.ts';
import { alignedTable, fitting } from '../../terminal/plain-table.ts';
import { wrapped } from '../../terminal/wrapped.ts';
import { formatDifference, formatUsd, reportJson } from './amounts.ts';
import type { CostReport } from './cost-report.ts';
import { causeText, type Difference, differencesOf, nameOf } from './differences.ts';
import { plain } from './markdown.ts';

/** US dollars below which a difference is not worth a line. JSON has all of them. */
const SMALLEST = 0.005;

const shown = (before: CostReport, after: CostReport): Difference[] =>
  differencesOf(before, after).filter((each) => Math.abs(each.after - each.before) >= SMALLEST);

/** The sums of both sides, also of the minimum and the maximum where a setting, such as a limit of tasks, changes only them. */
export function sumSentences(before: CostReport, after: CostReport): string[] {
  const [was, is] = [before.total.typical, after.total.typical];
  const sums = `A typical month costs ${formatUsd(was)} in the first (${nameOf(before)}) and ${formatUsd(is)} in the second (${nameOf(after)})`;
  const others = (['minimum', 'maximum'] as const).flatMap((name) => {
    const difference = after.total[name] - before.total[name];
    if (Math.abs(difference) < SMALLEST) return [];
    return `The ${name}: ${formatUsd(before.total[name])} and ${formatUsd(after.total[name])}, ${formatDifference(difference)}.`;
  });
  return [`${sums}: ${formatDifference(is - was)}.`, ...others];
}

/** A warning without its figures, which differ between any two reports. */
const withoutFigures = ({ code, sentence }: CostReport['warnings'][number]): string =>
  `${code}: ${sentence.replaceAll(/[\d.,]+/g, '')}`;

/** The warnings that only one side has: a sum that an environment cannot deliver is none that one may compare. */
export function warningsOf(before: CostReport, after: CostReport): string[] {
  const only = (side: string, report: CostReport, other: CostReport) =>
    report.warnings
      .filter((warning) => !other.warnings.some((each) => withoutFigures(each) === withoutFigures(warning)))
      .map(({ sentence }) => `In the ${side} (${nameOf(report)}): ${sentence}`);
  return [...only('first', before, after), ...only('second', after, before)];
}

const itemOf = ({ area, item }: Difference): string => `${area}: ${item}`;

const dollarsOf = ({ before, after }: Pick<Difference, 'before' | 'after'>): string[] => [
  ...[formatUsd(before), formatUsd(after), formatDifference(after - before)],
];

const totalOf = (before: CostReport, after: CostReport): string[] => [
  'TOTAL',
  ...dollarsOf({ before: before.total.typical, after: after.total.typical }),
];

const HEAD = ['USD of a typical month', 'first', 'second', 'difference'];

/** What differs between two reports, for a terminal with so many columns: a table, and the cause of each difference below it. */
export function terminalComparison(before: CostReport, after: CostReport, width: number): string {
  const differences = shown(before, after);
  const texts = (lines: readonly string[], indent: number) => lines.map((line) => wrapped(line, { width, indent }));
  const warnings = texts(
    warningsOf(before, after).map((each) => `Warning. ${each}`),
    2,
  );
  const sums = texts(sumSentences(before, after), 0).join('\n');
  if (differences.length === 0) return `${[sums, ...warnings].join('\n\n')}\n`;
  const tableOf = (nameIn: (each: Difference) => string) => () =>
    alignedTable(HEAD, [...differences.map((each) => [nameIn(each), ...dollarsOf(each)]), totalOf(before, after)], 1);
  const rows = fitting(width, [tableOf(itemOf), tableOf(({ item }) => item)]);
  const causes = texts(
    differences.map((each) => `  ${each.item}: ${causeText(each)}`),
    6,
  );
  return `${[sums, rows, ['Causes', ...causes].join('\n'), ...warnings].join('\n\n')}\n`;
}

/** The same as Markdown, for the comment of a pull request. */
export function markdownComparison(before: CostReport, after: CostReport): string {
  const rows = shown(before, after).map((each) => [itemOf(each), ...dollarsOf(each), causeText(each)]);
  const warnings = warningsOf(before, after).map((each) => `- **Warning.** ${plain(each)}`);
  const parts = [
    rows.length > 0 ? table([...HEAD, 'cause'], [...rows, [...totalOf(before, after), '']]) : '',
    warnings.join('\n'),
  ];
  const sums = sumSentences(before, after).map(plain).join(' ');
  return `${[sums, ...parts.filter((part) => part !== '')].join('\n\n')}\n`;
}

/** Everything, unrounded. */
export const jsonComparison = (before: CostReport, after: CostReport): string =>
  reportJson({
    sides: [nameOf(before), nameOf(after)],
    before: before.total,
    after: after.total,
    differences: differencesOf(before, after),
    warnings: warningsOf(before, after),
  });
