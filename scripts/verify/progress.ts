import type { Done, FindingKind } from './findings.ts';
import type { Suspect } from './suspects.ts';

/** The parts of a run, in their order. */
export const PHASES = ['records', 'originals', 'renditions', 'uploads'] as const;
export type Phase = (typeof PHASES)[number];

/** How far a run has come: all that must outlive its process. */
export interface Progress {
  phase: Phase;
  /** Where the page at hand begins, as its source has it; undefined at the beginning. */
  cursor: unknown;
  /** What of the page at hand has been looked at. */
  done: string[];
  /** Uploads in parts that have not ended, by the images that they are to become. */
  openUploads: Record<string, string>;
  /** What looked wrong and has not been looked at again. */
  suspects: Suspect[];
  /** Epoch milliseconds. */
  startedAt: number;
  counts: Counts;
}

export interface Counts {
  records: number;
  objects: number;
  bytesRead: number;
  /** Bytes without a record that are too young to tell. */
  young: number;
  /** ISO 8601: when none of these is too young any more. */
  youngUntil?: string;
  /** What is still wrong. */
  faults: number;
  /** Findings about which nothing has been done, by their kinds. */
  found: Partial<Record<FindingKind, number>>;
  /** Those about which something has, by what that is. */
  mended: Partial<Record<Done, number>>;
}

/** Of a run that has done nothing yet. */
export const begun = (): Progress => ({
  phase: 'records',
  cursor: undefined,
  done: [],
  openUploads: {},
  suspects: [],
  startedAt: Date.now(),
  counts: { records: 0, objects: 0, bytesRead: 0, young: 0, faults: 0, found: {}, mended: {} },
});
