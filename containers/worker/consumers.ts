import { setMaxListeners } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { Consumer } from 'sqs-consumer';
import { QUEUE_TIMING, retryDelaySeconds } from '../../shared/contracts/queue-timing.ts';
import {
  countRequests,
  openRequestLedger,
  otherRequests,
  type RequestLedger,
} from '../../shared/runtime/aws-requests.ts';
import type { Logger } from '../../shared/runtime/logger.ts';
import { type Message, type ProcessingQueue, releaseMessage } from '../../shared/storage/queues/processing-queue.ts';
import type { TaskProtection } from './task-protection.ts';

/** A message as it was received this time. */
export interface Delivery {
  body: string;
  receiveCount: number;
  /** When it was sent first, milliseconds since 1970. */
  sentAt: number;
  /** Aborted when another worker may have the message: nothing may be written any more. */
  lost: AbortSignal;
  /** Aborted when the worker is to end: what is being made may be finished, nothing new begun. */
  stopping: AbortSignal;
  /** The requests to AWS that were made for the message: from the receive that brought it to the one that ends it, with all renewals between. */
  requests: RequestLedger;
  /** Calls a function when SQS has answered what became of the message. */
  onEnd(listener: () => void): void;
}

/** Works on a message; resolves when it is done, and rejects when it must come again. */
export type MessageHandler = (delivery: Delivery) => Promise<void>;

export interface Consumers {
  /** Stops receiving, waits for messages under way, and releases at once those that are not done by then. */
  drain(seconds: number): Promise<void>;
}

interface ConsumerOptions {
  queue: ProcessingQueue;
  concurrency: number;
  process: MessageHandler;
  /** Called for every message that is held. */
  protection: TaskProtection;
  logger: Logger;
}

type SlotOptions = Omit<ConsumerOptions, 'concurrency'> & { stopping: AbortSignal };

interface Held {
  message: Message;
  lost: AbortController;
  /** Settles when the work on it has ended. */
  work: Promise<void>;
  onEnd(): void;
}

/** The reason with which messages under way go back to the queue when a worker ends. */
const ENDED = new Error('The worker ends.');

/** For work that has lost its message to write what it has cost, of the 10 s that a worker has beside its drain. */
const LAST_WRITES_MS = 2_000;

/** Pause before the next receive after one that failed, so that an unreachable queue is not asked in a hot loop. */
const FAILED_RECEIVE_PAUSE_MS = 2_000;

/** Consumers of one message each, as many as messages are to be worked on at once: with larger batches the slowest message holds up all. */
export function startConsumers({ concurrency, ...options }: ConsumerOptions): Consumers {
  const stopping = new AbortController();
  // Each of them listens, and Node would warn of the eleventh.
  setMaxListeners(0, stopping.signal);
  const slots = Array.from({ length: concurrency }, () => startConsumer({ ...options, stopping: stopping.signal }));
  return {
    async drain(seconds) {
      stopping.abort(ENDED);
      await Promise.race([
        Promise.all(slots.map((slot) => slot.stop())),
        sleep(seconds * 1000, undefined, { ref: false }),
      ]);
      await Promise.all(slots.map((slot) => slot.release()));
    },
  };
}

interface Slot {
  stop(): Promise<void>;
  release(): Promise<void>;
}

function startConsumer({ queue, process, protection, logger, stopping }: SlotOptions): Slot {
  /** The message in hand, until SQS has answered what became of it. */
  let held: Held | undefined;
  const pause = pauseAfterFailure(stopping);
  const receiver = protection.receiver();
  const requests = openRequestLedger();
  const consumer = Consumer.create({
    queueUrl: queue.queueUrl,
    sqs: queue.sqs,
    batchSize: 1,
    waitTimeSeconds: QUEUE_TIMING.waitTimeSeconds,
    visibilityTimeout: QUEUE_TIMING.visibilityTimeoutSeconds,
    heartbeatInterval: QUEUE_TIMING.heartbeatSeconds,
    messageSystemAttributeNames: ['ApproximateReceiveCount', 'SentTimestamp'],
    strictReturn: true,
    preReceiveMessageCallback: async () => {
      await pause.wait();
      await receiver.admission(stopping);
      // A receive that brought nothing belongs to no message.
      otherRequests.add(requests.take());
    },
    terminateVisibilityTimeout: ([message]) => (stopping.aborted ? 0 : retryDelaySeconds(receiveCount(message))),
    handleMessage: async (message) => {
      const lost = held?.lost.signal ?? new AbortController().signal;
      const sentAt = Number(message.Attributes?.SentTimestamp) || Date.now();
      const work = process({
        body: message.Body ?? '',
        receiveCount: receiveCount(message),
        sentAt,
        lost,
        stopping,
        requests,
        onEnd(listener) {
          if (held) held.onEnd = listener;
          else listener();
        },
      });
      if (held) held.work = work;
      await work;
      // Returning the message is what acknowledges it (sqs-consumer since version 14).
      return message;
    },
  });
  consumer.on('message_received', (message) => {
    held = { message, lost: new AbortController(), work: Promise.resolve(), onEnd: () => undefined };
    receiver.hold();
  });
  consumer.on('response_processed', () => {
    held?.onEnd();
    held = undefined;
    receiver.release();
  });
  consumer.on('error', (err, message) => {
    // An error about the message in hand is a heartbeat that failed: the lease is as good as gone.
    if (message) held?.lost.abort(err);
    else pause.note(true);
    if (!stopping.aborted) logger.warn({ err }, 'queue');
  });
  for (const event of ['message_received', 'empty'] as const) consumer.on(event, () => pause.note(false));
  consumer.on('processing_error', (err) => {
    const cause = err.cause ?? err;
    if (cause === ENDED) logger.info({ reason: ENDED.message }, 'message comes again');
    else logger.warn({ err: cause }, 'message comes again');
  });
  // All that the consumer does from here on counts, until it is stopped.
  countRequests(requests, () => consumer.start());

  return {
    /** Ends at once between messages, where a long poll would otherwise be waited for; with one in hand, when it is done. */
    async stop() {
      consumer.stop({ abort: held === undefined });
      while (consumer.status.isPolling) await sleep(20);
      otherRequests.add(requests.take());
    },
    async release() {
      if (!held) return;
      held.lost.abort(ENDED);
      const { message, work } = held;
      await countRequests(requests, () => releaseMessage(queue, message)).catch((err: unknown) =>
        logger.warn({ err }, 'message not released'),
      );
      // How it ends is logged by the consumer.
      await Promise.race([work.catch(() => undefined), sleep(LAST_WRITES_MS, undefined, { ref: false })]);
    },
  };
}

/** Waits before a receive if the one before failed, so that an unreachable queue is not asked in a hot loop. */
function pauseAfterFailure(stopping: AbortSignal) {
  let failed = false;
  return {
    note: (hasFailed: boolean) => {
      failed = hasFailed;
    },
    wait: async () => {
      if (failed) await sleep(FAILED_RECEIVE_PAUSE_MS, undefined, { signal: stopping }).catch(() => undefined);
    },
  };
}

const receiveCount = (message: Message | undefined): number =>
  Number(message?.Attributes?.ApproximateReceiveCount) || 1;
