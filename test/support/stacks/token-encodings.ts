import { createRequire } from 'node:module';

/** What CDKTF stands numbers by, and lists of them, that only Terraform knows. Its module is private: no setting changes how they look. */
interface Encoding {
  createTokenDouble(index: number, isList: boolean): number;
  extractTokenDouble(encoded: number, isList: boolean): number | undefined;
  unresolved(value: unknown): boolean;
  containsNumberListTokenElement(values: unknown[]): boolean;
}

const encoding: Encoding = createRequire(import.meta.url)('cdktf/lib/tokens/private/encoding.js');

/** One for all of a process, whatever copies of CDKTF it has. */
const map = () => (globalThis as unknown as { __cdktfTokenMap: { tokenCounter: number } }).__cdktfTokenMap;

/** Beyond the tokens of any stack, so that indices have more digits than CDKTF's own, which begin at 0. */
const FIRST_INDEX = 10 ** 9;
let nextIndex = FIRST_INDEX;

/**
 * Other numbers than CDKTF's own, which are about -10^300 and the same after one is taken away: so small that this shows, and larger than any that
 * constructs compare with. Both are written with an exponent, by which CDKTF knows them in texts.
 */
export const STEPS = { tiny: 2 ** -80, huge: 2 ** 60 } as const;

/** Tokens are even multiples of the step, those of lists odd ones. */
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

/** Does work in which tokens are other numbers, and longer texts, than CDKTF makes of them. */
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
