/** The two clocks of a machine, in milliseconds: the one that people set, and the one that only goes on. */
export interface Clocks {
  wall(): number;
  steady(): number;
}

const CLOCKS: Clocks = { wall: () => Date.now(), steady: () => performance.now() };

/** Milliseconds between two looks. */
const LOOK_MS = 1000;

/** Whether a clock has been set back by more than so many milliseconds since the first look; small steps add up. */
export function clockWatch(stepMs: number, { wall, steady }: Clocks = CLOCKS): () => boolean {
  let furthest = wall() - steady();
  return () => {
    const ahead = wall() - steady();
    furthest = Math.max(furthest, ahead);
    return furthest - ahead > stepMs;
  };
}

/** Acts each time that the clock has been set back by more than so many milliseconds. */
export function whenClockGoesBack(stepMs: number, act: () => void): void {
  let wentBack = clockWatch(stepMs);
  setInterval(() => {
    if (!wentBack()) return;
    wentBack = clockWatch(stepMs);
    act();
  }, LOOK_MS).unref();
}
