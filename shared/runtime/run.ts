import { flushCompileCache } from 'node:module';
import { inspect } from 'node:util';
import { currentRequest } from '../contracts/api/current-request.ts';
import type { Config } from '../contracts/environment.ts';
import { runningVersionOf } from '../contracts/running-version.ts';
import type { ServiceName } from '../contracts/services.ts';
import { ConfigError, loadConfig } from './config.ts';
import { createLogger, type Logger } from './logger.ts';
import { onParentExit } from './parent-process.ts';

const STOPPED = 'stopped';

export interface StopOptions {
  /** Seconds that the work under way has left, if they are fewer than usual. */
  drainSeconds?: number;
}

/** Stops a service: it takes no new work and finishes what is under way. */
export type Stop = (options: StopOptions) => Promise<void>;

/** Asks for the end of the service from inside, once it has started. Only the first request counts, signals included. */
export type RequestStop = (reason: string, options?: StopOptions) => void;

/** Puts a service together, starts it, and returns the function that stops it. */
export type Compose<S extends ServiceName> = (
  config: Config<S>,
  logger: Logger,
  requestStop: RequestStop,
) => Promise<Stop>;

/**
 * Runs a service until it is told to end, by SIGTERM, SIGINT or itself; at once when the process that started it is gone, where there
 * is a channel to that. An error that nobody caught ends it in the same order, with status 1: others may have work under way in it. A start
 * that fails is one sentence and exit status 1; work that does not end within `graceSeconds` is left. Does not return.
 */
export async function run<S extends ServiceName>(service: S, compose: Compose<S>, graceSeconds: number): Promise<void> {
  // When the process that started this one is gone, nobody reads the log; the work under way is safe to repeat.
  onParentExit(() => process.kill(process.pid, 'SIGKILL'));
  const asked = Promise.withResolvers<{ reason: string; options: StopOptions }>();
  const requestStop: RequestStop = (reason, options = {}) => asked.resolve({ reason, options });
  const { config, logger, stop } = await start(service, (config, logger) => compose(config, logger, requestStop));
  const uncaught = catchUncaught(logger, requestStop);
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => requestStop(signal));
  logger.info({ host: config.HOST, port: config.PORT, ...runningVersionOf(config) }, 'started');
  // Node writes its compile cache at exit, which a killed process never reaches.
  flushCompileCache();

  const { reason, options } = await asked.promise;
  logger.info({ reason, ...options }, 'stopping');
  const timer = setTimeout(() => exit(logger, 1, 'work did not end in time'), graceSeconds * 1000);
  await stop(options).catch((error: unknown) => exit(logger, 1, 'stopping failed', error));
  clearTimeout(timer);
  exit(logger, uncaught.count > 0 ? 1 : 0, STOPPED);
}

/** The last resort for uncaught errors. An error while the service stops is logged as well and changes nothing else. */
function catchUncaught(logger: Logger, requestStop: RequestStop): { readonly count: number } {
  const uncaught = { count: 0 };
  for (const event of ['uncaughtException', 'unhandledRejection'] as const) {
    process.on(event, (thrown: unknown) => {
      uncaught.count += 1;
      const err = thrown instanceof Error ? thrown : new Error(`Thrown: ${inspect(thrown)}`);
      logger.fatal({ err, requestId: currentRequest.getStore() }, 'nobody caught an error; the service stops');
      requestStop(event);
    });
  }
  return uncaught;
}

async function start<S extends ServiceName>(
  service: S,
  compose: (config: Config<S>, logger: Logger) => Promise<Stop>,
): Promise<{ config: Config<S>; logger: Logger; stop: Stop }> {
  try {
    const config = loadConfig(service);
    const logger = createLogger(service, config);
    const stop = await compose(config, logger);
    return { config, logger, stop };
  } catch (error) {
    process.stderr.write(`${explain(service, error)}\n`);
    process.exit(1);
  }
}

const UNWRITABLE = new Set(['EACCES', 'EROFS', 'EPERM', 'ENOTDIR', 'ENOENT']);

/** Describes a failed start in one sentence; only unforeseen errors come with their stack. */
function explain(service: ServiceName, error: unknown): string {
  const { code, path, port, message, stack } = error as NodeJS.ErrnoException & { port?: number };
  if (error instanceof ConfigError) return message;
  if (code === 'EADDRINUSE') return `${service} cannot start: port ${port} is in use. Set PORT to a free one.`;
  if (code && UNWRITABLE.has(code)) return `${service} cannot start: ${path ?? 'port'} is not writable.`;
  return `${service} cannot start: ${stack ?? message}`;
}

function exit(logger: Logger, status: 0 | 1, message: string, err?: unknown): void {
  if (message === STOPPED) logger.info(message);
  else logger.error({ err }, message);
  process.exit(status);
}
