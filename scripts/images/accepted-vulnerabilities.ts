/** A critical vulnerability with which images may be deployed all the same. */
export interface Acceptance {
  /** As ECR reports it: `CVE-2026-12345`. */
  id: string;
  /** Why it does no harm here. */
  reason: string;
  /** The last day on which that counts, as `2026-12-31`: someone looks again then. */
  until: string;
}

/** None is accepted. An entry is a line such as { id: 'CVE-2026-12345', reason: 'perl is never run', until: '2026-12-31' }. */
export const ACCEPTED: readonly Acceptance[] = [];
