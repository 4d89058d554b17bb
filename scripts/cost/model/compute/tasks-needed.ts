import {
  cpuSecondsOfLaterRendition,
  cpuSecondsOfUpload,
  DAYS_A_MONTH,
  sum,
  type Workload,
} from '../../workloads/workload.ts';
import type { Operation } from '../requests-per-operation.ts';
import type { Traffic } from '../traffic.ts';
import type { ServiceFacts } from './service-facts.ts';

const SECONDS_A_HOUR = 3600;
const MINUTES_A_HOUR = 60;

/**
 * Hours that the last worker still runs after its last message: scale-in waits for 15 minutes below the target and for its cooldown of five
 * (stacks/compute/task-scaling.ts), and ECS keeps an instance for a moment without tasks.
 */
const HOURS_UNTIL_IDLE = 1 / 3;

/** The operations whose requests a service answers, each as one request. Parts are counted one by one. */
const REQUESTS_TO: Readonly<Record<string, readonly Operation[]>> = {
  'sync-upload': [
    'uploadImage',
    'requestRendition',
    'changeImage',
    'moderateImage',
    'deleteImage',
    'deleteCachedImage',
  ],
  'async-upload': ['createUpload', 'uploadParts', 'completeUpload'],
  download: ['readBytes', 'readNotModified', 'findExpiredRendition', 'readRecord', 'listImages'],
};

/** The operations of a service. */
export const operationsOf = (service: string): readonly Operation[] => REQUESTS_TO[service] ?? [];

/** The service that answers the requests of an operation; undefined for those of workers. */
export const serviceOf = (operation: Operation): string | undefined =>
  Object.keys(REQUESTS_TO).find((service) => REQUESTS_TO[service]?.includes(operation));

/** Requests of one operation. */
export const requestsOf = (operation: Operation, { partsPerUpload }: Workload): number =>
  operation === 'uploadParts' ? partsPerUpload : 1;

/** The requests that a service answers in a month. */
export const requestsTo = (service: string, { operations }: Traffic, workload: Workload): number =>
  sum(operationsOf(service).map((name) => operations[name] * requestsOf(name, workload)));

/** The part of a month's work that falls into each hour of a day. */
export const shareByHour = ({ dailyCurve }: Workload): number[] =>
  dailyCurve.map((weight) => weight / sum(dailyCurve) / DAYS_A_MONTH);

/** Messages of a kind that the workers get in a month, and the seconds of a vCPU that each takes. */
interface WorkerMessages {
  count: number;
  vcpuSeconds: number;
}

/** Every message of a month: one for each upload, and one for each rendition that is made later or again. */
export const workerMessages = ({ operations }: Traffic, workload: Workload): WorkerMessages[] => [
  { count: operations.processUpload, vcpuSeconds: cpuSecondsOfUpload(workload) },
  { count: operations.processRendition, vcpuSeconds: cpuSecondsOfLaterRendition(workload) },
];

/** vCPU-seconds that the workers spend in a month. */
export const workerSeconds = (traffic: Traffic, workload: Workload): number =>
  sum(workerMessages(traffic, workload).map(({ count, vcpuSeconds }) => count * vcpuSeconds));

/**
 * The tasks that run in each hour of a day. Services that answer requests have the number that their scaling rule sets. Workers have as many
 * as keep up with the work: vCPU-seconds that arrive in a second, over the vCPUs of a task. Target tracking lets a backlog wait instead of
 * running spare tasks. If none must run, the first one runs only while there is work.
 *
 * The settings' maximum is not applied: a report says what the work costs, and warns where the settings do not allow it.
 */
export function tasksByHour(facts: ServiceFacts, traffic: Traffic, workload: Workload): number[] {
  return shareByHour(workload).map((share) => Math.max(facts.minTasks, needed(facts, traffic, { workload, share })));
}

function needed(
  facts: ServiceFacts,
  traffic: Traffic,
  { workload, share }: { workload: Workload; share: number },
): number {
  if (facts.requestsPerTaskPerMinute) {
    const requests = requestsTo(facts.service, traffic, workload) * share;
    return Math.ceil(requests / MINUTES_A_HOUR / facts.requestsPerTaskPerMinute);
  }
  const vCpus = facts.cpu / 1024;
  const busy = (workerSeconds(traffic, workload) * share) / SECONDS_A_HOUR / vCpus;
  const messages = sum(workerMessages(traffic, workload).map(({ count }) => count)) * share;
  // Messages come independently of each other, so that this is how often the last one is not long ago.
  return busy > 1 ? Math.ceil(busy) : Math.max(busy, 1 - Math.exp(-messages * HOURS_UNTIL_IDLE));
}
