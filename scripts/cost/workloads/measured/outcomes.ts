import { ERRORS } from '../../../../shared/domain/errors.ts';
import { sum } from '../workload.ts';
import { number, type WorkloadFact } from './measurement.ts';

/** What becomes of a rendition, as the worker's metrics say it. */
const OUTCOMES = ['ready', 'failed', 'returned', 'skipped'];

/** The counter of an outcome; undefined for what no worker says. An unknown code is left out. */
export function outcomeCounter(outcome = '', code = ''): string | undefined {
  if (!OUTCOMES.includes(outcome)) return undefined;
  return `${outcome} ${Object.hasOwn(ERRORS, code) ? code : ''}`.trimEnd();
}

/** What became of renditions, each delivery by itself, by the counters' names. */
export function outcomesFact(counts: Readonly<Record<string, number>>): WorkloadFact {
  const of = (outcome: string) =>
    sum(Object.entries(counts).map(([counter, times]) => (counter.split(' ')[0] === outcome ? times : 0)));
  const failures = Object.entries(counts)
    .filter(([counter]) => counter.startsWith('failed '))
    .sort(([, a], [, b]) => b - a);
  const ended = of('ready') + of('failed');
  return {
    field: 'failures',
    source: 'seen',
    value: `${number(ended === 0 ? 0 : (of('failed') / ended) * 100)} % of renditions`,
    how: [
      OUTCOMES.map((outcome) => `${number(of(outcome))} ${outcome}`).join(', '),
      ...failures.map(([counter, times]) => `${number(times)} ${counter}`),
    ].join('; '),
  };
}
