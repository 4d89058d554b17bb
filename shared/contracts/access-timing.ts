/**
 * How often the services ask the table about those who call them, and write there what these have done. The cost model counts by the same
 * (scripts/cost/model/access-calls.ts).
 */
export const ACCESS_TIMING = {
  /** Milliseconds for which what a process has read of an API key counts: a revocation is noticed within these. */
  keyFreshMs: 30_000,
  /** Milliseconds between two notes of when a key was last used, of each process and of all. */
  keyUseNotedMs: 3_600_000,
  /** Requests of a subject in a second above which a process takes several at a time out of its window, and how many at most. */
  busyRequestsPerSecond: 8,
  mostRequestsTaken: 32,
  /** Milliseconds between two looks for images of which nobody was told who decides on them. */
  noticeEveryMs: 5_000,
  /** Milliseconds after which an invalidation is owed, and between two looks for those: longer than a service asks for one. */
  invalidationOwedMs: 15 * 60_000,
};
