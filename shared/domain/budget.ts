import { ImageServiceError } from './errors.ts';
import { type Estimate, estimate, type Step, type Work } from './estimate.ts';

/** The time and the memory that one rendition may take. */
export interface Budget {
  seconds: number;
  bytes: number;
}

/**
 * How many times as long as estimated a rendition may take: cores may be slower than those of the
 * measurements, which had busy neighbours themselves.
 */
const SAFETY = 1.5;

/** The budget of a rendition in a process that has this much time on the clock and this much memory. */
export const budgetOf = (limits: { timeoutSeconds: number; memoryBytes: number }): Budget => ({
  seconds: limits.timeoutSeconds / SAFETY,
  bytes: limits.memoryBytes,
});

/** Refuses a rendition that could not end within its time and its memory, whatever the image shows: `rendition_too_costly`. */
export function checkBudget(work: Work, budget: Budget): void {
  const estimated = estimate(work);
  if (estimated.seconds > budget.seconds) throw tooCostly(inSeconds(estimated, budget));
  if (estimated.bytes > budget.bytes) throw tooCostly(inBytes(estimated, budget));
}

interface Excess {
  unit: 'seconds' | 'bytes';
  sentence: string;
  most: Step;
  actual: number;
  limit: number;
}

const MiB = 1024 ** 2;
const shown = (figure: number): string => Math.ceil(figure).toLocaleString('en-US');
const mostOf = (steps: Step[], of: 'ns' | 'bytes'): Step => steps.reduce((a, b) => (b[of] > a[of] ? b : a));

function inSeconds({ seconds, steps }: Estimate, { seconds: limit }: Budget): Excess {
  const most = mostOf(steps, 'ns');
  const sentence = `The rendition could take ${shown(seconds)} s of processor time; the limit is ${shown(limit)} s. ${shown(most.ns / 1e9)} s are for ${most.what}.`;
  return { unit: 'seconds', sentence, most, actual: Math.ceil(seconds), limit };
}

function inBytes({ bytes, steps }: Estimate, { bytes: limit }: Budget): Excess {
  const most = mostOf(steps, 'bytes');
  const sentence = `The rendition could take ${shown(bytes / MiB)} MiB of memory; the limit is ${shown(limit / MiB)} MiB. The most is needed for ${most.what}.`;
  return { unit: 'bytes', sentence, most, actual: Math.ceil(bytes), limit };
}

function tooCostly({ unit, sentence, most, actual, limit }: Excess): ImageServiceError {
  const cheaper = unit === 'seconds' && most.advice ? `, or ${most.advice}` : '';
  const detail = `${sentence} Resize the image to fewer pixels first${cheaper}.`;
  return new ImageServiceError('rendition_too_costly', detail, { unit, actual, limit });
}
