import { flushCompileCache } from 'node:module';
import { loggerTo, output } from '../../shared/runtime/logger.ts';
import { connectionsWithin } from '../../shared/runtime/open-files.ts';
import { whenStarterIsGone } from '../../shared/runtime/starter.ts';
import { runCommand, WrongUse } from '../command-line.ts';
import { createGateway, type Targets } from '../gateway.ts';
import { DRAIN_MS, listenOn } from './listening.ts';

/**
 * The gateway in a process of its own, so that its end is nobody else's: `node gateway-process.ts PORT LOG_LEVEL SERVICE=URL…`. Ends at
 * SIGTERM once what is under way has ended, for which whoever started it gives it time; and at once when that is gone.
 */
await runCommand(async () => {
  const [port = '', level = '', ...services] = process.argv.slice(2);
  if (!/^\d+$/.test(port) || services.length === 0) throw new WrongUse('This takes a port, a log level, and services.');
  whenStarterIsGone(() => process.exit(0));
  const targets: Targets = Object.fromEntries(services.map((service) => service.split('=', 2)));
  const logger = loggerTo(output, 'gateway', level);
  const gateway = createGateway(targets, { logger, limits: { connections: connectionsWithin(logger) } });
  await listenOn(gateway, Number(port));

  flushCompileCache();
  let stopping = false;
  const end = (status: 0 | 1) => {
    if (stopping) return;
    stopping = true;
    gateway.close(() => process.exit(status));
    setInterval(() => gateway.closeIdleConnections(), 100);
  };
  process.on('SIGTERM', () => end(0));
  // What a terminal sends to all: whoever started all of them says when.
  for (const signal of ['SIGINT', 'SIGHUP'] as const) process.on(signal, () => undefined);
  // Requests of others are under way in this process.
  for (const event of ['uncaughtException', 'unhandledRejection'] as const) {
    process.on(event, (err: unknown) => {
      logger.fatal({ err }, 'nobody caught an error; the gateway stops');
      setTimeout(() => process.exit(1), DRAIN_MS);
      end(1);
    });
  }
});
