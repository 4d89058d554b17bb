import type { Environment } from '../../shared/contracts/environment.ts';
import { QUEUE_TIMING } from '../../shared/contracts/queue-timing.ts';
import { createMetadataClient, type InstanceMetadata } from '../../shared/runtime/clients.ts';
import { CLOCK, type Clock } from '../../shared/runtime/clock.ts';
import type { Logger } from '../../shared/runtime/logger.ts';
import type { RequestStop } from '../../shared/runtime/run.ts';

/** EC2's notice that it interrupts this spot instance. */
export interface SpotNotice {
  /** `terminate`, `stop` or `hibernate`. */
  action: string;
  deadline: Date;
}

interface SpotWatch {
  /** Called once at most. */
  onNotice: (notice: SpotNotice) => void;
  logger: Logger;
  clock?: Clock;
}

/** AWS's advice: https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/spot-instance-termination-notices.html */
const INTERVAL_MS = 5_000;

/** Kept from the time before the deadline for the last answers of SQS and DynamoDB. */
const LAST_ANSWERS_SECONDS = 10;

/** Seconds that the work in hand may still take, from 0 to what a drain takes otherwise, when the instance ends at `deadline`. */
export function drainSecondsUntil(deadline: Date, now: Date): number {
  const left = (deadline.getTime() - now.getTime()) / 1000 - LAST_ANSWERS_SECONDS;
  return Math.min(QUEUE_TIMING.drainSeconds, Math.max(0, left));
}

/**
 * Looks for the notice that this spot instance is to be interrupted, which comes two minutes before, until it is there or the watch is
 * stopped. A metadata service that does not answer, or not in its form, is logged once and asked again.
 */
export function watchSpotNotice(metadata: InstanceMetadata, options: SpotWatch): { stop(): void } {
  const stopped = new AbortController();
  void watch(metadata, options, stopped.signal);
  return { stop: () => stopped.abort() };
}

/** Has the worker end in time when its spot instance is to go; watches for nothing where there is no such notice. */
export function stopOnSpotNotice(
  config: Pick<Environment, 'SPOT_NOTICE' | 'AWS_EC2_METADATA_SERVICE_ENDPOINT'>,
  { logger, requestStop }: { logger: Logger; requestStop: RequestStop },
): { stop(): void } {
  if (config.SPOT_NOTICE === 'off') return { stop: () => undefined };
  const onNotice = ({ action, deadline }: SpotNotice) =>
    requestStop(`spot ${action}`, { drainSeconds: drainSecondsUntil(deadline, new Date()) });
  return watchSpotNotice(createMetadataClient(config), { logger, onNotice });
}

async function watch(metadata: InstanceMetadata, options: SpotWatch, stopped: AbortSignal): Promise<void> {
  const { onNotice, logger, clock = CLOCK } = options;
  let isFailing = false;
  while (!stopped.aborted) {
    try {
      const notice = parseNotice(await metadata.read('spot/instance-action'));
      if (isFailing) logger.info('spot interruption notices can be read again');
      isFailing = false;
      if (notice && !stopped.aborted) return onNotice(notice);
    } catch (err) {
      if (!isFailing) logger.warn({ err }, 'spot interruption notices cannot be read, only SIGTERM tells of them');
      isFailing = true;
    }
    await clock.pause(INTERVAL_MS, stopped).catch(() => undefined);
  }
}

function parseNotice(text: string | undefined): SpotNotice | undefined {
  if (text === undefined) return undefined;
  const { action, time }: { action?: unknown; time?: unknown } = JSON.parse(text);
  const deadline = new Date(String(time));
  if (typeof action !== 'string' || Number.isNaN(deadline.getTime())) throw new Error(`not a spot notice: ${text}`);
  return { action, deadline };
}
