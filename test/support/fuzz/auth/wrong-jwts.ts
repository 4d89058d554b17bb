import type { Choices } from '../choices.ts';
import {
  base64url,
  claimsOf,
  type Draft,
  encodeDraft,
  headerOf,
  SIGNING_KEYS,
  signByAnother,
  signByPublicKey,
} from './jwt-texts.ts';
import { MARK } from './secrets.ts';

const ODD_VALUES: readonly unknown[] = [
  null,
  0,
  -1,
  1e15,
  true,
  '',
  'x',
  ' ',
  '\u0000',
  '\ud800',
  'e\u0301',
  '__proto__',
  'constructor',
  'local',
  'unknown',
  'a#b/c?d%e',
  'ü€😀',
  'x'.repeat(257),
  'y'.repeat(3_000),
  [],
  [[]],
  ['images', 5],
  {},
  { toString: 1 },
];

const nested = (depth: number): string => `${'['.repeat(depth)}${']'.repeat(depth)}`;

/** JSON of an object, with one more member that may have the name of another. */
const withMember = (json: string, name: string, value: string): string =>
  `${json.slice(0, -1)},${JSON.stringify(name)}:${value}}`;

type Change = (draft: Draft, choices: Choices) => Draft;

const ALGORITHMS = ['none', 'None', 'nOnE', 'HS256', 'RS512', 'PS256', 'ES384', 'RS256', 'ES256', 'Ed25519', '', 'a.b'];

const setHeader =
  (name: string, values: readonly unknown[]): Change =>
  (draft, choices) => ({ ...draft, header: withMember(draft.header, name, JSON.stringify(choices.of(values)) ?? '0') });

const setClaim =
  (name: string, values: readonly unknown[]): Change =>
  (draft, choices) => ({
    ...draft,
    payload: withMember(draft.payload, name, JSON.stringify(choices.of(values)) ?? '0'),
  });

const NUMBERS = ['1e999', '-1e999', '9007199254740993', '0.5', '-0', '"1"', '1e-7', '4000000000'];

/** After these a token is never valid. */
const REFUSED: Change[] = [
  (draft) => ({ ...draft, sign: signByAnother }),
  (draft) => ({ ...draft, header: withMember(draft.header, 'alg', '"HS256"'), sign: signByPublicKey }),
  (draft) => ({ ...draft, header: withMember(draft.header, 'alg', '"none"'), sign: () => Buffer.alloc(0) }),
  (draft) => ({ ...draft, sign: (signed) => Buffer.from(draft.sign(signed)).reverse() }),
  (draft, choices) => ({ ...draft, sign: () => choices.bytes(choices.of([0, 1, 63, 64, 65, 256, 2_000])) }),
  setHeader('crit', [['exp'], ['b64'], [], 'b64', [5], {}, ['__proto__']]),
  setHeader('kid', ['', 5, null, ['key-EdDSA'], '../../etc/passwd', '__proto__', 'k'.repeat(4_000), "' OR 1=1", {}]),
  setHeader('typ', ['logout+jwt', 'dpop+jwt', 'secevent+jwt', '']),
  setClaim('iss', ['urn:fuzzers:first/', 'URN:fuzzers:first', 'https://example.com', ...ODD_VALUES]),
  setClaim('exp', [1, 1_700_000_000, -5, null, '4000000000', {}, []]),
  setClaim('nbf', [4_000_000_000, 'x', null]),
  setClaim('aud', ['image', 'images/', ['imagesx'], {}, 5, null]),
  setClaim('token_use', ['id', 'refresh', 5, null, {}]),
  (draft) => ({ ...draft, payload: draft.payload.slice(1) }),
  (draft, choices) => ({ ...draft, payload: choices.of(['', 'null', '[]', '5', '"x"', '{}', '\ufeff{}', '{"a":}']) }),
  (draft, choices) => ({ ...draft, header: choices.of(['', 'null', '[]', '5', '"x"', '{}', '\ufeff{}', '{"alg":}']) }),
  (draft, choices) => ({ ...draft, header: nested(choices.whole(1, 2_000)) }),
  (draft, choices) => ({ ...draft, payload: nested(choices.whole(1, 2_000)) }),
];

/** After these a token may be valid or not, depending on what comes. */
const ODD: Change[] = [
  setHeader('alg', [...ALGORITHMS, ...ODD_VALUES]),
  setHeader('typ', ['JWT', 'at+jwt', 'application/at+jwt', 'AT+JWT', ...ODD_VALUES]),
  setHeader('b64', [false, true, 'false', null]),
  setHeader('zip', ['DEF', ...ODD_VALUES]),
  setHeader('jku', ['http://127.0.0.1:1/keys', `http://${MARK}.example`]),
  setHeader('jwk', [SIGNING_KEYS[0]?.publicKey.export({ format: 'jwk' }), {}, null]),
  setHeader('x5u', ['file:///etc/passwd']),
  setHeader('x5c', [['AAAA'], 'x']),
  setHeader('__proto__', [{ alg: 'none' }, null]),
  setClaim('sub', ODD_VALUES),
  setClaim('tenant', ODD_VALUES),
  setClaim('scope', ['images:read', 'IMAGES:READ', 'images:read\timages:write', ['images:read', null], ...ODD_VALUES]),
  setClaim('scp', ['images:read', ['images:read', ['images:write']], ...ODD_VALUES]),
  setClaim('iss', ['urn:fuzzers:second']),
  setClaim('aud', [['images', 'other'], ['pictures'], [[['images']]], ...ODD_VALUES]),
  setClaim('iat', [4_000_000_000, -1, ...ODD_VALUES]),
  setClaim('__proto__', [{ sub: 'mallory' }, null]),
  (draft, choices) => ({
    ...draft,
    payload: withMember(draft.payload, choices.of(['exp', 'nbf', 'iat']), choices.of(NUMBERS)),
  }),
  (draft) => ({ ...draft, payload: ` \n\t${draft.payload}\r\n `, header: ` ${draft.header} ` }),
  (draft, choices) => ({ ...draft, payload: withMember(draft.payload, 'a', nested(choices.whole(1, 1_500))) }),
];

/** What may happen to a token that is written: never to its good. */
const MISSPELLINGS: ((token: string, choices: Choices) => string)[] = [
  (token) => token.slice(0, token.lastIndexOf('.') + 1),
  (token, choices) => token.slice(0, choices.whole(1, token.length - 1)),
  (token, choices) => `${token}.${choices.of(['', 'x', token])}`,
  (token) => token.replace('.', '..'),
  (token) => `.${token}`,
  (token, choices) => token.replaceAll('.', choices.of([',', '%2E', '. ', '\t', '\xb7'])),
  (token) => Buffer.from(token).toString('base64'),
  (token, choices) => {
    const at = choices.whole(0, token.length - 1);
    return `${token.slice(0, at)}${choices.of(['=', '*', '\xff', '%', '"', '\\', '!'])}${token.slice(at + 1)}`;
  },
  (token) => token.toUpperCase(),
  (token) => `${base64url('{"alg":"dir","enc":"A128GCM"}')}..${token.split('.')[1]}.x.y`,
  (token, choices) => token + 'A'.repeat(choices.of([1, 7_000, 8_192, 14_000])),
];

/** A token with which something may be wrong, and whether it must be refused. */
export function someToken(owner: string, choices: Choices): { token: string; mustFail: boolean } {
  const key = choices.of(SIGNING_KEYS);
  let draft: Draft = {
    header: JSON.stringify(headerOf(key)),
    payload: JSON.stringify(claimsOf(owner)),
    sign: key.sign,
  };
  const way = choices.whole(0, 9);
  if (way <= 3) draft = choices.of(ODD)(draft, choices);
  if (way === 3 || way === 4) draft = choices.of(ODD)(draft, choices);
  const mustFail = way >= 5 && way <= 8;
  if (way === 5 || way === 6) draft = choices.of(REFUSED)(draft, choices);
  const token = encodeDraft(draft);
  return { token: way === 7 || way === 8 ? choices.of(MISSPELLINGS)(token, choices) : token, mustFail };
}
