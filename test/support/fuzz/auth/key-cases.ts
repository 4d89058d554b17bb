import { makeApiKey } from '../../../../shared/domain/api-key.ts';
import type { Choices } from '../choices.ts';
import { scrambled } from '../framing.ts';
import type { CaseMaker } from '../fuzz-run.ts';
import { uploadImage } from '../json-cases.ts';
import type { FuzzTarget } from '../target.ts';
import { AUTHENTICATION_SETTINGS, createdKey, LOCAL_KEY, OWNER, STRANGER } from './callers.ts';
import { shownCase } from './shown-credentials.ts';

/** Ways to show a credential where none is looked for. */
const MISPLACED: ((key: string) => [string, string][])[] = [
  (key) => [['authorization', `Basic ${Buffer.from(`user:${key}`).toString('base64')}`]],
  (key) => [['authorization', `Bearer  ${key}`]],
  (key) => [['authorization', `Bearer ${key} ${key}`]],
  (key) => [['authorization', `Bearer${key}`]],
  (key) => [['authorization', key]],
  (key) => [['authorization', `Bearer "${key}"`]],
  (key) => [['authorization', `Bearer ${key},`]],
  (key) => [['authorization', `Digest username="${key}"`]],
  (key) => [['x-api-key', key]],
  (key) => [['cookie', `token=${key}; authorization=Bearer%20${key}`]],
  (key) => [['proxy-authorization', `Bearer ${key}`]],
];

/** A key with some characters changed, never to another that is valid. */
function damaged(key: string, choices: Choices): string {
  const text = scrambled(Buffer.from(key), choices)
    .toString('latin1')
    .replaceAll(/[\r\n\0]/g, '');
  return text.trim() === key ? `${key}x` : text.trim();
}

/** API keys: right ones of several owners, ended ones, damaged ones, and keys where none are looked for. */
export async function keyCases(target: FuzzTarget): Promise<CaseMaker> {
  const [imageId, { table }] = [await uploadImage(target), target];
  const past = new Date(Date.now() - 60_000).toISOString();
  const valid = [
    LOCAL_KEY,
    await createdKey(table, { owner: OWNER }),
    await createdKey(table, { owner: STRANGER }),
    await createdKey(table, { owner: OWNER, scopes: ['images:read'] }),
  ];
  const ended = [
    await createdKey(table, { owner: OWNER, expiresAt: past }),
    await createdKey(table, { owner: OWNER, isRevoked: true }),
    AUTHENTICATION_SETTINGS.API_KEYS,
  ];
  return (choices) => {
    const key = choices.of(valid);
    const [mustFail, headers] = choices.of<() => [boolean, [string, string][]]>([
      () => [false, [['authorization', `Bearer ${key}`]]],
      () => [true, [['authorization', `Bearer ${choices.of([...ended, makeApiKey().key])}`]]],
      () => [true, [['authorization', `Bearer ${damaged(key, choices)}`]]],
      () => [true, choices.of(MISPLACED)(key)],
    ])();
    return shownCase(imageId, { about: `a key in ${JSON.stringify(headers)}`, mustFail, headers }, choices);
  };
}
