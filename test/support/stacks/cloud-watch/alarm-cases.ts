import { workerLoadOf } from '../../../../stacks/compute/worker-load.ts';
import type { EnvironmentSettings } from '../../../../stacks/environments/settings.ts';

/** The values of metrics in one period, by their ids. Metrics that are not named have no value. */
export type Moment = Record<string, number>;

/** The cases of an alarm: lasting states, and sequences of states, each for a number of periods. */
export interface Cases {
  /** Normal states. */
  calm: Moment;
  /** States at which the alarm must go off, and after which it must return to OK. */
  troubles: Record<string, Moment>;
  /** States at which the alarm must not go off, however long they last. */
  harmless: Record<string, Moment>;
  /** States at which the alarm must not go off if they last this many periods only. */
  passing?: Record<string, [periods: number, moment: Moment]>;
  /** Metrics whose values do not come together: each alone may be late. */
  isApart?: true;
  /** Zero is the worst there is. */
  zeroIsTrouble?: true;
  /** It stays as it is where nobody reports anything any more. */
  keepsState?: true;
}

type CasesOf = (settings: EnvironmentSettings, ids: readonly string[]) => Cases;

const faults: CasesOf = () => ({
  calm: { requests: 6000 },
  troubles: {
    'every tenth request': { faults: 600, requests: 6000 },
    'every request of a quiet hour': { faults: 6, requests: 6 },
    'requests that reach nobody': { faults: 600 },
  },
  harmless: {
    'a few faults of few requests at night': { faults: 4, requests: 4 },
    'one request of a hundred': { faults: 60, requests: 6000 },
  },
  passing: { 'two bad minutes': [2, { faults: 3000, requests: 6000 }] },
  isApart: true,
});

const table: CasesOf = (_, [first = '', second = '']) => ({
  calm: {},
  troubles: {
    'many requests of one operation': { [first]: 200 },
    'some of each of two': { [first]: 15, [second]: 15 },
  },
  harmless: { 'what the SDK tries again': { [first]: 2, [second]: 2 } },
  passing: { 'one burst': [1, { [first]: 1000 }] },
});

/** The milliseconds for all renditions of a message, when a task is as fast as its settings say. */
const expectedTotal = ({ workers }: EnvironmentSettings): number =>
  workers.secondsPerMessage * workerLoadOf(workers).concurrency * 1000;

const pace: CasesOf = (settings) => {
  const total = expectedTotal(settings);
  return {
    calm: { waiting: 10, total },
    troubles: {
      'messages of three times the work': { waiting: 100, total: 3 * total },
      'messages of a quarter of the work': { waiting: 100, total: total / 4 },
    },
    harmless: {
      'dead workers': { waiting: 1000 },
      'slow messages that nothing waits behind': { waiting: 0, total: 3 * total },
      'an idle night': { waiting: 0 },
    },
    passing: { 'an album of panoramas': [2, { waiting: 100, total: 5 * total }] },
  };
};

/** Cases by the end of the alarm's name. The first match counts. */
const KINDS: [ending: string, cases: CasesOf][] = [
  [
    'cdn-5xx',
    () => ({
      calm: { rate: 0.1, requests: 5000 },
      troubles: { 'a third of the answers': { rate: 33, requests: 5000 } },
      harmless: { 'half of few answers at night': { rate: 50, requests: 20 } },
      passing: { 'two bad minutes': [2, { rate: 90, requests: 5000 }] },
    }),
  ],
  ['-5xx', faults],
  [
    '-latency',
    () => ({
      calm: { value: 0.2, samples: 3000 },
      troubles: { 'a minute and a half': { value: 90, samples: 3000 } },
      harmless: { 'one of few requests at night': { value: 90, samples: 30 }, 'no request at all': {} },
      passing: { 'ten slow minutes': [2, { value: 90, samples: 3000 }] },
    }),
  ],
  [
    '-tasks-missing',
    () => ({
      calm: { desired: 4, running: 4 },
      troubles: {
        'one of four': { desired: 4, running: 3 },
        'all, which nobody counts': { desired: 2 },
        'all, which somebody counts': { desired: 2, running: 0 },
      },
      harmless: { 'none of none': { desired: 0, running: 0 }, 'more than are wanted': { desired: 2, running: 3 } },
      passing: { 'a start': [12, { desired: 4, running: 2 }] },
      isApart: true,
    }),
  ],
  [
    '-instances-missing',
    () => ({
      calm: { value: 100 },
      troubles: { 'a drought': { value: 150 } },
      harmless: { 'too many': { value: 50 } },
      passing: { 'a start': [12, { value: 200 }] },
    }),
  ],
  [
    '-unhealthy',
    () => ({
      calm: { value: 0 },
      troubles: { 'one task for long': { value: 1 } },
      harmless: { 'no task at all, which others tell': {} },
      passing: { 'a task that is replaced': [5, { value: 1 }] },
    }),
  ],
  ['-table-throttles', table],
  ['-table-system-errors', table],
  [
    '-worker-failures',
    () => ({
      calm: { ready: 100, failed: 1, returned: 0 },
      troubles: {
        'most fail': { ready: 20, failed: 60, returned: 0 },
        'most come again': { ready: 20, failed: 0, returned: 60 },
        'all fail': { ready: 0, failed: 30, returned: 0 },
      },
      harmless: { 'dead workers': {}, 'broken pictures of few at night': { ready: 2, failed: 9, returned: 0 } },
      passing: { 'two bad minutes': [2, { ready: 0, failed: 100, returned: 0 }] },
    }),
  ],
  [
    '-worker-late',
    ({ workers }) => ({
      calm: { value: workers.acceptableLatencySeconds },
      troubles: { 'dead workers': { value: 3600 } },
      harmless: { 'an idle night': {}, 'a backlog that is worked on': { value: 10 * 60 } },
      passing: { 'a backlog that has just ended': [3, { value: 3600 }] },
    }),
  ],
  [
    '-dead-letters',
    () => ({
      calm: { value: 0 },
      troubles: { 'one message': { value: 1 } },
      harmless: { 'a queue that nobody has used for hours': {} },
      keepsState: true,
    }),
  ],
  [
    '-certificate',
    () => ({
      calm: { value: 200 },
      troubles: { 'three weeks': { value: 21 }, 'its last day': { value: 0 } },
      harmless: { 'two months, before it is renewed': { value: 59 }, 'nothing counted yet': {} },
      zeroIsTrouble: true,
      keepsState: true,
    }),
  ],
  ...['-auth-failures', '-quota-hits'].map((ending): [string, CasesOf] => [
    ending,
    () => ({
      calm: { value: 5 },
      troubles: { 'some in each second': { value: 900 } },
      harmless: { 'a client that has not heard of its new key': { value: 250 }, 'nobody at all': {} },
      passing: { 'one burst': [1, { value: 5000 }] },
    }),
  ]),
  ...['-audit-lost', '-jwks-stale'].map((ending): [string, CasesOf] => [
    ending,
    () => ({ calm: {}, troubles: { 'one line': { value: 1 } }, harmless: { 'no line': { value: 0 } } }),
  ]),
  ['-worker-pace', pace],
  [
    '-waiting-for-nobody',
    () => ({
      calm: { visible: 0, tasks: 2 },
      troubles: {
        'a message and no task': { visible: 1, tasks: 0 },
        'a message, and no count of tasks': { visible: 1 },
      },
      harmless: {
        'messages that are worked on': { visible: 5, tasks: 2 },
        'an idle night': { visible: 0, tasks: 0 },
      },
      isApart: true,
    }),
  ],
];

/** The cases of an alarm; undefined where it has none. */
export const casesOf = (name: string, settings: EnvironmentSettings, ids: readonly string[]): Cases | undefined =>
  KINDS.find(([ending]) => name.endsWith(ending))?.[1](settings, ids);
