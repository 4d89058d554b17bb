import type { FindingKind, Remedy } from './findings.ts';
import type { Suspect } from './recheck-queue.ts';

/** The parts of a run, in their order. */
export const PHASES = ['records', 'originals', 'renditions', 'uploads'] as const;
export type Phase = (typeof PHASES)[number];

/** The progress of a run: everything that must outlive its process. */
export interface Progress {
  phase: Phase;
  /** Where the page at hand begins, as its source has it; undefined at the beginning. */
  cursor: unknown;
  /** The checks of the current page that are done. */
  done: string[];
  /** The ids of multipart uploads that have not ended, by the ids of their images. */
  openUploads: Record<string, string>;
  /** The suspects that have not been rechecked. */
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
  mended: Partial<Record<Remedy, number>>;
}

/** The progress of a run that has done nothing yet. */
export const initialProgress = (): Progress => ({
  phase: 'records',
  cursor: undefined,
  done: [],
  openUploads: {},
  suspects: [],
  startedAt: Date.now(),
  counts: { records: 0, objects: 0, bytesRead: 0, young: 0, faults: 0, found: {}, mended: {} },
});
