import type { Act } from './acts.ts';
import type { Damage } from './damage-list.ts';
import type { Injected, Operation } from './injector.ts';
import { PROCESSES, type ProcessName } from './stage.ts';

/** Faults of one act, which is repeated. */
export interface Sweep {
  act: Act;
  /** Faults that occur once each, or a fault of the n-th call, with n increasing until nothing fails. */
  rounds: readonly Injected[] | ((round: number) => Injected);
}

/** Faults that end a start, at a later call each time. */
export interface StartFault {
  ending: (call: number) => Injected;
}

/** The injected fault, in the words of the table. */
export type Fault = { fault: string; where: string } & (
  | { injected: Injected }
  | { clockSeconds: number; isWaiting?: true }
  | StartFault
  | { away: ProcessName }
  | { sweep: Sweep }
  | Damage
);

const PLACES = {
  'the whole disk': undefined,
  'the object store': '/object-store/',
  'the table': '/dynamodb/',
  'the queue': '/sqs/',
  "the worker's files": '/work/',
} as const;

const everywhere = (
  fault: string,
  injected: Injected,
  places = Object.keys(PLACES) as (keyof typeof PLACES)[],
): Fault[] =>
  places.map((where) => ({ fault, where, injected: { ...injected, ...(PLACES[where] && { path: PLACES[where] }) } }));

const CHANGES = ['write', 'truncate', 'openToWrite', 'rename', 'link', 'makeFolder', 'remove'] as const;

const FULL = { operations: ['write', 'truncate', 'makeFolder', 'link'], effect: 'fail', error: 'ENOSPC' } as const;
const BROKEN = {
  operations: ['write', 'sync', 'truncate', 'rename', 'link', 'makeFolder'],
  effect: 'fail',
  error: 'EIO',
} as const;

/** Faults that last during all acts. */
export const LASTING: Fault[] = [
  ...everywhere('full disk', FULL),
  ...everywhere('writing fails (EIO)', { operations: ['write', 'sync'], effect: 'fail', error: 'EIO' }),
  ...everywhere('flushing fails (EIO)', { operations: ['sync'], effect: 'fail', error: 'EIO' }, [
    'the object store',
    'the table',
    'the queue',
  ]),
  ...everywhere('reading fails (EIO)', { operations: ['read'], effect: 'fail', error: 'EIO' }, [
    'the object store',
    "the worker's files",
  ]),
  ...everywhere('read-only (EROFS)', { operations: CHANGES, effect: 'fail', error: 'EROFS' }),
  ...everywhere(
    'too many open files (EMFILE)',
    { operations: ['open', 'openToWrite'], effect: 'fail', error: 'EMFILE' },
    ['the whole disk'],
  ),
  ...everywhere('every read is short', { operations: ['read'], effect: 'short' }, ['the whole disk']),
  ...everywhere('every write is short', { operations: ['write'], effect: 'short' }, ['the whole disk']),
  { fault: 'the clock jumps forward by a day', where: 'all processes', clockSeconds: 86_400 },
  { fault: 'the clock jumps back by a day', where: 'all processes', clockSeconds: -86_400 },
  ...[86_400, -86_400].map((clockSeconds) => ({
    fault: `the clock jumps ${clockSeconds > 0 ? 'forward' : 'back'} by a day while a rendition waits`,
    where: 'all processes',
    clockSeconds,
    isWaiting: true as const,
  })),
];

const SWEPT: Act[] = ['upload', 'upload in parts', 'delete'];

/** Faults of the n-th call of one act, for each n. */
export const NTH: Fault[] = SWEPT.flatMap((act): Fault[] => [
  {
    fault: 'the disk is full from the n-th write on',
    where: `the whole disk, during ${act}`,
    sweep: { act, rounds: (from) => ({ ...FULL, from }) },
  },
  {
    fault: 'the n-th write, flush or rename fails (EIO)',
    where: `the object store, during ${act}`,
    sweep: { act, rounds: (call) => ({ ...BROKEN, path: PLACES['the object store'], from: call, to: call }) },
  },
]);

/** Processes that are killed and kept from restarting. */
export const AWAY: Fault[] = (
  ['gateway', 'dynamodb', 'sqs', 'sync-upload', 'async-upload', 'download', 'worker', 'image process'] as const
).map((away) => ({ fault: 'killed, and not restarted yet', where: away, away }));

/** Ends a process in its first write, then before its first flush, then before its first rename or link. */
const killing = (name: ProcessName, act: Act, ...operations: Operation[]): Fault => ({
  fault: `killed in the middle of a write${
    operations.length > 1
      ? `, before a ${operations
          .slice(1)
          .map((each) => NAMES[each])
          .join(' and before a ')}`
      : ''
  }`,
  where: `${name}, during ${act}`,
  sweep: {
    act,
    rounds: operations.map((operation) => ({
      operations: [operation],
      effect: 'kill',
      process: PROCESSES[name],
      to: 1,
    })),
  },
});

const NAMES: Partial<Record<Operation, string>> = { sync: 'flush', rename: 'rename' };

/** Processes that end while they write. Other processes write nothing. */
export const KILLED: Fault[] = [
  killing('sync-upload', 'upload', 'write', 'sync', 'rename'),
  killing('async-upload', 'upload in parts', 'write', 'sync', 'rename'),
  killing('dynamodb', 'upload', 'write', 'sync'),
  killing('sqs', 'upload', 'write'),
  killing('worker', 'new rendition', 'write', 'sync', 'rename'),
  killing('image process', 'new rendition', 'write'),
  {
    fault: 'killed at each write, flush and rename of its start',
    where: 'npm start',
    ending: (call) => ({
      operations: ['write', 'sync', 'truncate', 'rename', 'link', 'makeFolder', 'remove'],
      effect: 'kill',
      process: PROCESSES['npm start'],
      from: call,
      to: call,
    }),
  },
];
