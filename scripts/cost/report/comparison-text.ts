import { table } from '../../docs/markdown.ts';
import { alignedTable, fitting } from '../../terminal/plain-table.ts';
import { wrapped } from '../../terminal/wrapped.ts';
import { formatDifference, formatUsd, reportJson } from './amounts.ts';
import type { CostReport } from './cost-report.ts';
import { causeText, type Difference, differencesOf, nameOf, rowsOf, SMALLEST, together } from './differences.ts';
import { plain } from './markdown.ts';
import { type Compared, STACK_TITLE, stackDifferenceText } from './stack-differences.ts';

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

/** The row of all that have none of their own, if there are any. */
const rowTogether = (smaller: readonly Difference[]): string[][] => {
  const sum = together(smaller);
  return smaller.length === 0 ? [] : [[sum.item, ...dollarsOf(sum)]];
};

/** What differs between two reports, for a terminal with so many columns: causes in the stacks, a table, and the cause of each difference below it. */
export function terminalComparison({ before, after, stacks }: Compared, width: number): string {
  const { rows, smaller } = rowsOf(before, after);
  const texts = (lines: readonly string[], indent: number) => lines.map((line) => wrapped(line, { width, indent }));
  const titled = (title: string, lines: readonly string[]) =>
    lines.length === 0
      ? []
      : [
          [
            title,
            ...texts(
              lines.map((line) => `  ${line}`),
              6,
            ),
          ].join('\n'),
        ];
  const sums = texts(sumSentences(before, after), 0).join('\n');
  const warnings = texts(
    warningsOf(before, after).map((each) => `Warning. ${each}`),
    2,
  );
  const tableOf = (nameIn: (each: Difference) => string) => () =>
    alignedTable(
      HEAD,
      [...rows.map((each) => [nameIn(each), ...dollarsOf(each)]), ...rowTogether(smaller), totalOf(before, after)],
      1,
    );
  const parts = [
    ...titled(STACK_TITLE, stacks.map(stackDifferenceText)),
    ...(rows.length > 0 ? [fitting(width, [tableOf(itemOf), tableOf(({ item }) => item)])] : []),
    ...titled(
      'Causes',
      rows.map((each) => `${each.item}: ${causeText(each)}`),
    ),
  ];
  return `${[sums, ...parts, ...warnings].join('\n\n')}\n`;
}

/** The same as Markdown, for the comment of a pull request. */
export function markdownComparison({ before, after, stacks }: Compared): string {
  const { rows, smaller } = rowsOf(before, after);
  const list = (lines: readonly string[]) => lines.map((line) => `- ${line}`).join('\n');
  const cells = [
    ...rows.map((each) => [itemOf(each), ...dollarsOf(each), causeText(each)]),
    ...[...rowTogether(smaller), totalOf(before, after)].map((row) => [...row, '']),
  ];
  const parts = [
    sumSentences(before, after).map(plain).join(' '),
    stacks.length > 0 ? `${STACK_TITLE}:\n\n${list(stacks.map(stackDifferenceText).map(plain))}` : '',
    rows.length > 0 ? table([...HEAD, 'cause'], cells) : '',
    list(warningsOf(before, after).map((each) => `**Warning.** ${plain(each)}`)),
  ];
  return `${parts.filter((part) => part !== '').join('\n\n')}\n`;
}

/** Everything, unrounded. */
export const jsonComparison = ({ before, after, stacks }: Compared): string =>
  reportJson({
    sides: [nameOf(before), nameOf(after)],
    before: before.total,
    after: after.total,
    stacks,
    differences: differencesOf(before, after),
    warnings: warningsOf(before, after),
  });
