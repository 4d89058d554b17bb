import { expect } from 'chai';
import { jsonOf, send } from '../http/http-client.ts';
import { allItems, type TableItem } from '../storage/table-items.ts';
import { as } from './owners.ts';
import type { Services } from './services.ts';

/** All that an item may have when its image or its upload is no more, beside what names its owner, its ids and times. */
const LEFT: Record<string, string[]> = {
  RECORD: [
    'imageId',
    'owner',
    'status',
    'deletedAt',
    'removeAfter',
    'visibility',
    'uploadId',
    'freed',
    'failedFor',
    'failedAt',
    'invalidationId',
  ],
  UPLOAD: [
    'uploadId',
    'imageId',
    'owner',
    'status',
    'removeAfter',
    'contentType',
    'contentLength',
    'storeUploadId',
    'partSize',
    'createdAt',
    'validUntil',
    'received',
    'visibility',
    'maxBytes',
    'tokenId',
    'irregular',
    'signed',
    'assembled',
    'partsFingerprint',
    'token',
    'claimedUntil',
  ],
  ANSWER: ['token', 'imageId', 'isAnswered', 'claimedUntil', 'removeAfter', 'uploadId'],
};

/** Items that are about an owner: those that name him or are counted for him, and those of his images. */
function itemsOf(items: readonly TableItem[], owner: string): TableItem[] {
  const counted = [`USAGE#${encodeURIComponent(owner)}`, `UPLOADS#${encodeURIComponent(owner)}`];
  const named = items.filter((item) => item.owner === owner);
  const images = new Set(named.map(({ imageId }) => `IMAGE#${imageId}`));
  return items.filter(
    (item) =>
      item.owner === owner ||
      images.has(item.pk) ||
      counted.includes(item.pk) ||
      item.pk.startsWith(`IDEMPOTENCY#${encodeURIComponent(owner)}#`),
  );
}

/** The names of files that belong to an owner, by the ids of his images. */
const filesOf = (files: readonly string[], items: readonly TableItem[]): string[] => {
  const ids = items.flatMap(({ imageId }) => (typeof imageId === 'string' ? [imageId] : []));
  return files.filter((file) => !/^\S+#/.test(file) && ids.some((id) => file.includes(id)));
};

/** Everything that is stored of an owner, to compare before and after. */
export async function stateOf(services: Pick<Services, 'table' | 'leftovers'>, owner: string): Promise<string[]> {
  const items = itemsOf(await allItems(services.table), owner);
  const files = filesOf(await services.leftovers(), items);
  return [...items.map((item) => JSON.stringify(item, Object.keys(item).sort())), ...files].sort();
}

/** Nothing is left of an owner but names, times and sizes of what was there: no object, no count, no rendition. */
export async function expectErased(
  services: Pick<Services, 'table' | 'leftovers'>,
  owner: string,
  imageIds: readonly string[] = [],
): Promise<void> {
  const all = await allItems(services.table);
  const left = itemsOf(all, owner);
  for (const { pk, sk, listedFor, ...item } of left) {
    if (sk === 'TOKEN' || pk.startsWith('KEYS#')) continue;
    expect(listedFor, `${pk} ${sk} is in no list`).to.equal(undefined);
    expect(LEFT[sk], `${pk} ${sk}`).to.include.members(Object.keys(item));
    if (sk === 'RECORD') expect(item.status, pk).to.equal('deleted');
    if (sk === 'UPLOAD') expect(item.status, pk).to.be.oneOf(['completed', 'aborted', 'rejected']);
  }
  const ids = [...imageIds, ...left.flatMap(({ imageId }) => (typeof imageId === 'string' ? [imageId] : []))];
  const renditions = all.filter(({ pk, sk }) => sk.startsWith('RENDITION#') && ids.some((id) => pk === `IMAGE#${id}`));
  expect(renditions).to.deep.equal([]);
  expect(
    filesOf(
      await services.leftovers(),
      ids.map((imageId) => ({ pk: '', sk: '', imageId })),
    ),
  ).to.deep.equal([]);
}

/** Asks until an erasure is done. Resolves to the sum of what its requests have removed. */
export async function erase(
  base: string,
  owner: string,
  by = 'operator',
): Promise<{ images: number; objects: number; uploads: number; purges: number; requests: number }> {
  const sum = { images: 0, objects: 0, uploads: 0, purges: 0, requests: 0 };
  const path = `/v1/owners/${encodeURIComponent(owner)}/images`;
  for (;;) {
    const answer = await send(base, { method: 'DELETE', path, headers: await as(by, ['admin']) });
    const view = jsonOf(answer);
    expect(answer.status, answer.body.toString()).to.equal(view.status === 'done' ? 200 : 202);
    expect(answer.headers['retry-after']).to.equal(answer.status === 202 ? '1' : undefined);
    for (const name of ['images', 'objects', 'uploads', 'purges'] as const) sum[name] += view[name];
    sum.requests += 1;
    if (view.status === 'done') return sum;
  }
}
