import { COPY_RANGES } from './copy-ranges.ts';
import { OTHER_RANGES } from './other-ranges.ts';
import type { Range } from './range.ts';
import { SERVICE_RANGES } from './service-ranges.ts';
import { WORKER_RANGES } from './worker-ranges.ts';

/** The plausible range of every setting that is a number. */
export const RANGES: readonly Range[] = [...OTHER_RANGES, ...COPY_RANGES, ...SERVICE_RANGES, ...WORKER_RANGES];

/** Numeric settings that need no range, and why. */
export const WITHOUT_RANGE: Readonly<Record<string, string>> = {
  'storage.tableBackups.everyHours':
    'Any number of hours that divides a day is usual; IMG-COPY-005 refuses others. Half the hours cost twice as much.',
  'workers.cpu': 'IMG-TASK-002 checks it against the instance types, and the worker starts as many processes as fit.',
  'workers.memory': 'IMG-TASK-002 checks it against the instance types, and synth refuses too little for one image.',
  'workers.onDemandPercent':
    'Any percentage from 0 to 100 is usual; IMG-SET-004 refuses others. Each further 10 % costs about 6 % more.',
};
