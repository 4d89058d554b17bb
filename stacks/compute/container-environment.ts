import { type Environment, SERVICE_ENVIRONMENT } from '../../shared/contracts/environment.ts';
import { arnsOf, type Deployment, namesOf } from '../../shared/contracts/names.ts';
import { SERVICES, type ServiceName } from '../../shared/contracts/services.ts';
import type { EnvironmentSettings } from '../environments/settings.ts';
import { CPU_UNITS_PER_VCPU, type TaskSize } from './instance-capacity.ts';

/** The mount path of the worker's volume, the only writable part of its file system. libvips puts its temporary files there too. */
export const WRITABLE_FOLDER = '/tmp';

/** The memory that the worker itself needs beside its image processes, in MiB. */
export const WORKER_OWN_MIB = 300;
/** The memory that an image process needs for the largest image accepted, in MiB: the default of PROCESS_MEMORY_MIB. */
const PROCESS_MIB = 1536;

type Variables = Partial<Record<keyof Environment, string>>;

export interface WorkerLoad {
  /** The number of images processed at once. */
  processes: number;
  /** The memory of each process. */
  memoryMib: number;
  /** The number of messages held at once: while some wait for bytes or an answer, the others keep the processes busy. */
  concurrency: number;
}

/** How much a worker does at once so that it fits a task of this size: one image process per vCPU, fewer if memory is short. */
export function workerLoadOf({ cpu, memory }: TaskSize): WorkerLoad {
  const free = memory - WORKER_OWN_MIB;
  const processes = Math.min(64, Math.max(1, Math.floor(cpu / CPU_UNITS_PER_VCPU)), Math.floor(free / PROCESS_MIB));
  if (processes < 1) {
    const least = PROCESS_MIB + WORKER_OWN_MIB;
    throw new Error(`A worker's task needs at least ${least} MiB for one image process; its settings give ${memory}.`);
  }
  return { processes, memoryMib: Math.floor(free / processes), concurrency: Math.min(64, processes + 2) };
}

/**
 * The environment of a service's container: every variable that has no default or must differ from it, and no others.
 * Variables that must not be readable in a task definition are in `containerSecrets`.
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
  // Pages that upload to part URLs also call the API, which returns those URLs, so both have the same origins.
  ...(corsOrigins.length > 0 && { CORS_ORIGINS: corsOrigins.join(',') }),
});

function workerEnvironment(size: TaskSize): Variables {
  const { processes, memoryMib, concurrency } = workerLoadOf(size);
  return {
    // Nobody calls a worker; its health check runs inside its container.
    HOST: '127.0.0.1',
    AUTHENTICATION: 'off',
    METRICS: 'emf',
    WORK_DIRECTORY: `${WRITABLE_FOLDER}/image-worker`,
    WORKER_PROCESSES: String(processes),
    PROCESS_MEMORY_MIB: String(memoryMib),
    WORKER_CONCURRENCY: String(concurrency),
  };
}

/** Variables that must not be readable in a task definition, and the parameters that hold them. */
const SECRETS = { API_KEYS: 'api-keys', LINK_KEYS: 'link-keys' } as const satisfies Partial<
  Record<keyof Environment, string>
>;

/** The variables that ECS reads from SSM parameters when a task starts, with the ARNs of the parameters. */
export function containerSecrets(service: ServiceName, deployment: Deployment): Variables {
  const read: readonly (keyof Environment)[] = SERVICE_ENVIRONMENT[service];
  const secrets = Object.entries(SECRETS).filter(([name]) => read.some((each) => each === name));
  const arnOf = (parameter: string) => arnsOf(deployment).parameter(namesOf(deployment).secretParameter(parameter));
  return Object.fromEntries(secrets.map(([name, parameter]) => [name, arnOf(parameter)]));
}
