/**
 * The clock of the processing queue: one decision in several numbers. test/shared/contracts/queue-timing.test.ts keeps their
 * inequalities.
 */
export const QUEUE_TIMING = {
  /** How long a received message stays hidden unless the heartbeat renews it: what a killed worker's message waits at most. */
  visibilityTimeoutSeconds: 30,
  /** How often a worker renews; the SDK tries each renewal three times. One that fails all the same has the work given up, before the lease is. */
  heartbeatSeconds: 10,
  /** Long polling; SQS's maximum. */
  waitTimeSeconds: 20,
  /** Time that all commands of a rendition may take together. */
  processingTimeoutSeconds: 60,
  /** Time of image processes that all renditions of a message may take together, each time it is received: 20 renditions of 15 s each, or five that take all they may. */
  messageTimeoutSeconds: 300,
  /** Decodes that are begun for a rendition before it counts as what brings the worker down. */
  maxAttempts: 5,
  /** Receives before SQS moves a message to the dead-letter queue. More than attempts, so that the record says `failed` first. */
  maxReceiveCount: 8,
  /** What a worker waits for the renditions in hand after SIGTERM, before it gives their messages back; inside the two minutes of a spot interruption notice, as ECS's stopTimeout must be. */
  drainSeconds: 90,
  /**
   * How often a worker that is never idle lets its task go, so that a deployment or a scale-in can end it: what a deployment waits for at most,
   * beside the message in hand. Of this and the next, a twentieth of the workers' time is lost while they are busy.
   */
  letGoEverySeconds: 20 * 60,
  /** How long it then receives nothing, unprotected. ECS says nowhere how soon it acts: a minute is a guess, to be looked at in a real account. */
  letGoSeconds: 60,
  /** SQS's maximum, so that a weekend with a broken worker loses nothing. */
  messageRetentionSeconds: 14 * 24 * 60 * 60,
} as const;

const LONGEST_DELAY_SECONDS = 60;

/** Seconds until a message that failed for a passing reason is tried again: doubling from 2, one minute at most. */
export const retryDelaySeconds = (receiveCount: number): number =>
  Math.min(LONGEST_DELAY_SECONDS, 2 ** Math.max(1, receiveCount));

/** Seconds that a message is hidden at most, by whoever has it or until it is tried again. */
export const LONGEST_HIDDEN_SECONDS = Math.max(LONGEST_DELAY_SECONDS, QUEUE_TIMING.visibilityTimeoutSeconds);
