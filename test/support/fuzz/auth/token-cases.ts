import type { CaseMaker } from '../fuzz-run.ts';
import { uploadImage } from '../json-cases.ts';
import type { FuzzTarget } from '../target.ts';
import { OWNER } from './callers.ts';
import { shownCase } from './shown-credentials.ts';
import { someToken } from './wrong-jwts.ts';

/** Signed tokens: of header and claims that nobody expects, badly written, and right ones. */
export async function tokenCases(target: FuzzTarget): Promise<CaseMaker> {
  const imageId = await uploadImage(target);
  return (choices) => {
    const { token, mustFail } = someToken(OWNER, choices);
    const about = `the token ${token.slice(0, 3_000)}`;
    return shownCase(imageId, { about, mustFail, headers: [['authorization', `Bearer ${token}`]] }, choices);
  };
}
