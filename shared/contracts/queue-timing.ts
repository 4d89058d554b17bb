/**
 * The timing of the processing queue. These numbers depend on each other; test/shared/contracts/queue-timing.test.ts checks the
 * inequalities between them.
 */
export const QUEUE_TIMING = {
  /** How long a received message stays hidden unless the heartbeat renews it. The message of a killed worker waits at most this long. */
  visibilityTimeoutSeconds: 30,
  /** The interval at which a worker renews its lease; the SDK tries each renewal three times. If one fails nevertheless, the work is abandoned before the lease ends. */
  heartbeatSeconds: 10,
  /** Long polling; SQS's maximum. */
  waitTimeSeconds: 20,
  /** The time for all commands of a rendition together. */
  processingTimeoutSeconds: 60,
  /** The time of image processes for all renditions of a message together, each time it is received: 20 renditions of 15 s each, or five of the longest. */
  messageTimeoutSeconds: 300,
  /** The number of attempts at a rendition after which it is taken to crash the worker. */
  maxAttempts: 5,
  /** Receives before SQS moves a message to the dead-letter queue. It is larger than `maxAttempts`, so that the record says `failed` first. */
  maxReceiveCount: 8,
  /** How long a worker goes on with its renditions after SIGTERM before it releases their messages. It must be within the two minutes of a spot interruption notice, as ECS's stopTimeout must. */
  drainSeconds: 90,
  /**
   * How often a worker that is never idle gives up the protection of its task, so that a deployment or a scale-in can end it. A deployment waits at most this long,
   * and for the current message. Together with the next figure, it costs busy workers a twentieth of their time.
   */
  unprotectEverySeconds: 20 * 60,
  /** How long the worker then receives nothing, unprotected. ECS does not document how soon it acts: a minute is a guess, to be verified in a real account. */
  unprotectedSeconds: 60,
  /** SQS's maximum, so that a weekend with a broken worker loses nothing. */
  messageRetentionSeconds: 14 * 24 * 60 * 60,
} as const;

const LONGEST_DELAY_SECONDS = 60;

/** Seconds until a message is tried again after a temporary failure: from 2, doubling, at most one minute. */
export const retryDelaySeconds = (receiveCount: number): number =>
  Math.min(LONGEST_DELAY_SECONDS, 2 ** Math.max(1, receiveCount));

/** The most seconds that a message is hidden, by a worker that holds it or until it is tried again. */
export const LONGEST_HIDDEN_SECONDS = Math.max(LONGEST_DELAY_SECONDS, QUEUE_TIMING.visibilityTimeoutSeconds);
