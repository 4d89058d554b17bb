import { type Environment, SERVICE_ENVIRONMENT } from '../../shared/contracts/environment.ts';
import { arnsOf, type Deployment, namesOf } from '../../shared/contracts/names.ts';
import { SERVICES, type ServiceName } from '../../shared/contracts/services.ts';
import type { EnvironmentSettings } from '../environments/settings.ts';
import { CPU_UNITS_PER_VCPU, type TaskSize } from './instance-capacity.ts';

/** Where the worker's volume is: the only place of its file system that can be written to. libvips puts its own files there too. */
export const WRITABLE_FOLDER = '/tmp';

/** Memory that the worker itself needs beside its image processes, MiB. */
export const WORKER_OWN_MIB = 300;
/** What an image process needs for the largest image that is let in, MiB: the default of PROCESS_MEMORY_MIB. */
const PROCESS_MIB = 1536;

type Variables = Partial<Record<keyof Environment, string>>;

export interface WorkerLoad {
  /** Images that are worked on at once. */
  processes: number;
  /** Of each process. */
  memoryMib: number;
  /** Messages held at once: while some wait for bytes or an answer, the others keep the processes busy. */
  concurrency: number;
}

/** What a worker of a task's size does at once, so that it and its image processes fit: one a vCPU, fewer where memory is short. */
export function workerLoadOf({ cpu, memory }: TaskSize): WorkerLoad {
  const free = memory - WORKER_OWN_MIB;
  const processes = Math.min(64, Math.max(1, Math.floor(cpu / CPU_UNITS_PER_VCPU)), Math.floor(free / PROCESS_MIB));
  if (processes < 1) {
    const least = PROCESS_MIB + WORKER_OWN_MIB;
    throw new Error(`A worker's task needs ${least} MiB or more for one image process; its settings give ${memory}.`);
  }
  return { processes, memoryMib: Math.floor(free / processes), concurrency: Math.min(64, processes + 2) };
}

/**
 * The environment of a service's container: everything of its contract that has no default or must differ from it, and nothing else.
 * What must not be read in a task definition is in `containerSecrets`.
 */
export function containerEnvironment(
  service: ServiceName,
  deployment: Deployment,
  settings: EnvironmentSettings,
): Variables {
  const names = namesOf(deployment);
  const { corsOrigins } = settings.api;
  const isSigned = settings.cdn.enabled && settings.cdn.signedUrlKeys.length > 0;
  return {
    ...(service === 'worker' ? workerEnvironment(settings.workers) : apiEnvironment(corsOrigins)),
    ...(service === 'download' && isSigned && { SIGNED_URLS: 'on' }),
    ...(settings.heic === 'on' && { HEIC: 'on' }),
    PORT: String(SERVICES[service].port),
    AWS_REGION: deployment.region,
    IMAGE_TABLE_NAME: names.table,
    OBJECT_STORE_URL: `s3://${names.bucket}`,
    PROCESSING_QUEUE_URL: names.queueUrl,
  };
}

const apiEnvironment = (corsOrigins: readonly string[]): Variables => ({
  HOST: '0.0.0.0',
  AUTHENTICATION: 'api-keys',
  // Who may use part URLs from a browser gets them from the API, from the same browser.
  ...(corsOrigins.length > 0 && { CORS_ORIGINS: corsOrigins.join(',') }),
});

function workerEnvironment(size: TaskSize): Variables {
  const { processes, memoryMib, concurrency } = workerLoadOf(size);
  return {
    // Nobody calls a worker; its health is asked for from inside its container.
    HOST: '127.0.0.1',
    AUTHENTICATION: 'off',
    METRICS: 'emf',
    WORK_DIRECTORY: `${WRITABLE_FOLDER}/image-worker`,
    WORKER_PROCESSES: String(processes),
    PROCESS_MEMORY_MIB: String(memoryMib),
    WORKER_CONCURRENCY: String(concurrency),
  };
}

/** Variables that must not be read in a task definition, with the parameters that hold them. */
const SECRETS = { API_KEYS: 'api-keys', LINK_KEYS: 'link-keys' } as const satisfies Partial<
  Record<keyof Environment, string>
>;

/** The variables that ECS takes from SSM parameters at the start of a task, with the parameters' ARNs. */
export function containerSecrets(service: ServiceName, deployment: Deployment): Variables {
  const read: readonly (keyof Environment)[] = SERVICE_ENVIRONMENT[service];
  const secrets = Object.entries(SECRETS).filter(([name]) => read.some((each) => each === name));
  const arnOf = (parameter: string) => arnsOf(deployment).parameter(namesOf(deployment).secretParameter(parameter));
  return Object.fromEntries(secrets.map(([name, parameter]) => [name, arnOf(parameter)]));
}
