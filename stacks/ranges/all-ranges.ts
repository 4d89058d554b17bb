import { COPY_RANGES } from './copy-ranges.ts';
import { OTHER_RANGES } from './other-ranges.ts';
import type { Range } from './range.ts';
import { SERVICE_RANGES } from './service-ranges.ts';
import { WORKER_RANGES } from './worker-ranges.ts';

/** The plausible range of every setting that is a number. */
export const RANGES: readonly Range[] = [...OTHER_RANGES, ...COPY_RANGES, ...SERVICE_RANGES, ...WORKER_RANGES];

/** Numbers that need none, and why. */
export const WITHOUT_RANGE: Readonly<Record<string, string>> = {
  'storage.tableBackups.everyHours':
    'Each that divides a day is a choice: half the hours cost twice as much. IMG-COPY-005 refuses others.',
  'workers.cpu': 'IMG-TASK-002 holds it to the instance types, and the worker makes as many processes of it as fit.',
  'workers.memory': 'IMG-TASK-002 holds it to the instance types, and synth refuses what holds no image.',
  'workers.onDemandPercent':
    'From 0 to 100 each is a choice: every 10 % more cost about 6 % more. IMG-SET-004 refuses others.',
};
