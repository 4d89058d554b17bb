import { createHash, randomBytes } from 'node:crypto';
import { chown, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import {
  LOCAL_CREDENTIALS,
  LOCAL_REGION,
  queueUrlAt,
  startEmulators,
} from '../../scripts/local/emulators/emulators.ts';
import { provision } from '../../scripts/local/emulators/provision.ts';
import { freePort } from '../../scripts/local/free-port.ts';
import { statusOf } from '../../scripts/local/loopback.ts';
import { type Environment, SERVICE_ENVIRONMENT } from '../../shared/contracts/environment.ts';
import { HEALTH_PATHS, SERVICE_NAMES, type ServiceName } from '../../shared/contracts/services.ts';
import { createTemporaryFolder } from '../support/storage/temporary-folder.ts';
import { type Container, type ContainerOptions, holds, startContainer } from './container.ts';
import { optionsOf } from './image-options.ts';

export const KEY = randomBytes(32).toString('base64url');

/** A service that runs in its image. */
export interface Running {
  service: ServiceName;
  options: ContainerOptions;
  container: Container;
  port: number;
  /** Milliseconds from its start until it and all that it depends on answered. */
  readyMs: number;
}

export interface ImageServices {
  running: Map<ServiceName, Running>;
  targets: Record<ServiceName, string>;
  stop(): Promise<void>;
}

/** Starts all four services in their images, one after the other, with the settings of the contract and the emulators of this machine. */
export async function startImages(): Promise<ImageServices> {
  Object.assign(process.env, LOCAL_CREDENTIALS);
  const folder = await createTemporaryFolder();
  const emulators = await startEmulators();
  const settings = settingsFor(emulators);
  await provision(emulators, { tableName: settings.IMAGE_TABLE_NAME, queueName: QUEUE });
  const running = new Map<ServiceName, Running>();
  const stop = async () => {
    for (const { container } of running.values()) if (!container.hasEnded()) container.kill('SIGKILL');
    await Promise.all(Array.from(running.values(), ({ container }) => container.ended()));
    await emulators.stop();
    await folder.remove();
  };
  try {
    for (const service of SERVICE_NAMES) running.set(service, await startOne(service, settings, folder.path));
  } catch (error) {
    await stop();
    throw error;
  }
  const places = Array.from(running.values(), ({ service, port }) => [service, `http://127.0.0.1:${port}`]);
  return { running, targets: Object.fromEntries(places), stop };
}

const QUEUE = 'processing';

const settingsFor = ({ dynamoDbEndpoint, sqsEndpoint }: { dynamoDbEndpoint: string; sqsEndpoint: string }) => ({
  LOG_LEVEL: 'info',
  HOST: '127.0.0.1',
  AUTHENTICATION: 'api-keys',
  API_KEYS: createHash('sha256').update(KEY).digest('hex'),
  DEFAULT_VISIBILITY: 'public',
  LINK_KEYS: `tests:${randomBytes(32).toString('hex')}`,
  AWS_REGION: LOCAL_REGION,
  AWS_ENDPOINT_URL_DYNAMODB: dynamoDbEndpoint,
  AWS_ENDPOINT_URL_SQS: sqsEndpoint,
  IMAGE_TABLE_NAME: 'images',
  PROCESSING_QUEUE_URL: queueUrlAt(sqsEndpoint, QUEUE),
  OBJECT_STORE_URL: 'file:///data',
});

async function startOne(service: ServiceName, settings: Record<string, string>, folder: string): Promise<Running> {
  const image = await optionsOf(service);
  const port = await freePort();
  // The worker of ECS gets no keys.
  const asked = service === 'worker' ? { ...settings, AUTHENTICATION: 'off' } : settings;
  const names: readonly (keyof Environment)[] = SERVICE_ENVIRONMENT[service];
  const known = Object.entries(asked).filter(([name]) => names.some((each) => each === name));
  const environment = { ...image.environment, ...Object.fromEntries(known), ...LOCAL_CREDENTIALS, PORT: String(port) };
  const options = {
    ...image,
    environment,
    mounts: [await writable(folder, 'data'), ...(await workFolder(service, folder))],
  };
  const began = performance.now();
  const container = startContainer(options);
  await holds(container, `${service} is ready`, async () => (await statusOf(port, HEALTH_PATHS.readiness)) === 200);
  return { service, options, container, port, readyMs: Math.round(performance.now() - began) };
}

/** Only the worker of ECS has a folder to write to. */
const workFolder = async (service: ServiceName, folder: string) =>
  service === 'worker' ? [await writable(folder, 'tmp')] : [];

async function writable(folder: string, name: string): Promise<{ from: string; at: string }> {
  const from = join(folder, name);
  await mkdir(from, { recursive: true });
  await chown(from, 1000, 1000);
  return { from, at: `/${name}` };
}
