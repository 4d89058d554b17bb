import { linesOf, plainTable } from '../terminal/plain-table.ts';
import { isMissed, type Result, type Summary } from './compare.ts';

const figure = (value: number): string => value.toFixed(value < 10 ? 2 : 0);

const spread = ({ median, lowest, highest }: Summary): string =>
  lowest === highest ? figure(median) : `${figure(median)} (${figure(lowest)}–${figure(highest)})`;

const judged = (result: Result): string => {
  if (result.target === undefined) return '';
  return `${isMissed(result) ? 'MISSED' : '≥'} ${result.target}`;
};

/** Columns of comparisons of requests only. */
const SEEN: [title: string, name: keyof Summary['seen']][] = [
  ['MB/s', 'megabytesPerSecond'],
  ['p50 ms', 'p50'],
  ['p99 ms', 'p99'],
  ['MiB', 'memory'],
];

const isOfRequests = ({ ours }: Result): boolean => ours.seen.p50 !== undefined;

/** The results, with the comparisons of requests in a separate table. */
export function tablesOf(results: Result[]): string {
  const [requests, others] = [results.filter(isOfRequests), results.filter((result) => !isOfRequests(result))];
  return [
    ...(others.length > 0 ? [tableOfOthers(others)] : []),
    ...(requests.length > 0 ? [requestTable(requests)] : []),
  ].join('\n\n');
}

function tableOfOthers(results: Result[]): string {
  const table = plainTable(['path', 'unit', 'floor', 'service', 'ratio', 'target']);
  for (const result of results) {
    const { name, unit, floor, ours, ratio } = result;
    table.push([name, unit, spread(floor), spread(ours), spread(ratio), judged(result)]);
  }
  return linesOf(table);
}

/** In a cell with two figures, the first is the floor's. */
function requestTable(results: Result[]): string {
  const table = plainTable(['path, connections', 'requests/s', ...SEEN.map(([title]) => title), 'ratio', 'target']);
  const both = (floor: string, ours: string) => `${floor} / ${ours}`;
  const whole = (value: number | undefined) => (value === undefined ? '–' : value.toFixed(0));
  for (const result of results) {
    const { name, floor, ours, ratio } = result;
    const seen = SEEN.map(([, each]) => both(whole(floor.seen[each]), whole(ours.seen[each])));
    table.push([name, both(figure(floor.median), figure(ours.median)), ...seen, spread(ratio), judged(result)]);
  }
  return linesOf(table);
}
