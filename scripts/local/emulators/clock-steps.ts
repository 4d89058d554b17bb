/** The two clocks of a machine, in milliseconds: the one that people set, and the one that only goes on. */
export interface Clocks {
  wall(): number;
  steady(): number;
}

const CLOCKS: Clocks = { wall: () => Date.now(), steady: () => performance.now() };

/** Milliseconds between checks. */
const LOOK_MS = 1000;

/** Returns a check whether the clock has been set back by more than `stepMs` since this call; small steps add up. */
export function watchClock(stepMs: number, { wall, steady }: Clocks = CLOCKS): () => boolean {
  let furthest = wall() - steady();
  return () => {
    const ahead = wall() - steady();
    furthest = Math.max(furthest, ahead);
    return furthest - ahead > stepMs;
  };
}

/** Calls back each time the clock has been set back by more than `stepMs`. */
export function onClockSetBack(stepMs: number, act: () => void): void {
  let wentBack = watchClock(stepMs);
  setInterval(() => {
    if (!wentBack()) return;
    wentBack = watchClock(stepMs);
    act();
  }, LOOK_MS).unref();
}
