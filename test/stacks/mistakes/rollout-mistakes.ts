import { type Mistake, set, setting } from './mistake.ts';

/** What makes a deployment take hours where there are as many tasks as there may be. */
export const ROLLOUT_MISTAKES: Mistake[] = [
  [
    'tasks that wait for the longest upload',
    'IMG-ROLL-001',
    set('target-group-async-upload', 'deregistration_delay', '900'),
  ],
  ['a place for two tasks more', 'IMG-ROLL-001', setting('services.download.capacity.maxInstances', 21)],
];
