import type { Workload } from '../workload.ts';

/** How a field of a measured workload came about, or what else was seen in the metrics. */
export interface WorkloadFact {
  field: string;
  /** `seen` is in the metrics and in no field of the workload. */
  source: 'measured' | 'assumed' | 'seen';
  value: string;
  how: string;
}

/** What metrics tell of a workload. */
export interface Measurement {
  fields: Partial<Workload>;
  facts: WorkloadFact[];
  /** How long was measured, in milliseconds. */
  seenMs: number;
}

/** The number if it is one that a clock or a count comes to: finite, not negative, and small enough to be added up exactly. */
export const figureOf = (value: unknown): number | undefined =>
  typeof value === 'number' && value >= 0 && value <= Number.MAX_SAFE_INTEGER ? value : undefined;

/** A number for people. */
export const number = (value: number): string =>
  value.toLocaleString('en', value >= 1000 ? { maximumFractionDigits: 0 } : { maximumSignificantDigits: 3 });

/** A time for people, to the second. */
export const moment = (ms: number): string => `${new Date(ms).toISOString().slice(0, 19)}Z`;

/** What seconds of work are, as a fact says it. */
export const PROCESSOR_TIME = 'processor time of image processes';
export const CLOCK_TIME =
  'by the clock, for one thread: at least the processor time; the worker’s own process is not in it';
