import type { Range } from './cost-report.ts';

/** What the three columns of dollars say, in the order in which every format has them. */
export const RANGE_COLUMNS = {
  minimum: 'nobody does anything for a month: the least that the settings let run, and what is stored already',
  typical: 'what people do is what the workload says',
  maximum:
    'tasks, machines and the table run at the limits of the settings all month. What no setting limits, such as requests, bytes of the CDN and firewalls, is as in a typical month, also in the sums: it is no ceiling of the bill',
} as const satisfies Record<keyof Range, string>;

export const RANGE_NAMES = Object.keys(RANGE_COLUMNS) as (keyof Range)[];

/** A line for each column with what it says. */
export const columnLines = (): string[] =>
  Object.entries(RANGE_COLUMNS).map(([name, meaning]) => `${name}: ${meaning}.`);
