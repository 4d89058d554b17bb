import { expect } from 'chai';
import { type Answered, jsonOf, type Outgoing, send } from '../http/http-client.ts';
import { as } from './owners.ts';
import type { Services } from './services.ts';

/** A token as its maker sees it. */
export interface MadeToken {
  token: string;
  imageId: string;
  expiresAt: string;
  links: Record<'image' | 'upload' | 'form' | 'uploadInParts', string>;
}

/** Asks for a token in the name of an owner. */
export const askForToken = async (services: Services, bounds: object, owner = 'shop'): Promise<Answered> =>
  send(services.upload, {
    method: 'POST',
    path: '/v1/upload-tokens',
    headers: { ...(await as(owner)), 'content-type': 'application/json' },
    body: JSON.stringify({ maxBytes: 1_000_000, ...bounds }),
  });

export async function madeToken(services: Services, bounds: object = {}, owner?: string): Promise<MadeToken> {
  const answer = await askForToken(services, bounds, owner);
  expect(answer.status, answer.body.toString()).to.equal(201);
  return jsonOf(answer);
}

/** Sends a request with a token. */
export const withToken = ({ token }: MadeToken, base: string, outgoing: Outgoing): Promise<Answered> =>
  send(base, { ...outgoing, headers: { authorization: `Bearer ${token}`, ...outgoing.headers } });

/** Sends a JSON body with a token. */
export const postWithToken = (made: MadeToken, base: string, path: string, body: object): Promise<Answered> =>
  withToken(made, base, {
    method: 'POST',
    path,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
