import type { Site } from './site.ts';

/**
 * `well`: it is as it must be. `missing`: the first apply would fail, or what it makes would not work. `note`: worth knowing, and nothing that
 * holds up an apply. `unseen`: nobody could look.
 */
export type Outcome = 'well' | 'missing' | 'note' | 'unseen';

export interface Finding {
  outcome: Outcome;
  /** A sentence: what there is, or is not. */
  what: string;
  /** What to do about it, a command where there is one. */
  remedy?: string;
}

/** One thing that must be there before the first apply. */
export interface Check {
  /** What a test and `--json` name it by. */
  id: string;
  /** Whether it asks AWS, for which there must be credentials. */
  asksAws: boolean;
  look(site: Site): Promise<Finding[]>;
}

export const well = (what: string): Finding => ({ outcome: 'well', what });
export const missing = (what: string, remedy: string): Finding => ({ outcome: 'missing', what, remedy });
export const note = (what: string, remedy: string): Finding => ({ outcome: 'note', what, remedy });
export const unseen = (what: string, remedy: string): Finding => ({ outcome: 'unseen', what, remedy });

/** What is wrong, or one sentence that nothing is. */
export const orWell = (wrong: Finding[], sentence: string): Finding[] => (wrong.length > 0 ? wrong : [well(sentence)]);
