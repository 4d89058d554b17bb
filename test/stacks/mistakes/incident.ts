import type { Mistake, STACKS } from './mistake.ts';

/** The public report of an incident, and the mistake that reproduces it. */
export type Incident = [source: string, ...mistake: Mistake];

/** Incidents by the kind of stack in which they are reproduced. */
export type Incidents = Partial<Record<keyof typeof STACKS, Incident[]>>;

export const mistakesOf = (incidents: readonly Incident[] = []): Mistake[] =>
  incidents.map(([, ...mistake]) => mistake);
