import Table from 'cli-table3';
import { isMissed, type Result, type Summary } from './measure.ts';

const figure = (value: number): string => value.toFixed(value < 10 ? 2 : 0);

const spread = ({ median, lowest, highest }: Summary): string =>
  lowest === highest ? figure(median) : `${figure(median)} (${figure(lowest)}–${figure(highest)})`;

const judged = (result: Result): string => {
  if (result.target === undefined) return '';
  return `${isMissed(result) ? 'MISSED' : '≥'} ${result.target}`;
};

/** Columns that only comparisons of requests have. */
const SEEN: [title: string, name: keyof Summary['seen']][] = [
  ['MB/s', 'megabytesPerSecond'],
  ['p50 ms', 'p50'],
  ['p99 ms', 'p99'],
  ['MiB', 'memory'],
];

const isOfRequests = ({ ours }: Result): boolean => ours.seen.p50 !== undefined;

/** The results, the comparisons of requests in a table of their own. */
export function tablesOf(results: Result[]): string {
  const [requests, others] = [results.filter(isOfRequests), results.filter((result) => !isOfRequests(result))];
  return [
    ...(others.length > 0 ? [plainTable(others)] : []),
    ...(requests.length > 0 ? [requestTable(requests)] : []),
  ].join('\n\n');
}

function plainTable(results: Result[]): string {
  const table = open(['path', 'unit', 'floor', 'service', 'ratio', 'target']);
  for (const result of results) {
    const { name, unit, floor, ours, ratio } = result;
    table.push([name, unit, spread(floor), spread(ours), spread(ratio), judged(result)]);
  }
  return lines(table);
}

/** A cell with two figures has the floor's first. */
function requestTable(results: Result[]): string {
  const table = open(['path, connections', 'requests/s', ...SEEN.map(([title]) => title), 'ratio', 'target']);
  const both = (floor: string, ours: string) => `${floor} / ${ours}`;
  const whole = (value: number | undefined) => (value === undefined ? '–' : value.toFixed(0));
  for (const result of results) {
    const { name, floor, ours, ratio } = result;
    const seen = SEEN.map(([, each]) => both(whole(floor.seen[each]), whole(ours.seen[each])));
    table.push([name, both(figure(floor.median), figure(ours.median)), ...seen, spread(ratio), judged(result)]);
  }
  return lines(table);
}

const lines = (table: Table.Table): string =>
  table
    .toString()
    .split('\n')
    .map((line) => line.trimEnd())
    .join('\n');

/** Without lines, so that it can be pasted anywhere. */
const open = (head: string[]) =>
  new Table({
    head,
    style: { head: [], 'padding-left': 0, 'padding-right': 2 },
    chars: Object.fromEntries(
      [
        ...['top', 'top-mid', 'top-left', 'top-right', 'bottom', 'bottom-mid', 'bottom-left', 'bottom-right'],
        ...['left', 'left-mid', 'mid', 'mid-mid', 'right', 'right-mid', 'middle'],
      ].map((place) => [place, '']),
    ),
  });
