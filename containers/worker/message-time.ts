/** How long image processes have worked on a message, of what they may: over all processes that had it, one after the other. */
export interface MessageTime {
  allowedSeconds: number;
  leftMs(): number;
  spend(ms: number): void;
}

export function allowTime(allowedSeconds: number): MessageTime {
  let leftMs = allowedSeconds * 1000;
  return {
    allowedSeconds,
    leftMs: () => Math.max(0, leftMs),
    spend(ms) {
      leftMs -= ms;
    },
  };
}
