import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type Environment, SERVICE_ENVIRONMENT } from '../../shared/contracts/environment.ts';
import { deadLetterQueueOf } from '../../shared/contracts/names.ts';
import { SERVICE_NAMES, type ServiceName } from '../../shared/contracts/services.ts';
import type { Durability } from '../../shared/storage/objects/durability.ts';
import { discardIncoming, storeFolders } from '../../shared/storage/objects/file-object-store.ts';
import { CommandError } from '../command-line.ts';
import type { Targets } from '../gateway.ts';
import { packageVersion } from '../release/package-version.ts';
import { makeDataFolder, objectsFolder, TABLE_NAME } from './data-folder/data-folder.ts';
import { isServed, lockFolder } from './data-folder/folder-lock.ts';
import { readOrCreateLinkKeys } from './data-folder/link-keys.ts';
import { makeFolders } from './data-folder/make-folders.ts';
import { inspectPreviousRun, type PreviousRun } from './data-folder/previous-run.ts';
import { removeStackSettings, writeStackSettings } from './data-folder/stack-settings.ts';
import { type EmulatorName, LOCAL_CREDENTIALS, LOCAL_REGION, queueUrlAt } from './emulators/emulators.ts';
import type { Endpoints } from './emulators/provision.ts';
import { freePort } from './free-port.ts';
import { HOST, listenOn } from './loopback.ts';
import {
  type LogReader,
  type SupervisedProcess,
  startEmulator,
  startGateway,
  startService,
} from './supervised-process.ts';

const QUEUE_NAME = 'processing';

/**
 * Milliseconds that a program has to end before it is killed. For a service that costs nothing but a repetition. An emulator writes its log
 * into its database then, for which a slow disk takes its time; killed, it leaves the log, and whoever copies the one without the other has half.
 */
const STOP_GRACE_MS = { service: 4_000, emulator: 30_000 };

export interface LocalStack {
  /** The URL of the gateway, which serves everything. */
  url: string;
  /** The URLs of the services behind it. */
  targets: Targets;
  /** The environment that the services share. */
  settings: Record<string, string>;
  /** The process of a service. */
  pidOf(service: ServiceName): number;
  /** All of them; this one only keeps them running. */
  processes: readonly SupervisedProcess[];
  /** How the previous run on the folder ended. */
  previousRun: PreviousRun;
  /** Stops everything; changes under way have `drainMs` to end, or no time. */
  stop(drainMs?: number): Promise<void>;
}

export interface StackOptions {
  port: number;
  folder: string;
  logLevel: string;
  /** Whose web pages may use the API. */
  corsOrigins?: string[];
  /** Host names that it answers to beside those of this machine. */
  allowedHosts?: string[];
  readLog: LogReader;
  /** Takes tokens of an issuer of its own, for which `npm run token` signs them. */
  hasIssuer?: boolean;
  /** Keeps table and queue in memory, where what they cost on a disk is not to be measured. */
  isEphemeral?: boolean;
  /** What an answer promises for stored bytes. */
  durability?: Durability;
  /** Settings of the services beside or instead of the usual. */
  settings?: Record<string, string>;
  /** Options of Node's for all processes, beside their own. */
  nodeOptions?: readonly string[];
  /** The service that a debugger may attach to, at Node's usual port. */
  inspected?: ServiceName | undefined;
}

/**
 * Starts everything on this machine, each in a process of its own that is started again when it ends: gateway, emulators, and the services' own
 * programs, with all data below `folder`.
 */
export async function startStack({
  port,
  folder,
  logLevel,
  readLog,
  corsOrigins = [],
  allowedHosts = [],
  hasIssuer = false,
  isEphemeral = false,
  durability = 'fsync',
  settings: given = {},
  nodeOptions = [],
  inspected,
}: StackOptions): Promise<LocalStack> {
  const started: { stop(drainMs: number): Promise<void> }[] = [];
  const stop = async (drainMs = 0) => {
    for (const part of started.toReversed()) await part.stop(drainMs);
  };
  try {
    const gatewayPort = await checkPort(port);
    started.push(await takeFolder(folder));
    const previousRun = await inspectPreviousRun(folder);
    const [endpoints, targets] = [await placeEmulators(), await placeServices()];
    const settings = {
      ...settingsFor(endpoints, folder),
      LINK_KEYS: await readOrCreateLinkKeys(folder),
      LOG_LEVEL: logLevel,
      CORS_ORIGINS: corsOrigins.join(','),
      ALLOWED_HOSTS: allowedHosts.join(','),
      DURABILITY: durability,
      ...given,
      ...(hasIssuer && (await settingsOfIssuer(folder))),
    };
    const emulators = startEmulators(endpoints, isEphemeral ? undefined : folder, { durability, nodeOptions });
    let hasTable = false;
    // Until this stack has the table, the settings may be those of another.
    const forgetSettings = async () => void (hasTable && (await removeStackSettings(folder)));
    started.push({ stop: () => stopAll(emulators, STOP_GRACE_MS.emulator) }, { stop: forgetSettings });
    const services = new Map<ServiceName, SupervisedProcess>();
    const start = (service: ServiceName) => {
      const options = service === inspected ? [...nodeOptions, '--inspect'] : nodeOptions;
      services.set(service, startService(service, environmentOf(service, targets, settings), readLog, options));
    };
    started.push({ stop: () => stopAll(services.values(), STOP_GRACE_MS.service) });
    // What is stored can be read as soon as the table answers; the others, which are more to load, do not delay that.
    start('download');
    const gateway = startGateway({ port: gatewayPort, targets, logLevel }, readLog, nodeOptions);
    started.push({ stop: (drainMs) => gateway.stop(drainMs) });
    // What is to be loaded for that is loaded while the others start.
    const { provision } = await import('./emulators/provision.ts');
    await allReady(emulators);
    hasTable = true;
    // Only now, when nobody else has the table, is what lies about in the folder known to be left over: a lock is a file, which somebody may remove.
    await discardIncoming(objectsFolder(folder));
    await provision(endpoints, { tableName: TABLE_NAME, queueName: QUEUE_NAME });
    await writeStackSettings(folder, { ...LOCAL_CREDENTIALS, ...settings });
    await allReady([gateway, ...services.values()]);
    for (const service of SERVICE_NAMES) if (!services.has(service)) start(service);
    await allReady(services.values());
    return {
      url: `http://${HOST}:${gatewayPort}`,
      targets,
      settings,
      pidOf: (service) => Number(services.get(service)?.pid()),
      processes: [gateway, ...emulators, ...services.values()],
      previousRun,
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

const settingsFor = ({ dynamoDbEndpoint, sqsEndpoint }: Endpoints, folder: string) => ({
  // Without a revision, because files of a checkout may differ from its commit.
  IMAGE_SERVICE_VERSION: packageVersion(),
  HOST,
  // Clients come through the gateway, which tells their addresses; only processes of this machine could do without it.
  TRUSTED_PROXIES: '1',
  AUTHENTICATION: 'off',
  AWS_REGION: LOCAL_REGION,
  AWS_ENDPOINT_URL_DYNAMODB: dynamoDbEndpoint,
  AWS_ENDPOINT_URL_SQS: sqsEndpoint,
  PROCESSING_QUEUE_URL: queueUrlAt(sqsEndpoint, QUEUE_NAME),
  DEAD_LETTER_QUEUE_URL: queueUrlAt(sqsEndpoint, deadLetterQueueOf(QUEUE_NAME)),
  IMAGE_TABLE_NAME: TABLE_NAME,
  OBJECT_STORE_URL: pathToFileURL(objectsFolder(folder)).href,
  WORK_DIRECTORY: join(folder, 'work'),
  AUDIT_LOG_FILE: join(folder, 'audit.log'),
  // One for this start, so that part URLs survive a service that is started again.
  PART_URL_SECRET: randomBytes(32).toString('base64url'),
});

async function settingsOfIssuer(folder: string) {
  const { issuersOf, readOrCreateIssuer } = await import('./data-folder/issuer.ts');
  return { AUTHENTICATION: 'on', JWT_ISSUERS: issuersOf(await readOrCreateIssuer(folder)) };
}

/** The port, or for 0 one that is free; a sentence if it cannot be had, before anything is started. */
async function checkPort(port: number): Promise<number> {
  if (port === 0) return freePort();
  const server = createServer();
  await listenOn(server, port);
  server.close();
  await once(server, 'close');
  return port;
}

async function prepareFolder(folder: string): Promise<void> {
  try {
    makeFolders(folder);
    makeDataFolder(objectsFolder(folder));
    // What the store would end by when it opens. Those that are not there it makes itself.
    for (const each of storeFolders(objectsFolder(folder))) if (existsSync(each)) makeDataFolder(each);
    for (const each of [folder, objectsFolder(folder)]) {
      await writeFile(join(each, 'writable'), '');
      await rm(join(each, 'writable'));
    }
  } catch (error) {
    if (error instanceof CommandError) throw error;
    const { code, path } = error as NodeJS.ErrnoException;
    const full = `The disk of the data folder ${folder} is full. Make room and start again; nothing that was stored is lost.`;
    if (code === 'ENOSPC' || code === 'EDQUOT') throw new CommandError(full);
    const where = path && dirname(path) === objectsFolder(folder) ? `, at ${objectsFolder(folder)},` : '';
    throw new CommandError(
      `The data folder ${folder}${where} cannot be written (${code}). Choose another: npm start -- --data FOLDER`,
    );
  }
}

/** Locks the folder for this stack. */
async function takeFolder(folder: string): Promise<{ stop(): Promise<void> }> {
  await prepareFolder(folder);
  const unlock = (await isServed(folder)) ? undefined : lockFolder(folder);
  if (!unlock) {
    throw new CommandError(
      `The data folder ${folder} is in use by another npm start or npm run verify. Stop it, or choose: npm start -- --data FOLDER`,
    );
  }
  return { stop: async () => unlock() };
}

/** Chooses the endpoints of the emulators. */
async function placeEmulators(): Promise<Endpoints> {
  const [dynamoDb, sqs] = await Promise.all([freePort(), freePort()]);
  return { dynamoDbEndpoint: `http://${HOST}:${dynamoDb}`, sqsEndpoint: `http://${HOST}:${sqs}` };
}

function startEmulators(
  { dynamoDbEndpoint, sqsEndpoint }: Endpoints,
  folder: string | undefined,
  { durability, nodeOptions }: Required<Pick<StackOptions, 'durability' | 'nodeOptions'>>,
): SupervisedProcess[] {
  const env = { ...LOCAL_CREDENTIALS, DURABILITY: durability };
  const start = (name: EmulatorName, endpoint: string) =>
    startEmulator(name, { port: Number(new URL(endpoint).port), folder, env, moreOptions: nodeOptions });
  return [start('dynamodb', dynamoDbEndpoint), start('sqs', sqsEndpoint)];
}

const stopAll = async (processes: Iterable<SupervisedProcess>, graceMs: number): Promise<void> =>
  void (await Promise.all(Array.from(processes, (process) => process.stop(graceMs))));

async function allReady(processes: Iterable<SupervisedProcess>): Promise<void> {
  await Promise.all(Array.from(processes, (process) => process.ready())).catch((error: Error) => {
    throw new CommandError(`${error.message}; its reason stands above.`);
  });
}

/** Chooses the URLs of the services. */
async function placeServices(): Promise<Record<ServiceName, string>> {
  const ports = await Promise.all(SERVICE_NAMES.map(() => freePort()));
  const places = SERVICE_NAMES.map((service, index) => [service, `http://${HOST}:${ports[index]}`] as const);
  return Object.fromEntries(places) as Record<ServiceName, string>;
}

/** Exactly what the contract gives a service, and what its SDK signs with. */
function environmentOf(
  service: ServiceName,
  targets: Record<ServiceName, string>,
  settings: Record<string, string>,
): Record<string, string> {
  const names: readonly (keyof Environment)[] = SERVICE_ENVIRONMENT[service];
  const all: Record<string, string> = { ...settings, PORT: new URL(targets[service]).port };
  const given = names.filter((name) => all[name] !== undefined).map((name) => [name, String(all[name])]);
  return { ...Object.fromEntries(given), ...LOCAL_CREDENTIALS };
}
