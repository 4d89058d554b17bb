import { expect } from 'chai';
import type { LinkRequest, LinkView } from '../../../shared/contracts/api/link.ts';
import { linkKeysOf, signLink } from '../../../shared/http/signed-links.ts';
import { LINK_KEYS, type Services } from '../services/services.ts';
import { type Answered, jsonOf, send } from './http-client.ts';

const [NOW, BEFORE] = linkKeysOf({ LINK_KEYS });

/** A key by which the services sign, and the one before it. */
export const signingKey = NOW as NonNullable<typeof NOW>;
export const earlierKey = BEFORE as NonNullable<typeof BEFORE>;

/** Asks for a link, as an owner or whoever else. */
export const askForLink = (
  { download }: Pick<Services, 'download'>,
  imageId: string,
  asked: Partial<LinkRequest>,
  headers: Record<string, string>,
): Promise<Answered> =>
  send(download, {
    method: 'POST',
    path: `/v1/images/${imageId}/links`,
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(asked),
  });

export async function linkTo(...asked: Parameters<typeof askForLink>): Promise<LinkView> {
  const answer = await askForLink(...asked);
  expect(answer.status, answer.body.toString()).to.equal(201);
  return jsonOf(answer);
}

/** A link as if it had been signed by this key, to be good for so many seconds from now, or until as many ago. */
export const signedFor = (path: string, seconds: number, key = signingKey): string =>
  signLink(path, new Date(Date.now() + seconds * 1000), key);

/** A link's parameters, to be given otherwise. */
export const withQuery = (url: string, change: (query: URLSearchParams) => unknown): string => {
  const [path, query] = url.split('?', 2);
  const changed = new URLSearchParams(query);
  change(changed);
  return `${path}?${changed}`;
};
