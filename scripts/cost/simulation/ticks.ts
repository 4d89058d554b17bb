/** The simulation's clock: all that happens to a message happens at a hundredth of a second. */
export const TICKS_PER_SECOND = 100;

export const toTicks = (seconds: number): number => Math.round(seconds * TICKS_PER_SECOND);
export const toSeconds = (ticks: number): number => ticks / TICKS_PER_SECOND;
