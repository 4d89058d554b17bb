import type { Check } from './check.ts';

/** What a resource is given, whatever is around it. */
const leavesOf = (value: unknown): unknown[] =>
  typeof value === 'object' && value !== null ? Object.values(value).flatMap(leavesOf) : [value];

/** CDKTF stands a number that Terraform will know by one of about -10^300, and a text by one with this in it. */
const MOST = 1e100;
const MARK = 'TfToken[';

const isDamaged = (value: unknown): boolean =>
  typeof value === 'number' ? !(Math.abs(value) < MOST) : typeof value === 'string' && value.includes(MARK);

/** What is left of values that only Terraform knows, where a construct has worked on them. */
export const TOKEN_CHECKS: Check[] = [
  {
    id: 'IMG-TOKEN-001',
    of: ['*'],
    reason:
      'At synth a value of a resource is a placeholder: to reckon with it or to cut it gives nothing that Terraform knows.',
    remedy:
      'have Terraform do it, by a function of Fn or an expression in a text. What is added to a number is lost without a sign; test/stacks/tokens.test.ts tells of that.',
    find: ({ values }) =>
      leavesOf(values)
        .filter(isDamaged)
        .map((value) => `a placeholder is damaged: ${value}`),
  },
];
