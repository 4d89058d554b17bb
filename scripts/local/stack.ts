import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { pathToFileURL } from 'node:url';
import { type Environment, SERVICE_ENVIRONMENT } from '../../shared/contracts/environment.ts';
import { SERVICE_NAMES, type ServiceName } from '../../shared/contracts/services.ts';
import { createDocumentClient, createSqsClient } from '../../shared/runtime/clients.ts';
import { loggerTo } from '../../shared/runtime/logger.ts';
import { discardIncoming } from '../../shared/storage/file-object-store.ts';
import { provisionQueues, provisionTable } from '../../shared/storage/provisioning.ts';
import { CommandError } from '../command-line.ts';
import { createGateway, type Targets } from '../gateway.ts';
import { type EmulatorName, LOCAL_CREDENTIALS, LOCAL_REGION } from './emulators.ts';
import { lockFolder } from './folder-lock.ts';
import { freePort } from './free-port.ts';
import { type KeptProcess, type LogReader, startEmulator, startService } from './kept-process.ts';
import { removeStackSettings, writeStackSettings } from './stack-settings.ts';

const HOST = '127.0.0.1';
const TABLE_NAME = 'images';
const QUEUE_NAME = 'processing';

/** Milliseconds that a service has to end before it is killed, which costs nothing but a repetition. */
const STOP_GRACE_MS = 4_000;

export interface LocalStack {
  /** Of the gateway: the one URL for everything. */
  url: string;
  /** Of each service behind it. */
  targets: Targets;
  /** The environment that the services share. */
  settings: Record<string, string>;
  /** The process of a service. */
  pidOf(service: ServiceName): number;
  /** Stops everything; requests under way have `drainMs` to end, or no time. */
  stop(drainMs?: number): Promise<void>;
}

export interface StackOptions {
  port: number;
  folder: string;
  logLevel: string;
  /** Whose web pages may use the API. */
  corsOrigins?: string[];
  /** Names beside this machine's that it answers to. */
  allowedHosts?: string[];
  readLog: LogReader;
  /** Keeps table and queue in memory, where what they cost on a disk is not to be measured. */
  isEphemeral?: boolean;
  /** Settings of the services beside or instead of the usual. */
  settings?: Record<string, string>;
}

/** Starts everything on this machine: gateway, emulators, and the services' own programs, with all data below `folder`. */
export async function startStack({
  port,
  folder,
  logLevel,
  readLog,
  corsOrigins = [],
  allowedHosts = [],
  isEphemeral = false,
  settings: given = {},
}: StackOptions): Promise<LocalStack> {
  const targets: Targets = {};
  const lines = new PassThrough();
  readLog('gateway', lines);
  const gateway = createGateway(targets, { logger: loggerTo(lines, 'gateway', logLevel) });
  const started: { stop(): Promise<void> }[] = [];
  const stop = async (drainMs = 0) => {
    await closeWithin(gateway, drainMs);
    for (const part of started.toReversed()) await part.stop();
  };
  try {
    await listen(gateway, port);
    started.push(await takeFolder(folder));
    const emulators = await startEmulators(isEphemeral ? undefined : folder);
    started.push(emulators);
    // Only now, when no other stack has the folder, is what lies about in it known to be left over.
    await discardIncoming(objectsFolder(folder));
    const { queueUrl, deadLetterQueueUrl } = await provision(emulators);
    started.push({ stop: () => removeStackSettings(folder) });
    const settings = {
      ...settingsFor(emulators, folder),
      PROCESSING_QUEUE_URL: queueUrl,
      DEAD_LETTER_QUEUE_URL: deadLetterQueueUrl,
      LOG_LEVEL: logLevel,
      CORS_ORIGINS: corsOrigins.join(','),
      ALLOWED_HOSTS: allowedHosts.join(','),
      ...given,
    };
    await writeStackSettings(folder, { ...LOCAL_CREDENTIALS, ...settings });
    const services = await startServices(targets, settings, readLog);
    const processes = Object.values(services);
    started.push({
      stop: () => stopAll(processes),
    });
    await allReady(processes);
    const url = `http://${HOST}:${(gateway.address() as AddressInfo).port}`;
    return { url, targets, settings, pidOf: (service) => services[service].pid(), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

const settingsFor = ({ dynamoDbEndpoint, sqsEndpoint }: Endpoints, folder: string) => ({
  HOST,
  AUTHENTICATION: 'off',
  AWS_REGION: LOCAL_REGION,
  AWS_ENDPOINT_URL_DYNAMODB: dynamoDbEndpoint,
  AWS_ENDPOINT_URL_SQS: sqsEndpoint,
  IMAGE_TABLE_NAME: TABLE_NAME,
  OBJECT_STORE_URL: pathToFileURL(objectsFolder(folder)).href,
  WORK_DIRECTORY: join(folder, 'work'),
  // One for this start, so that part URLs survive a service that is started again.
  PART_URL_SECRET: randomBytes(32).toString('base64url'),
});

const objectsFolder = (folder: string): string => join(folder, 'object-store');

const LISTEN_ADVICE: Record<string, (port: number) => string> = {
  EADDRINUSE: (port) => `Port ${port} is in use. Choose another: npm start -- --port ${port + 1}`,
  EACCES: (port) => `Port ${port} needs privileges. Choose one above 1023: npm start -- --port ${port + 8000}`,
};

async function listen(gateway: ReturnType<typeof createGateway>, port: number): Promise<void> {
  gateway.listen(port, HOST);
  try {
    await once(gateway, 'listening');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const advice = LISTEN_ADVICE[code ?? ''];
    throw advice ? new CommandError(advice(port)) : error;
  }
}

/** Takes no more requests, lets those under way end for a while, and ends what is left. */
async function closeWithin(gateway: ReturnType<typeof createGateway>, drainMs: number): Promise<void> {
  const closed = new Promise((resolve) => gateway.close(resolve));
  const idle = setInterval(() => gateway.closeIdleConnections(), 100);
  const timer = setTimeout(() => gateway.closeAllConnections(), drainMs);
  await closed;
  clearInterval(idle);
  clearTimeout(timer);
}

async function prepareFolder(folder: string): Promise<void> {
  try {
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, 'writable'), '');
    await rm(join(folder, 'writable'));
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new CommandError(
      `The data folder ${folder} cannot be written (${code}). Choose another: npm start -- --data FOLDER`,
    );
  }
}

/** Keeps the folder for this stack, so that whatever else has it is another one's. */
async function takeFolder(folder: string): Promise<{ stop(): Promise<void> }> {
  await prepareFolder(folder);
  const unlock = lockFolder(folder);
  if (!unlock) {
    throw new CommandError(
      `The data folder ${folder} is in use by another npm start. Stop it, or choose: npm start -- --data FOLDER`,
    );
  }
  return { stop: async () => unlock() };
}

/** Where each emulator answers. */
interface Endpoints {
  dynamoDbEndpoint: string;
  sqsEndpoint: string;
}

async function startEmulators(folder: string | undefined): Promise<Endpoints & { stop(): Promise<void> }> {
  const start = async (name: EmulatorName) => {
    const port = await freePort();
    return { kept: startEmulator(name, { port, folder, env: LOCAL_CREDENTIALS }), endpoint: `http://${HOST}:${port}` };
  };
  const [dynamoDb, sqs] = [await start('dynamodb'), await start('sqs')];
  const all = [dynamoDb.kept, sqs.kept];
  const stop = () => stopAll(all);
  try {
    await allReady(all);
  } catch (error) {
    await stop();
    throw error;
  }
  return { dynamoDbEndpoint: dynamoDb.endpoint, sqsEndpoint: sqs.endpoint, stop };
}

const stopAll = async (processes: KeptProcess[]): Promise<void> =>
  void (await Promise.all(processes.map((process) => process.stop(STOP_GRACE_MS))));

async function allReady(processes: KeptProcess[]): Promise<void> {
  await Promise.all(processes.map((process) => process.ready())).catch((error: Error) => {
    throw new CommandError(`${error.message}; its reason stands above.`);
  });
}

async function provision({
  dynamoDbEndpoint,
  sqsEndpoint,
}: Endpoints): Promise<{ queueUrl: string; deadLetterQueueUrl: string }> {
  const place = { AWS_REGION: LOCAL_REGION };
  const documents = createDocumentClient({ ...place, AWS_ENDPOINT_URL_DYNAMODB: dynamoDbEndpoint });
  const sqs = createSqsClient({ ...place, AWS_ENDPOINT_URL_SQS: sqsEndpoint });
  await provisionTable(documents, TABLE_NAME);
  return provisionQueues(sqs, QUEUE_NAME);
}

async function startServices(
  targets: Targets,
  settings: Record<string, string>,
  readLog: LogReader,
): Promise<Record<ServiceName, KeptProcess>> {
  const ports = await Promise.all(SERVICE_NAMES.map(() => freePort()));
  const processes = SERVICE_NAMES.map((service, index) => {
    const PORT = String(ports[index]);
    targets[service] = `http://${HOST}:${PORT}`;
    const env = { ...environmentOf(service, { ...settings, PORT }), ...LOCAL_CREDENTIALS };
    return [service, startService(service, env, readLog)];
  });
  return Object.fromEntries(processes);
}

/** Exactly what the contract gives a service. */
function environmentOf(service: ServiceName, settings: Record<string, string>): Record<string, string> {
  const names: readonly (keyof Environment)[] = SERVICE_ENVIRONMENT[service];
  const given = names.filter((name) => settings[name] !== undefined).map((name) => [name, String(settings[name])]);
  return Object.fromEntries(given);
}
