import { expect } from 'chai';
import type { LinkRequest, LinkView } from '../../../shared/contracts/api/link.ts';
import { linkKeysOf, signLink } from '../../../shared/http/signed-links.ts';
import { LINK_KEYS, type Services } from '../services/services.ts';
import { type Answered, jsonOf, send } from './http-client.ts';

const [NOW, BEFORE] = linkKeysOf({ LINK_KEYS });

/** A key with which the services sign, and its predecessor. */
export const signingKey = NOW as NonNullable<typeof NOW>;
export const earlierKey = BEFORE as NonNullable<typeof BEFORE>;

/** Requests a link, as an owner or somebody else. */
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

/** A link signed with this key, valid for the given seconds from now, or expired if they are negative. */
export const signedFor = (path: string, seconds: number, key = signingKey): string =>
  signLink(path, new Date(Date.now() + seconds * 1000), key);

/** The parameters of a link, to be changed. */
export const withQuery = (url: string, change: (query: URLSearchParams) => unknown): string => {
  const [path, query] = url.split('?', 2);
  const changed = new URLSearchParams(query);
  change(changed);
  return `${path}?${changed}`;
};
