import type { CaseMaker } from '../fuzz-run.ts';
import { OWNER, STRANGER } from './callers.ts';
import { tokenOf } from './jwt-texts.ts';
import { wireAs } from './shown-credentials.ts';

/** What can be no owner, as paths write it. */
const NO_OWNERS = [
  '%00',
  '%ED%A0%80',
  '%FF',
  '%',
  '%zz',
  'e%CC%81',
  'a%0Ab',
  '',
  'x'.repeat(257),
  '%F0%9F%98%80'.repeat(65),
  `${encodeURIComponent(OWNER)}%00`,
];

/** Owners, of whom some have images. */
const OWNERS = [
  encodeURIComponent(OWNER),
  OWNER,
  'local',
  'auth0%7C1',
  'https%3A%2F%2Fexample.com%2F1',
  '..%2F..',
  '*',
];

/** Erasures that may not be: of what is no owner, or by somebody who is no operator. */
export const erasureCases = async (): Promise<CaseMaker> => (choices) => {
  const [owner, token] = choices.of<() => [string, string]>([
    () => [choices.of(NO_OWNERS), tokenOf(STRANGER, ['admin'])],
    () => [
      choices.of(OWNERS),
      tokenOf(choices.of([OWNER, STRANGER]), ['images:read', 'images:write', 'images:delete']),
    ],
  ])();
  const request = {
    method: 'DELETE',
    path: `/v1/owners/${owner}/images${choices.of(['', '', '?x', '/'])}`,
    headers: [],
  };
  return {
    ...{ service: 'sync-upload', operation: 'eraseOwner', about: `erasure ${request.path}`, mustFail: true },
    exchanges: [wireAs(request, [['authorization', `Bearer ${token}`]], choices)],
  };
};
