import { createRequire } from 'node:module';

/**
 * CDKTF's encoding of numbers, and lists of numbers, that only Terraform knows. Its module is private, and no setting changes the encoding.
 */
interface Encoding {
  createTokenDouble(index: number, isList: boolean): number;
  extractTokenDouble(encoded: number, isList: boolean): number | undefined;
  unresolved(value: unknown): boolean;
  containsNumberListTokenElement(values: unknown[]): boolean;
}

const encoding: Encoding = createRequire(import.meta.url)('cdktf/lib/tokens/private/encoding.js');

/** The token map is global in a process, even with several copies of CDKTF. */
const map = () => (globalThis as unknown as { __cdktfTokenMap: { tokenCounter: number } }).__cdktfTokenMap;

/** More than the tokens of any stack, so that indices have more digits than CDKTF's own, which begin at 0. */
const FIRST_INDEX = 10 ** 9;
let nextIndex = FIRST_INDEX;

/**
 * Other numbers than CDKTF's own, which are about -10^300 and do not change when one is subtracted. These are small enough that a
 * subtraction shows, and larger than any number with which constructs compare. Both are written with an exponent, by which CDKTF recognises
 * them in texts.
 */
export const STEPS = { tiny: 2 ** -80, huge: 2 ** 60 } as const;

/** Tokens of numbers are even multiples of the step, and those of lists odd ones. */
function steppedBy(step: number): Omit<Encoding, 'unresolved'> {
  const extractTokenDouble = (encoded: number, isList: boolean) => {
    const index = (encoded / step - (isList ? 1 : 0)) / 2;
    return Number.isInteger(index) && index >= FIRST_INDEX && index < 2 * FIRST_INDEX ? index : undefined;
  };
  return {
    createTokenDouble: (index, isList) => (2 * index + (isList ? 1 : 0)) * step,
    extractTokenDouble,
    containsNumberListTokenElement: (values) =>
      values.some((value) => typeof value === 'number' && extractTokenDouble(value, true) !== undefined),
  };
}

/** Runs work in which tokens are other numbers and longer texts than CDKTF's own. */
export function withTokensOf<Result>(step: number, work: () => Result): Result {
  const original = { ...encoding };
  const stepped = steppedBy(step);
  const unresolved = (value: unknown): boolean => {
    if (typeof value === 'number') return stepped.extractTokenDouble(value, false) !== undefined;
    if (Array.isArray(value) && value.length === 1 && typeof value[0] === 'number')
      return stepped.containsNumberListTokenElement(value);
    return original.unresolved(value);
  };
  const { tokenCounter } = map();
  try {
    map().tokenCounter = nextIndex;
    Object.assign(encoding, stepped, { unresolved });
    return work();
  } finally {
    Object.assign(encoding, original);
    nextIndex = map().tokenCounter;
    map().tokenCounter = tokenCounter;
  }
}
