import { expect } from 'chai';
import { QUEUE_TIMING, retryDelaySeconds } from '../../../shared/contracts/queue-timing.ts';

const {
  visibilityTimeoutSeconds,
  heartbeatSeconds,
  waitTimeSeconds,
  processingTimeoutSeconds,
  messageTimeoutSeconds,
  maxAttempts,
  maxReceiveCount,
  drainSeconds,
  unprotectEverySeconds,
  unprotectedSeconds,
  messageRetentionSeconds,
} = QUEUE_TIMING;

/** ECS's longest stopTimeout, which is also the notice of a spot interruption. */
const STOP_TIMEOUT_SECONDS = 120;
/** SQS's own limits: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-messages.html */
const SQS = { waitTimeSeconds: 20, visibilityTimeoutSeconds: 12 * 60 * 60, messageRetentionSeconds: 14 * 24 * 60 * 60 };

describe('queue timing', () => {
  it('consists of positive integers', () => {
    for (const [name, value] of Object.entries(QUEUE_TIMING)) {
      expect(Number.isInteger(value) && value > 0, name).to.equal(true);
    }
  });

  it('stays inside the limits of SQS', () => {
    for (const [name, limit] of Object.entries(SQS)) {
      expect(QUEUE_TIMING[name as keyof typeof SQS], name).to.be.at.most(limit);
    }
  });

  it('allows one lost heartbeat without losing the lease', () => {
    expect(2 * heartbeatSeconds).to.be.at.most(visibilityTimeoutSeconds);
  });

  it('marks a rendition failed before its message goes to the dead-letter queue', () => {
    expect(maxAttempts).to.be.below(maxReceiveCount);
  });

  it('gives a rendition in progress at SIGTERM time to end', () => {
    expect(processingTimeoutSeconds).to.be.below(drainSeconds);
  });

  it('gives a message time for several renditions, and less than SQS allows to hold it', () => {
    expect(messageTimeoutSeconds).to.be.at.least(2 * processingTimeoutSeconds);
    expect(maxReceiveCount * messageTimeoutSeconds).to.be.below(SQS.visibilityTimeoutSeconds);
  });

  it('ends the drain before the container is killed, with time for the last responses', () => {
    expect(drainSeconds).to.be.below(STOP_TIMEOUT_SECONDS);
    expect(drainSeconds + 10, 'the grace of containers/worker/main.ts').to.be.below(STOP_TIMEOUT_SECONDS);
  });

  it('waits for messages no longer than the drain lasts', () => {
    expect(waitTimeSeconds).to.be.below(drainSeconds);
  });

  it('lets a busy worker be ended regularly, for a twentieth of its time', () => {
    expect(unprotectedSeconds / unprotectEverySeconds).to.be.at.most(1 / 20);
    expect(unprotectEverySeconds, 'longer than the message in hand may take').to.be.above(2 * messageTimeoutSeconds);
  });

  it('gives up long before SQS forgets the message', () => {
    const delays = Array.from({ length: maxReceiveCount }, (_, index) => retryDelaySeconds(index + 1));
    const longest = delays.reduce((sum, delay) => sum + delay + visibilityTimeoutSeconds + drainSeconds, 0);
    expect(longest).to.be.below(messageRetentionSeconds);
  });
});

describe('retry delay', () => {
  for (const [receiveCount, seconds] of [
    [0, 2],
    [1, 2],
    [2, 4],
    [3, 8],
    [5, 32],
    [6, 60],
    [8, 60],
    [1_000_000, 60],
  ] as const) {
    it(`after receive ${receiveCount} is ${seconds} s`, () => {
      expect(retryDelaySeconds(receiveCount)).to.equal(seconds);
    });
  }

  it('never shrinks, and is a visibility timeout that SQS takes', () => {
    const delays = Array.from({ length: 20 }, (_, index) => retryDelaySeconds(index));
    expect(delays).to.deep.equal(delays.toSorted((a, b) => a - b));
    for (const delay of delays)
      expect(delay).to.satisfy(Number.isInteger).and.to.be.within(1, SQS.visibilityTimeoutSeconds);
  });
});
