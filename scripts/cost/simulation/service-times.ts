import { QUEUE_TIMING } from '../../../shared/contracts/queue-timing.ts';
import type { Random } from './random-streams.ts';
import { toTicks } from './ticks.ts';

const QUANTILES = 4096;

/** The longest time that a process may take for a message. */
export const LONGEST_SERVICE_TICKS = toTicks(QUEUE_TIMING.messageTimeoutSeconds);

/**
 * Draws the ticks that a process works on a message. They have a Weibull distribution, whose shape says how different messages are: with 1 it
 * is the exponential distribution, with less a few messages take very long, and the larger it is, the more equal they are. 4,096 quantiles
 * of it are computed once, so that a draw is one random number and one look-up; their mean is `meanSeconds` to a tick in 4,096 messages.
 */
export function serviceTimes(meanSeconds: number, shape: number, random: Random): () => number {
  const relative = Array.from(
    { length: QUANTILES },
    (_, index) => (-Math.log(1 - (index + 0.5) / QUANTILES)) ** (1 / shape),
  );
  const mean = relative.reduce((sum, value) => sum + value, 0) / QUANTILES;
  let exact = 0;
  let given = 0;
  const ticks = Uint16Array.from(relative, (value) => {
    exact += toTicks(1) * meanSeconds * (value / mean);
    const own = Math.min(LONGEST_SERVICE_TICKS, Math.max(1, Math.round(exact - given)));
    given += own;
    return own;
  });
  return () => ticks[(random() * QUANTILES) | 0] as number;
}
