/** The time that image processes may work on a message, counted over all processes that had it, one after the other. */
export interface TimeAllowance {
  allowedSeconds: number;
  leftMs(): number;
  spend(ms: number): void;
}

export function allowTime(allowedSeconds: number): TimeAllowance {
  let leftMs = allowedSeconds * 1000;
  return {
    allowedSeconds,
    leftMs: () => Math.max(0, leftMs),
    spend(ms) {
      leftMs -= ms;
    },
  };
}
