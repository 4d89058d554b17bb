import { ImageServiceError } from './errors.ts';
import { type Estimate, estimate, type Part, type Work } from './estimate.ts';
import { OUTPUT_OPTIONS } from './output-options.ts';

/** What there is for one rendition. */
export interface Budget {
  seconds: number;
  bytes: number;
}

/**
 * How much longer a rendition may take than estimated before its time is over: cores may be slower than those of the
 * measurements, which had busy neighbours themselves.
 */
const SAFETY = 1.5;

/** What a process may spend on one rendition that has so many seconds of the clock and bytes of memory. */
export const budgetOf = (limits: { timeoutSeconds: number; memoryBytes: number }): Budget => ({
  seconds: limits.timeoutSeconds / SAFETY,
  bytes: limits.memoryBytes,
});

/** Refuses a rendition that could not end within its time and its memory, whatever the image shows: `rendition_too_costly`. */
export function checkBudget(work: Work, budget: Budget): void {
  const estimated = estimate(work);
  if (estimated.seconds > budget.seconds) throw tooCostly(work, budget, inSeconds(estimated, budget));
  if (estimated.bytes > budget.bytes) throw tooCostly(work, budget, inBytes(estimated, budget));
}

interface Excess {
  unit: 'seconds' | 'bytes';
  sentence: string;
  most: Part;
  actual: number;
  limit: number;
}

const MiB = 1024 ** 2;
const shown = (figure: number): string => Math.ceil(figure).toLocaleString('en-US');
const mostOf = (parts: Part[], of: 'ns' | 'bytes'): Part => parts.reduce((a, b) => (b[of] > a[of] ? b : a));

function inSeconds({ seconds, parts }: Estimate, { seconds: limit }: Budget): Excess {
  const most = mostOf(parts, 'ns');
  const sentence = `The rendition could take ${shown(seconds)} s of processor time, and may take ${shown(limit)} s: ${shown(most.ns / 1e9)} s are for ${most.what}.`;
  return { unit: 'seconds', sentence, most, actual: Math.ceil(seconds), limit };
}

function inBytes({ bytes, parts }: Estimate, { bytes: limit }: Budget): Excess {
  const most = mostOf(parts, 'bytes');
  const sentence = `The rendition could take ${shown(bytes / MiB)} MiB of memory, and may take ${shown(limit / MiB)} MiB: it is highest in ${most.what}.`;
  return { unit: 'bytes', sentence, most, actual: Math.ceil(bytes), limit };
}

function tooCostly(work: Work, budget: Budget, { unit, sentence, most, actual, limit }: Excess): ImageServiceError {
  const effort = unit === 'seconds' && most.what.startsWith('encoding') ? affordableEffort(work, budget) : undefined;
  const cheaper = effort === undefined ? most.advice : `ask for effort ${effort}`;
  const isParameter = unit === 'seconds' && cheaper !== undefined;
  const detail = `${sentence} Resize the image to fewer pixels first${isParameter ? `, or ${cheaper}` : ''}.`;
  return new ImageServiceError('rendition_too_costly', detail, { unit, actual, limit });
}

/** The highest effort below the one asked for that there is time for; the one that nobody asked for is the lowest that helps. */
function affordableEffort({ output, ...work }: Work, budget: Budget): number | undefined {
  if (output.effort === undefined) return undefined;
  const [lowest = 0] = OUTPUT_OPTIONS[output.format].effort ?? [];
  for (let effort = output.effort - 1; effort >= lowest; effort -= 1) {
    const { seconds, bytes } = estimate({ ...work, output: { ...output, effort } });
    if (seconds <= budget.seconds && bytes <= budget.bytes) return effort;
  }
  return undefined;
}
