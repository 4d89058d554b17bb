import { type Mistake, set, setting } from './mistake.ts';

/** Mistakes that make a deployment take hours at the maximum number of tasks. */
export const ROLLOUT_MISTAKES: Mistake[] = [
  [
    'a deregistration delay of 15 minutes',
    'IMG-ROLL-001',
    set('target-group-async-upload', 'deregistration_delay', '900'),
  ],
  ['room for only two more tasks', 'IMG-ROLL-001', setting('services.download.capacity.maxInstances', 21)],
];
