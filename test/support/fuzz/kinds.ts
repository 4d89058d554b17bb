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

export type FuzzKind = keyof typeof FUZZ_KINDS;
