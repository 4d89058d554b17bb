import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { flushCompileCache } from 'node:module';
import { SAFE_METHODS } from '../../shared/http/host-origin-check.ts';
import { createLoggerTo, output } from '../../shared/runtime/logger.ts';
import { connectionLimits } from '../../shared/runtime/open-files.ts';
import { onParentExit } from '../../shared/runtime/parent-process.ts';
import { runCommand, WrongUse } from '../command-line.ts';
import { createGateway, type Targets } from '../gateway.ts';
import { readAuthentication } from './authentication.ts';
import { DRAIN_MS, HOST, listenOn } from './loopback.ts';

/**
 * The gateway in a process of its own, so that its end is nobody else's: `node gateway-process.ts [HOST:]PORT LOG_LEVEL SERVICE=URL…`. It listens
 * beyond loopback, as it must in a container, only where the services behind it ask for keys. Ends at
 * SIGTERM once the changes under way have ended, for which whoever started it gives it time; and at once when that is gone.
 */
await runCommand(async () => {
  const [address = '', level = '', ...services] = process.argv.slice(2);
  const [, host = HOST, port] = /^(?:([\d.]+):)?(\d+)$/.exec(address) ?? [];
  if (!port || services.length === 0) throw new WrongUse('This takes a port, a log level, and services.');
  if (host !== HOST && readAuthentication(process.env).AUTHENTICATION === 'off')
    throw new WrongUse(`Without API_KEYS the gateway listens on ${HOST} only, not on ${host}.`);
  onParentExit(() => process.exit(0));
  const targets: Targets = Object.fromEntries(services.map((service) => service.split('=', 2)));
  const logger = createLoggerTo(output, 'gateway', level);
  const gateway = createGateway(targets, { logger, limits: { connections: connectionLimits(logger) } });
  await listenOn(gateway, Number(port), host);

  flushCompileCache();
  const changes = changesUnderWay(gateway);
  let stopping = false;
  const end = (status: 0 | 1) => {
    if (stopping) return;
    stopping = true;
    gateway.close(() => process.exit(status));
    const closeOthers = () => (changes.size > 0 ? gateway.closeIdleConnections() : gateway.closeAllConnections());
    closeOthers();
    setInterval(closeOthers, 100);
  };
  process.on('SIGTERM', () => end(0));
  // Other clients' requests are under way in this process.
  for (const event of ['uncaughtException', 'unhandledRejection'] as const) {
    process.on(event, (err: unknown) => {
      logger.fatal({ err }, 'nobody caught an error; the gateway stops');
      setTimeout(() => process.exit(1), DRAIN_MS);
      end(1);
    });
  }
});

/** The answers to come of requests that change something, uploads first of all. Others are asked again, and some last as long as somebody watches. */
function changesUnderWay(gateway: Server): ReadonlySet<ServerResponse> {
  const answers = new Set<ServerResponse>();
  for (const event of ['request', 'checkContinue'] as const) {
    gateway.prependListener(event, ({ method = '' }: IncomingMessage, response: ServerResponse) => {
      if (SAFE_METHODS.has(method)) return;
      answers.add(response);
      response.once('close', () => answers.delete(response));
    });
  }
  return answers;
}
