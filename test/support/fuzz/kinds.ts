import { moderationCases, patchCases } from './auth/change-cases.ts';
import { erasureCases } from './auth/erasure-cases.ts';
import { keyCases } from './auth/key-cases.ts';
import { linkCases } from './auth/link-cases.ts';
import { tokenCases } from './auth/token-cases.ts';
import { uploadTokenCases } from './auth/upload-token-cases.ts';
import { downloadCases } from './download-cases.ts';
import { formCases } from './form-cases.ts';
import type { CaseMaker } from './fuzz-run.ts';
import { jsonCases } from './json-cases.ts';
import { partCases } from './part-cases.ts';
import type { FuzzTarget } from './target.ts';

/** The kinds of cases by name. Each prepares what its cases need, again whenever that was deleted. */
export const FUZZ_KINDS = {
  forms: async () => formCases,
  parts: partCases,
  json: jsonCases,
  downloads: downloadCases,
} as const satisfies Record<string, (target: FuzzTarget) => Promise<CaseMaker>>;

/** How many of a hundred cases with credentials are of each kind. */
const AUTH_SHARES = {
  tokens: 30,
  keys: 15,
  'upload tokens': 20,
  links: 18,
  patches: 10,
  moderation: 5,
  erasures: 2,
} as const;

const AUTH_ONLY = {
  tokens: tokenCases,
  keys: keyCases,
  'upload tokens': uploadTokenCases,
  links: linkCases,
  patches: patchCases,
  moderation: moderationCases,
  erasures: erasureCases,
} as const satisfies Record<keyof typeof AUTH_SHARES, (target: FuzzTarget) => Promise<CaseMaker>>;

/** Kinds of cases with authentication on. The last has all the others by turns, so that they meet. */
export const AUTH_FUZZ_KINDS = {
  ...AUTH_ONLY,
  'requests with credentials': async (target: FuzzTarget): Promise<CaseMaker> => {
    const makers: CaseMaker[] = [];
    for (const [kind, share] of Object.entries(AUTH_SHARES)) {
      const maker = await AUTH_ONLY[kind as keyof typeof AUTH_SHARES](target);
      makers.push(...Array.from({ length: share }, () => maker));
    }
    return (choices, index) => choices.of(makers)(choices, index);
  },
} as const;

export type AuthFuzzKind = keyof typeof AUTH_FUZZ_KINDS;

export type FuzzKind = keyof typeof FUZZ_KINDS;
