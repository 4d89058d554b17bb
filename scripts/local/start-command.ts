import { resolve } from 'node:path';
import { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { inspect } from 'node:util';
import { ENVIRONMENT, type Environment, LOG_LEVELS } from '../../shared/contracts/environment.ts';
import { SERVICE_NAMES } from '../../shared/contracts/services.ts';
import { LOCAL_OWNER, SCOPES } from '../../shared/domain/principal.ts';
import { ConfigError } from '../../shared/runtime/config.ts';
import { connectionLimits } from '../../shared/runtime/open-files.ts';
import { CommandError, readArguments, runCommand, WrongUse } from '../command-line.ts';
import { checkOpenFolder, readAuthentication } from './authentication.ts';
import { closeFolders } from './data-folder/close-folders.ts';
import { DATA_FOLDER } from './data-folder/data-folder.ts';
import type { PreviousRun } from './data-folder/previous-run.ts';
import { openDroppingLog, waitUntilFlushed } from './dropping-log.ts';
import { LOCAL_CREDENTIALS } from './emulators/emulators.ts';
import { DRAIN_MS } from './loopback.ts';
import { printableLines } from './printable-log.ts';
import { startStack } from './stack.ts';
import type { LogReader } from './supervised-process.ts';

/** Settings of the services that say who may see an image. A service that refuses one says why. */
const HANDED_ON = [
  'DEFAULT_VISIBILITY',
  'MODERATION',
  'MODERATION_WEBHOOK_URL',
  'MODERATION_WEBHOOK_SECRET',
  'ORIGINAL_METADATA',
  'OWNER_LIMITS',
  'SVG_SANITIZING',
  'TRANSFORMATIONS',
] as const satisfies (keyof Environment)[];

const HELP = `npm start [-- OPTIONS]
Runs the whole image service on this machine: uploads, workers, downloads.

  --port PORT    port of the one URL for everything, on 127.0.0.1 only   (8080)
  --data FOLDER  where images, metadata and queue are kept               (./data)
  --cors ORIGIN  lets web pages of that origin use the API; may be repeated, * for all
  --allow-host NAME  answers to that name too, where a proxy is before it; may be repeated
  --durability fsync|os  what an answer promises of what is stored: that it is on the disk, or that it
                 survives the end of the process and perhaps no power cut   (fsync)
  --heic         takes HEIC and HEIF too, as phones make them; off, because HEVC, in which they are
                 encoded, is patented: whoever turns it on answers for the licences
  --auth         asks every caller for a token, and prints one that may do everything for 12 hours;
                 npm run token makes others, also of other owners. Images are private then, and public
                 ones lose personal metadata, public SVGs what could act, before they are stored
  --log LEVEL    debug, info, warn, error or silent                      (info)
  --watch        starts a service again when a file of it changes, and all of them for one in shared/;
                 what is in scripts/ counts from the next start on
  --inspect SERVICE  lets a debugger attach to that service, at 127.0.0.1:9229:
                 ${SERVICE_NAMES.join(', ')}
  --help         this text

With AUTHENTICATION=on in the environment, every call needs a key, as the header Authorization: Bearer KEY; npm run api-key -- create makes
keys of owners. API_KEYS, SHA-256 digests of keys of the owner local, and JWT_ISSUERS, issuers of tokens, turn it on too. Without all of
these and --auth, whoever is on this machine may call; a folder that was used with --auth is opened so only by AUTHENTICATION=off.
docs/authentication.md says more.

These settings in the environment are handed on to the services, whose pages in docs/ say what they take:
  ${HANDED_ON.join('\n  ')}

Ctrl-C stops everything; the next start goes on where it was.
Exit status 1 if something keeps it from running, 2 for wrong use.
`;

/** Whoever asks for tokens has images of others: what everybody may see tells nothing of them, and does nothing to whoever looks at it. */
const WITH_AUTH = { ORIGINAL_METADATA: 'strip-public', SVG_SANITIZING: 'public' } as const;

function readOptions() {
  const { values } = readArguments(HELP, {
    options: {
      port: { type: 'string', default: '8080' },
      data: { type: 'string', default: DATA_FOLDER },
      cors: { type: 'string', multiple: true, default: [] },
      'allow-host': { type: 'string', multiple: true, default: [] },
      durability: { type: 'string', default: 'fsync' },
      heic: { type: 'boolean', default: false },
      auth: { type: 'boolean', default: false },
      log: { type: 'string', default: 'info' },
      watch: { type: 'boolean', default: false },
      inspect: { type: 'string' },
    },
  });
  const port = Number(values.port);
  if (!/^\d+$/.test(values.port) || port > 65_535) {
    throw new WrongUse(`--port takes a number up to 65535, not ${values.port || 'nothing'}.`);
  }
  if (!values.data) throw new WrongUse('--data takes a folder, not nothing.');
  if (!LOG_LEVELS.some((level) => level === values.log)) {
    throw new WrongUse(`--log takes ${LOG_LEVELS.join(', ')}, not ${values.log || 'nothing'}.`);
  }
  const { durability } = values;
  if (durability !== 'fsync' && durability !== 'os')
    throw new WrongUse(`--durability takes fsync or os, not ${durability || 'nothing'}.`);
  const corsOrigins = values.cors;
  if (corsOrigins.length > 0 && ENVIRONMENT.CORS_ORIGINS.validate(corsOrigins.join(',')).error) {
    throw new WrongUse(
      `--cors takes an origin such as http://localhost:5173, not ${corsOrigins.join(', ') || 'nothing'}.`,
    );
  }
  const allowedHosts = values['allow-host'];
  if (allowedHosts.length > 0 && ENVIRONMENT.ALLOWED_HOSTS.validate(allowedHosts.join(',')).error) {
    throw new WrongUse(
      `--allow-host takes a name without a port, such as images.test, not ${allowedHosts.join(', ') || 'nothing'}.`,
    );
  }
  const inspected = SERVICE_NAMES.find((name) => name === values.inspect);
  if (values.inspect !== undefined && !inspected)
    throw new WrongUse(`--inspect takes ${SERVICE_NAMES.join(', ')}, not ${values.inspect || 'nothing'}.`);
  const folder = resolve(values.data);
  const handedOn: Partial<Record<(typeof HANDED_ON)[number], string>> = Object.fromEntries(
    HANDED_ON.flatMap((name) => (process.env[name] ? [[name, process.env[name]]] : [])),
  );
  const settings = {
    HEIC: values.heic ? 'on' : 'off',
    ...(values.auth && WITH_AUTH),
    ...handedOn,
    ...readAuthentication(process.env),
  };
  if (values.auth && settings.JWT_ISSUERS)
    throw new WrongUse('--auth makes an issuer of its own, and JWT_ISSUERS names others: take one of the two.');
  return {
    port,
    folder,
    logLevel: values.log,
    corsOrigins,
    allowedHosts,
    durability,
    settings,
    hasIssuer: values.auth,
    isWatching: values.watch,
    inspected,
  } as const;
}

/** A picture to try with; the commands work as they are, from any folder. */
const SAMPLE = fileURLToPath(new URL('../../docs/sample.jpg', import.meta.url));

const NEEDS_KEY = `
Callers need a key or a token (docs/authentication.md). Put yours into the variable KEY, for the commands here.
`;

const needsToken = (token: string) => `
Callers need a token. This one may do everything as the owner local for 12 hours; npm run token makes others:

  KEY=${token}
`;

/** What callers must have, if there is anything. */
async function needs({ hasIssuer, folder, settings }: ReturnType<typeof readOptions>): Promise<string> {
  if (!hasIssuer) return settings.AUTHENTICATION === 'on' ? NEEDS_KEY : '';
  const { readOrCreateIssuer, signToken } = await import('./data-folder/issuer.ts');
  const request = { owner: LOCAL_OWNER, scopes: SCOPES, lifetimeMs: TOKEN_MS };
  return needsToken(await signToken(await readOrCreateIssuer(folder), request));
}

const TOKEN_MS = 12 * 3_600_000;

/** How callers send what they must have, if there is anything. */
const asking = (needed: string): string => (needed ? 'curl -sS -H "Authorization: Bearer $KEY"' : 'curl -sS');

/** A step before the download, where nobody gets the bytes of a new image until somebody has decided on it. */
const approval = (url: string, needed: string, moderation = 'off'): string =>
  moderation === 'off'
    ? ''
    : `
Approve it, because new images wait for a decision (MODERATION=${moderation}, docs/operating.md):

  ${asking(needed)} -X PUT -H 'Content-Type: application/json' -d '{"decision": "approved"}' ${url}/v1/images/$id/moderation
`;

const banner = (
  url: string,
  folder: string,
  { needed, moderation }: { needed: string; moderation?: string | undefined },
) => {
  const asks = asking(needed);
  return `
The image service is ready at ${url}
${needed}
Upload a photograph and ask for a rendition:

  id=$(${asks} -F 'file=@${SAMPLE}' -F 'renditions=["thumb"]' ${url}/v1/images | sed 's/.*"imageId":"\\([^"]*\\)".*/\\1/')
${approval(url, needed, moderation)}
Download the rendition, as soon as it is ready:

  while [ "$(${asks} -o thumb.webp -w '%{http_code}' ${url}/v1/images/$id/renditions/thumb)" = 202 ]; do sleep 0.2; done

Documentation: ${url}/docs   Data: ${folder}   Stop: Ctrl-C

`;
};

/** Fields that the sentence of a line already says, or that a person at a terminal does not need. */
const UNSHOWN =
  'time,level,pid,hostname,service,requestId,operation,remoteAddress,checksumSha256,key,method,path,status,durationMs';

/** `sync-upload POST /v1/images 201 12 ms`; other lines keep their message. */
const sentence = ({ service, msg, method, path, status, durationMs, rendition }: Record<string, unknown>): string => {
  const what = method ? `${method} ${path} ${status ?? 'disconnected'}` : `${msg}${rendition ? ` ${rendition}` : ''}`;
  return `${service} ${what}${durationMs === undefined ? '' : ` ${durationMs} ms`}`;
};

/** Milliseconds that a reader has for the last lines. */
const LAST_LINES_MS = 1_000;

const openSink = openDroppingLog(process.stdout);

/** One readable line for each; `--log` says how much. */
const printPretty: LogReader = (_service, lines) => {
  const options = {
    ignore: `${UNSHOWN},rendition`,
    singleLine: true,
    // A pipe that nobody reads would hold up all that this process does, if it were written to as a file.
    destination: openSink(),
    errorLikeObjectKeys: ['err'],
    colorize: process.stdout.isTTY,
  };
  // What writes the lines is loaded while those who have something to say start.
  void import('pino-pretty').then(({ default: pretty }) =>
    Readable.from(printableLines(lines)).pipe(pretty({ ...options, messageFormat: sentence })),
  );
};

/** Says what looks lost, when everything runs already; that this fails is no reason to stop. */
async function reportUnrecordedOriginals(
  { suspectedSince: since }: PreviousRun,
  folder: string,
  until: Date,
): Promise<void> {
  if (!since) return;
  try {
    const { describeUnrecordedOriginals } = await import('./data-folder/unrecorded-originals.ts');
    process.stdout.write(`${await describeUnrecordedOriginals(folder, { since, until })}\n`);
  } catch (error) {
    process.stderr.write(`Whether originals have no record is not known: ${(error as Error).message}\n`);
  }
}

/** All that is started has the same limit, and would end by it one after the other. */
function checkOpenFiles(): void {
  try {
    connectionLimits();
  } catch (error) {
    throw error instanceof ConfigError ? new CommandError(error.message) : error;
  }
}

const STARTER_ENDED =
  'npm, which has started this, has ended; stopping too. docs/operating.md says how to keep it running.';

/** Acts when npm has ended: it puts a shell between itself and this process, which passes no signal on. */
function endWith(parent: number, act: () => void): void {
  const timer = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(timer);
    act();
  }, 500).unref();
}

const STOPPING = `Stopping, once the uploads under way have ended, in ${DRAIN_MS / 1000} s at most. Ctrl-C again: at once.`;

/** Milliseconds in which a signal that comes again is the same Ctrl-C: a terminal sends it to all, and npm passes its own on. */
const SAME_SIGNAL_MS = 500;

/** What signals do: the first has everything end in order, the next at once, which loses only what nobody was told is stored. */
function endOrHurry(end: (status: 0, options: { drainMs: number }) => Promise<void>): () => void {
  let first: number | undefined;
  return () => {
    if (first === undefined) void end(0, { drainMs: DRAIN_MS });
    else if (performance.now() - first > SAME_SIGNAL_MS) process.exit(0);
    first ??= performance.now();
  };
}

/** Runs until a signal comes. */
async function main(): Promise<void> {
  const read = readOptions();
  const { isWatching, ...options } = read;
  checkOpenFiles();
  const isOpen = !read.hasIssuer && read.settings.AUTHENTICATION === 'off';
  const opened = isOpen ? checkOpenFolder(options.folder, process.env) : undefined;
  // A terminal that is closed reads no more. To say so of each line would be another line, and another, for ever.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);
  Object.assign(process.env, LOCAL_CREDENTIALS);
  // All that is started has it from this process, and libraries that make files ask for no mode of their own.
  process.umask(0o077);
  for (const sentence of closeFolders(options.folder)) process.stderr.write(`${sentence}\n`);
  const startedAt = new Date();
  const stack = await startStack({ ...options, readLog: printPretty });
  if (isWatching) (await import('./restart-changed.ts')).restartChanged(stack.processes);
  for (const sentence of stack.previousRun.sentences) process.stdout.write(`${sentence}\n`);
  if (opened) process.stderr.write(`${opened}\n`);
  process.stdout.write(
    banner(stack.url, options.folder, { needed: await needs(read), moderation: read.settings.MODERATION }),
  );
  let stopping = false;
  const end = async (status: 0 | 1, { drainMs, reason }: { drainMs?: number; reason?: string } = {}) => {
    if (stopping) return;
    stopping = true;
    process.stdout.write(`\n${reason ?? STOPPING}\n`);
    await stack.stop(drainMs);
    await waitUntilFlushed(process.stdout, LAST_LINES_MS);
    process.exit(status);
  };
  // Requests of others are under way in the processes that end with this one.
  for (const event of ['uncaughtException', 'unhandledRejection'] as const) {
    process.on(event, (error: unknown) => {
      process.stderr.write(
        `Nobody caught an error; stopping: ${error instanceof Error ? error.stack : inspect(error)}\n`,
      );
      void end(1, { drainMs: DRAIN_MS });
    });
  }
  const signalled = endOrHurry(end);
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, signalled);
  void reportUnrecordedOriginals(stack.previousRun, options.folder, startedAt);
  if (process.env.npm_lifecycle_event)
    endWith(process.ppid, () => void end(0, { drainMs: DRAIN_MS, reason: STARTER_ENDED }));
}

await runCommand(main);
