import { randomBytes } from 'node:crypto';
import { IMAGE_TABLE, usagePartition, usageTotalSortKey } from '../../contracts/table.ts';
import { isImageId } from '../../domain/image-id.ts';
import type { Tombstone } from '../../domain/image-record.ts';
import type { ImageSize, OwnerLimitValues } from '../../domain/owner-limits.ts';
import { updateItem } from './conditional-write.ts';
import { addEntry, keepAmounts, negated, readCount, removeEntry, sumOf } from './counted-entries.ts';
import { epochSeconds, type ImageTable, type Item } from './image-table.ts';

/**
 * The images of an owner and the bytes of their originals, in one item. An image on its way in has an entry `in_RESERVATION` until its record is
 * there, which keeps the name of the reservation; an image on its way out has an entry `out_IMAGE` until its tombstone is there. What a process that
 * died has left is decided by record or tombstone (left-entries.ts), so that every image counts once for as long as it has a record.
 */
export const totalKey = (owner: string): Item => ({
  [IMAGE_TABLE.partitionKey]: usagePartition(owner),
  [IMAGE_TABLE.sortKey]: usageTotalSortKey,
});

/** The attribute that the item has while everything of the owner is erased (owner-erasure.ts). */
export const ERASURE_ID = 'erasureId';

export const inEntry = (reservation: string): string => `in_${reservation}`;
/** Names of attributes in expressions have no dashes. */
export const outEntry = (imageId: string): string => `out_${imageId.replaceAll('-', '')}`;

const amountsOf = (contentLength: number) => ({ images: 1, storedBytes: contentLength });

/** A name that nobody else gives. */
const newName = (): string => randomBytes(8).toString('hex');

export type StorageLimits = Pick<OwnerLimitValues, 'images' | 'storedBytes'>;

/** Takes a place for an image. Resolves to the name of the reservation, or to undefined if there is none within the limits, or the owner is being erased. */
export async function reserveImage(
  table: ImageTable,
  { owner, imageId, contentLength }: ImageSize,
  { images, storedBytes }: StorageLimits,
): Promise<string | undefined> {
  const reservation = newName();
  const isReserved = await addEntry(table, {
    key: totalKey(owner),
    name: inEntry(reservation),
    value: `${imageId} ${contentLength} ${epochSeconds()}`,
    amounts: amountsOf(contentLength),
    most: { images, storedBytes },
    unless: ERASURE_ID,
  });
  return isReserved ? reservation : undefined;
}

/** The images with a place that may not be stored yet, by an item of totals. `since` is in epoch seconds. */
export const readArriving = (item: Item) =>
  Object.entries(item).flatMap(([name, value]) => {
    const [imageId = '', contentLength, since] = String(value).split(' ');
    if (!name.startsWith(inEntry('')) || !isImageId(imageId)) return [];
    return {
      reservation: name.slice(inEntry('').length),
      imageId,
      contentLength: Number(contentLength),
      since: Number(since),
    };
  });

/** Ends a reservation whose image is stored. */
export const settleImage = (table: ImageTable, owner: string, reservation: string): Promise<void> =>
  keepAmounts(table, { key: totalKey(owner), name: inEntry(reservation) });

/** Gives the place of an image back that was not stored. Of one that is on its way out, `subtractImage` gives it back. */
export const giveBackImage = (
  table: ImageTable,
  { owner, imageId, contentLength }: ImageSize,
  reservation: string,
): Promise<boolean> => {
  const entry = { key: totalKey(owner), name: inEntry(reservation), amounts: amountsOf(contentLength) };
  return removeEntry(table, entry, { name: outEntry(imageId), text: reservation });
};

/**
 * The entry of an image on its way out: its own name, the bytes, and the reservation by which it came in. The tombstone keeps the name, which says
 * nothing of the image.
 */
interface Leaving {
  name: string;
  contentLength: number;
  reservation: string;
}

const writeLeaving = ({ name, contentLength, reservation }: Leaving): string =>
  `${name} ${contentLength} ${reservation}`;

/** Reads an entry; undefined if there is none. */
export function readLeaving(value: unknown): Leaving | undefined {
  const [, name = '', contentLength, reservation = ''] = /^(\w+) (\d+) (\w+)$/.exec(String(value)) ?? [];
  return contentLength === undefined ? undefined : { name, contentLength: Number(contentLength), reservation };
}

/**
 * Says that an image is about to leave. Resolves to the name that its tombstone is to keep as `freed`: nothing is subtracted before that is written.
 * Everybody who deletes the image at the same time gets the same.
 */
export async function announceLeaving(
  table: ImageTable,
  { owner, imageId, contentLength }: ImageSize,
  reservation: string,
): Promise<string> {
  const entry = outEntry(imageId);
  for (;;) {
    const name = newName();
    const value = writeLeaving({ name, contentLength, reservation });
    if (await addEntry(table, { key: totalKey(owner), name: entry, value, amounts: {} })) return name;
    const other = readLeaving((await readCount(table, totalKey(owner)))?.[entry]);
    if (other) return other.name;
  }
}

/** Ends the announcement of an image whose tombstone is written: subtracts it, once, if the tombstone keeps the name of the announcement. */
export async function subtractImage(
  table: ImageTable,
  { owner, imageId, freed }: Pick<Tombstone, 'owner' | 'imageId' | 'freed'>,
): Promise<void> {
  const entry = outEntry(imageId);
  const value = (await readCount(table, totalKey(owner)))?.[entry];
  const leaving = readLeaving(value);
  if (!leaving) return;
  const isSubtracted = leaving.name === freed;
  await updateItem(table, {
    key: totalKey(owner),
    ...(isSubtracted && { add: negated(amountsOf(leaving.contentLength)) }),
    // The reservation is still there if the process died that had made it.
    remove: isSubtracted ? [entry, inEntry(leaving.reservation)] : [entry],
    ...{ condition: `#${entry} = :value`, values: { ':value': value } },
  });
}

/** The images and bytes of an owner. */
export async function readStored(table: ImageTable, owner: string): Promise<StoredByOwner> {
  const item = await readCount(table, totalKey(owner));
  const stored = { images: sumOf(item, 'images'), storedBytes: sumOf(item, 'storedBytes') };
  return item?.[ERASURE_ID] === undefined ? stored : { ...stored, isErased: true };
}

interface StoredByOwner {
  images: number;
  storedBytes: number;
  /** Everything of the owner is being erased. */
  isErased?: true;
}
