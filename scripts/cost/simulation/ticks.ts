/**
 * The clock of a simulation: what happens to a message happens at a tick, so many of which are a second. Fewer make a simulation of very many
 * messages fast, and its waits as coarse as a tick.
 */
export type TicksPerSecond = 10 | 100;

export const toTicks = (seconds: number, ticksPerSecond: TicksPerSecond): number =>
  Math.round(seconds * ticksPerSecond);
export const toSeconds = (ticks: number, ticksPerSecond: TicksPerSecond): number => ticks / ticksPerSecond;
