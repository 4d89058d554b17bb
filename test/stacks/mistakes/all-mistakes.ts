import { AUTHORIZATION_MISTAKES } from './authorization-mistakes.ts';
import { BUCKET_MISTAKES } from './bucket-mistakes.ts';
import { DEPLOYED_MISTAKES } from './deployed-mistakes.ts';
import { EDGE_MISTAKES } from './edge-mistakes.ts';
import { FLEET_MISTAKES } from './fleet-mistakes.ts';
import { IDENTITY_MISTAKES } from './identity-mistakes.ts';
import type { Mistake, STACKS } from './mistake.ts';
import { NETWORK_MISTAKES } from './network-mistakes.ts';
import { QUEUE_MISTAKES } from './queue-mistakes.ts';
import { RANGE_MISTAKES } from './range-mistakes.ts';
import { SERVICE_MISTAKES } from './service-mistakes.ts';
import { SETTINGS_MISTAKES } from './settings-mistakes.ts';
import { TOKEN_MISTAKES } from './token-mistakes.ts';

/** Every deliberate mistake, by the kind of stack that it is made in. */
export const MISTAKES: [kind: keyof typeof STACKS, mistakes: Mistake[]][] = [
  ['storage', [...BUCKET_MISTAKES, ...QUEUE_MISTAKES, ...SETTINGS_MISTAKES, ...DEPLOYED_MISTAKES]],
  ['edge', [...EDGE_MISTAKES, ...TOKEN_MISTAKES, ...NETWORK_MISTAKES]],
  ['storage', [...BUCKET_MISTAKES, ...QUEUE_MISTAKES, ...SETTINGS_MISTAKES, ...RANGE_MISTAKES]],
  ['edge', EDGE_MISTAKES],
  ['fleet', FLEET_MISTAKES],
  ['platform', [...SERVICE_MISTAKES, ...IDENTITY_MISTAKES, ...AUTHORIZATION_MISTAKES]],
];
