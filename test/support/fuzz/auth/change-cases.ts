import { SCOPES } from '../../../../shared/domain/principal.ts';
import type { Choices } from '../choices.ts';
import type { CaseMaker, FuzzCase } from '../fuzz-run.ts';
import { someBody, uploadImage } from '../json-cases.ts';
import type { FuzzTarget } from '../target.ts';
import { OWNER, STRANGER } from './callers.ts';
import { tokenOf } from './jwt-texts.ts';
import { wireAs } from './shown-credentials.ts';

interface Change extends Pick<FuzzCase, 'operation'> {
  method: string;
  below: string;
  bodies: object[];
  /** Who may make it. */
  allowed: readonly string[];
}

const USUAL = SCOPES.filter((scope) => scope !== 'admin');

/** Who asks, by a token. */
const CALLERS = {
  owner: () => tokenOf(OWNER, USUAL),
  stranger: () => tokenOf(STRANGER, USUAL),
  operator: () => tokenOf(STRANGER, ['admin']),
  reader: () => tokenOf(OWNER, ['images:read']),
};

const PATCHES: Change = {
  ...{ operation: 'changeImage', method: 'PATCH', below: '', allowed: ['owner'] },
  bodies: [
    { visibility: 'public' },
    { visibility: 'private', watermarkFor: 'everyone' },
    { watermarkFor: 'own' },
    { visibility: 'public', originalMetadata: 'keep' },
  ],
};

const DECISIONS: Change = {
  ...{ operation: 'moderateImage', method: 'PUT', below: '/moderation', allowed: ['operator'] },
  bodies: [{ decision: 'approved' }, { decision: 'rejected', reason: 'It shows a face.' }],
};

const PRECONDITIONS: [string, string][] = [
  ['if-match', '*'],
  ['if-match', '"x"'],
  ['if-match', 'W/"x", "y'],
  ['if-none-match', '*'],
  ['if-unmodified-since', 'never'],
  ['if-unmodified-since', 'Thu, 01 Jan 1970 00:00:00 GMT'],
];

/** The callers and bodies of changes of an image that others change at the same time. */
const changeCases =
  ({ operation, method, below, bodies, allowed }: Change) =>
  async (target: FuzzTarget): Promise<CaseMaker> => {
    const ids = [
      await uploadImage(target),
      await uploadImage(target),
      '00000000-0000-4000-8000-000000000000',
      'x',
      '%00',
    ];
    return (choices: Choices): FuzzCase => {
      const [caller, token] = choices.of(Object.entries(CALLERS));
      const path = `/v1/images/${choices.of(ids)}${below}`;
      const body = choices.chance(0.4)
        ? Buffer.from(JSON.stringify(choices.of(bodies)))
        : someBody(choices.of(bodies), choices);
      const headers: [string, string][] = [
        ['content-type', choices.of(['application/json', 'application/json', 'text/plain'])],
      ];
      if (choices.chance(0.2)) headers.push(choices.of(PRECONDITIONS));
      const count = choices.chance(0.1) ? choices.whole(2, 4) : 1;
      return {
        ...{ service: 'sync-upload', operation, mustFail: !allowed.includes(caller) },
        about: `${method} ${path} by the ${caller}: ${body.toString('utf8', 0, 200)}`,
        exchanges: Array.from({ length: count }, () =>
          wireAs({ method, path, headers, body }, [['authorization', `Bearer ${token()}`]], choices),
        ),
      };
    };
  };

export const patchCases = changeCases(PATCHES);
export const moderationCases = changeCases(DECISIONS);
