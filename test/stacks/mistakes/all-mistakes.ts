import { ALARM_MISTAKES } from './alarm-mistakes.ts';
import { AUTHORIZATION_MISTAKES } from './authorization-mistakes.ts';
import { BUCKET_MISTAKES } from './bucket-mistakes.ts';
import { INSTANCE_MISTAKES, TASK_MISTAKES } from './compute-mistakes.ts';
import { COPY_MISTAKES } from './copy-mistakes.ts';
import { DEPLOYED_MISTAKES } from './deployed-mistakes.ts';
import { EDGE_ARGUMENT_MISTAKES } from './edge-argument-mistakes.ts';
import { EDGE_INCIDENTS } from './edge-incidents.ts';
import { EDGE_MISTAKES } from './edge-mistakes.ts';
import { FLEET_MISTAKES } from './fleet-mistakes.ts';
import { ACCOUNT_MISTAKES, ROUTE_MISTAKES, STORAGE_MISTAKES } from './foundation-mistakes.ts';
import { IDENTITY_MISTAKES } from './identity-mistakes.ts';
import { type Incident, mistakesOf } from './incident.ts';
import { INSTANCE_INCIDENTS } from './instance-incidents.ts';
import type { Mistake, STACKS } from './mistake.ts';
import { ENDPOINT_MISTAKES, NETWORK_MISTAKES } from './network-mistakes.ts';
import { QUEUE_MISTAKES } from './queue-mistakes.ts';
import { RANGE_MISTAKES } from './range-mistakes.ts';
import { REMOVAL_MISTAKES } from './removal-mistakes.ts';
import { ROLLOUT_MISTAKES } from './rollout-mistakes.ts';
import { SERVICE_INCIDENTS } from './service-incidents.ts';
import { SERVICE_MISTAKES } from './service-mistakes.ts';
import { SETTINGS_MISTAKES } from './settings-mistakes.ts';
import { TOKEN_MISTAKES } from './token-mistakes.ts';

type Kind = keyof typeof STACKS;

const OWN: Partial<Record<Kind, Mistake[]>> = {
  account: ACCOUNT_MISTAKES,
  storage: [
    ...BUCKET_MISTAKES,
    ...STORAGE_MISTAKES,
    ...QUEUE_MISTAKES,
    ...COPY_MISTAKES,
    ...SETTINGS_MISTAKES,
    ...RANGE_MISTAKES,
    ...DEPLOYED_MISTAKES,
  ],
  edge: [...EDGE_MISTAKES, ...NETWORK_MISTAKES, ...ROUTE_MISTAKES, ...EDGE_ARGUMENT_MISTAKES, ...TOKEN_MISTAKES],
  fleet: [...FLEET_MISTAKES, ...INSTANCE_MISTAKES, ...ENDPOINT_MISTAKES],
  platform: [
    ...SERVICE_MISTAKES,
    ...TASK_MISTAKES,
    ...IDENTITY_MISTAKES,
    ...AUTHORIZATION_MISTAKES,
    ...ALARM_MISTAKES,
    ...ROLLOUT_MISTAKES,
    ...REMOVAL_MISTAKES,
  ],
};

const INCIDENT_TABLES = [INSTANCE_INCIDENTS, SERVICE_INCIDENTS, EDGE_INCIDENTS];
const KINDS: Kind[] = ['account', 'storage', 'edge', 'fleet', 'platform'];

/** Public incidents, reproduced as mistakes. */
export const INCIDENTS: readonly Incident[] = INCIDENT_TABLES.flatMap((incidents) => Object.values(incidents).flat());

/** All deliberate mistakes, by the kind of stack in which they are made. */
export const MISTAKES: [kind: Kind, mistakes: Mistake[]][] = KINDS.map((kind) => [
  kind,
  [...(OWN[kind] ?? []), ...INCIDENT_TABLES.flatMap((incidents) => mistakesOf(incidents[kind]))],
]);
