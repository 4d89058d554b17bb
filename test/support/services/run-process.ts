import { setTimeout as sleep } from 'node:timers/promises';
import { run, type StopOptions } from '../../../shared/runtime/run.ts';

/** What the service of this process does besides waiting for its end. */
export interface Behaviour {
  /** Seconds that its start, and its stop, take. */
  startSeconds?: number;
  stopSeconds?: number;
  stopFails?: boolean;
  graceSeconds?: number;
  /** Asked for while it starts, one after the other. */
  requests?: [reason: string, options?: StopOptions][];
}

/** A service that does nothing, with the behaviour in its first argument. It requests its end with each message from its parent. */
const behaviour: Behaviour = JSON.parse(process.argv[2] ?? '{}');

await run(
  'download',
  async (_config, logger, requestStop) => {
    const idle = setInterval(() => undefined, 1000);
    for (const request of behaviour.requests ?? []) requestStop(...request);
    process.on('message', (request: Parameters<typeof requestStop>) => requestStop(...request));
    await sleep((behaviour.startSeconds ?? 0) * 1000);
    return async (options) => {
      logger.info({ options }, 'stop is called');
      await sleep((behaviour.stopSeconds ?? 0) * 1000);
      if (behaviour.stopFails) throw new Error('no');
      clearInterval(idle);
    };
  },
  behaviour.graceSeconds ?? 10,
);
