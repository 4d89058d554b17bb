import { stringify } from 'csv-stringify/sync';
import { checked } from './amounts.ts';
import type { CostReport } from './cost-report.ts';
import { RANGE_NAMES } from './range-columns.ts';

const COLUMNS = [
  ...['environment', 'workload', 'region', 'area', 'item', 'resource', 'amount', 'unit'],
  ...RANGE_NAMES.map((name) => `${name} USD`),
  ...['arithmetic', 'prices'],
  ...RANGE_NAMES.map((name) => `sum of ${name} USD`),
];

const NO_DOLLARS = RANGE_NAMES.map(() => '');

/**
 * A row for each line, with unrounded numbers, and one for their sums. The sums are in columns of their own, so that a spreadsheet that adds up a
 * column, or the rows of a pivot table, counts nothing twice. Spreadsheets take text that begins like a formula as text.
 */
export function csvReport({ environment, workload, region, lines, total }: CostReport): string {
  const about = [environment, workload, region];
  const rows = lines.map(({ area, item, resource = '', quantity, usd, arithmetic, prices }) => [
    ...[...about, area, item, resource, quantity.amount, quantity.unit],
    ...[...RANGE_NAMES.map((name) => checked(usd[name])), arithmetic, prices.join(' '), ...NO_DOLLARS],
  ]);
  const sums = [
    ...[...about, 'sum', `sum of the ${lines.length} lines above`, '', '', ''],
    ...[...NO_DOLLARS, '', '', ...RANGE_NAMES.map((name) => checked(total[name]))],
  ];
  return stringify([...rows, sums], { header: true, columns: COLUMNS, escape_formulas: true });
}
