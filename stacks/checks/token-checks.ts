import type { Check } from './check.ts';

/** All values of a resource that are not objects or lists. */
const leavesOf = (value: unknown): unknown[] =>
  typeof value === 'object' && value !== null ? Object.values(value).flatMap(leavesOf) : [value];

/** CDKTF represents a number that only Terraform knows by one of about -10^300, and a string by one that contains MARK. */
const MOST = 1e100;
const MARK = 'TfToken[';

const isDamaged = (value: unknown): boolean =>
  typeof value === 'number' ? !(Math.abs(value) < MOST) : typeof value === 'string' && value.includes(MARK);

/** Placeholders of values that only Terraform knows, damaged by a construct that computed with them. */
export const TOKEN_CHECKS: Check[] = [
  {
    id: 'IMG-TOKEN-001',
    of: ['*'],
    reason:
      'At synth a resource’s attribute is a placeholder: Terraform cannot resolve the result of computing with it or cutting it.',
    remedy:
      'let Terraform compute it, by a function of Fn or an expression in a string. Additions to a number are lost unnoticed; see test/stacks/tokens.test.ts.',
    find: ({ values }) =>
      leavesOf(values)
        .filter(isDamaged)
        .map((value) => `a placeholder is damaged: ${value}`),
  },
];
