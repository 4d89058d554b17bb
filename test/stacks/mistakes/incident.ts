import type { Mistake, STACKS } from './mistake.ts';

/** Where somebody told what went wrong for them, and the mistake, made here again. */
export type Incident = [source: string, ...mistake: Mistake];

/** Incidents by the kind of stack that they are made in. */
export type Incidents = Partial<Record<keyof typeof STACKS, Incident[]>>;

export const mistakesOf = (incidents: readonly Incident[] = []): Mistake[] =>
  incidents.map(([, ...mistake]) => mistake);
