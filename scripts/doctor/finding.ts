import type { SynthesisedEnvironment } from '../target-stack/synthesised-environment.ts';

/**
 * `well`: it is as it must be. `missing`: the first apply would fail, or what it creates would not work. `note`: worth knowing, but it does
 * not hold up an apply. `unseen`: it could not be checked.
 */
export type Outcome = 'well' | 'missing' | 'note' | 'unseen';

export interface Finding {
  outcome: Outcome;
  /** A sentence that says what is there or missing. */
  what: string;
  /** What to do about it: a command, where there is one. */
  remedy?: string;
}

/** A check of one thing that must exist before the first apply. */
export interface Check {
  /** The name in the report, in `--json` and in tests. */
  id: string;
  /** Whether the check needs credentials, because it asks AWS. */
  asksAws: boolean;
  look(checked: SynthesisedEnvironment): Promise<Finding[]>;
}

export const well = (what: string): Finding => ({ outcome: 'well', what });
export const missing = (what: string, remedy: string): Finding => ({ outcome: 'missing', what, remedy });
export const note = (what: string, remedy: string): Finding => ({ outcome: 'note', what, remedy });
export const unseen = (what: string, remedy: string): Finding => ({ outcome: 'unseen', what, remedy });

/** The findings, or if there are none, a finding that says that all is well. */
export const orWell = (wrong: Finding[], sentence: string): Finding[] => (wrong.length > 0 ? wrong : [well(sentence)]);
