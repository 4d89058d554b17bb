import { stringify } from 'csv-stringify/sync';
import type { CostReport } from './cost-report.ts';

const COLUMNS = [
  ...['environment', 'workload', 'region', 'area', 'item', 'resource', 'amount', 'unit'],
  ...['minimum USD', 'typical USD', 'maximum USD', 'arithmetic', 'prices'],
];

/** One row for each line, with unrounded numbers. Spreadsheets take text that begins like a formula as text. */
export const csvReport = ({ environment, workload, region, lines }: CostReport): string =>
  stringify(
    lines.map(({ area, item, resource = '', quantity, usd, arithmetic, prices }) => [
      ...[environment, workload, region, area, item, resource, quantity.amount, quantity.unit],
      ...[usd.minimum, usd.typical, usd.maximum, arithmetic, prices.join(' ')],
    ]),
    { header: true, columns: COLUMNS, escape_formulas: true },
  );
