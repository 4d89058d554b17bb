import { setTimeout as sleep } from 'node:timers/promises';
import type { ImageRecord } from '../../domain/image-record.ts';
import { updateItem } from './conditional-write.ts';
import { readCount, sumOf } from './counted-entries.ts';
import { listImageRecords } from './image-list.ts';
import { type ImageTable, type Item, recordKey } from './image-table.ts';
import { resolveLeftEntries } from './left-entries.ts';
import { giveBackImage, reserveImage, settleImage, totalKey } from './stored-usage.ts';

interface Stored {
  images: number;
  storedBytes: number;
}

/** What was found of the images of an owner. */
export interface Recount {
  /** As they were counted before; with images that had never been counted, which are now. */
  before: Stored;
  added: number;
  /** As the list has them. Absent if that is not known. */
  stored?: Stored;
  /** Images whose records are damaged, so that nobody knows what they count as. Delete or mend them first. */
  damaged: string[];
}

interface Options {
  /** How often the images are listed if something changes meanwhile. */
  tries?: number;
  /** Milliseconds after which the list has everything that was written before. */
  settleMs?: number;
}

const UNLIMITED = { images: null, storedBytes: null };

const storedOf = (item: Item | undefined): Stored => ({
  images: sumOf(item, 'images'),
  storedBytes: sumOf(item, 'storedBytes'),
});

const isSame = (one: Stored, other: Stored): boolean =>
  one.images === other.images && one.storedBytes === other.storedBytes;

/**
 * Counts images of an owner that were stored before owners were counted, by the protocol of uploads; then compares the count with the list, and
 * corrects it where nobody has changed it meanwhile. Safe to repeat, and while services run.
 */
export async function recountOwner(
  table: ImageTable,
  owner: string,
  { tries = 5, settleMs = 2_000 }: Options = {},
): Promise<Recount> {
  let before: Stored | undefined;
  let added = 0;
  for (let attempt = 1; attempt <= tries; attempt += 1) {
    await resolveLeftEntries(table, owner);
    const counted = (await readCount(table, totalKey(owner))) ?? {};
    before ??= storedOf(counted);
    await sleep(settleMs);
    const { stored, uncounted, damaged } = await listStored(table, owner);
    for (const record of uncounted) if (await countImage(table, record)) added += 1;
    if (damaged.length > 0) return { before, added, damaged };
    if (uncounted.length > 0 || hasEntries(counted)) continue;
    if (await correct(table, owner, { counted: storedOf(counted), stored })) return { before, added, stored, damaged };
  }
  return { before: before ?? storedOf(undefined), added, damaged: [] };
}

/** Whether an image is on its way in or out. */
const hasEntries = (item: Item): boolean => Object.keys(item).some((name) => /^(in|out)_/.test(name));

/** Sets the count to what the list has, unless it has changed since it was read. Resolves to false if it has. */
async function correct(
  table: ImageTable,
  owner: string,
  { counted, stored }: { counted: Stored; stored: Stored },
): Promise<boolean> {
  const now = await readCount(table, totalKey(owner));
  if (hasEntries(now ?? {}) || !isSame(storedOf(now), counted)) return false;
  if (isSame(counted, stored)) return true;
  const written = await updateItem(table, {
    ...{ key: totalKey(owner), set: { ...stored } },
    condition: now
      ? '#images = :images_before AND #storedBytes = :bytes_before'
      : 'attribute_not_exists(#images) AND attribute_not_exists(#storedBytes)',
    values: now ? { ':images_before': counted.images, ':bytes_before': counted.storedBytes } : {},
  });
  return written !== undefined;
}

interface Listed {
  stored: Stored;
  uncounted: ImageRecord[];
  damaged: string[];
}

async function listStored(table: ImageTable, owner: string): Promise<Listed> {
  const stored = { images: 0, storedBytes: 0 };
  const uncounted: ImageRecord[] = [];
  const damaged: string[] = [];
  let cursor: string | undefined;
  do {
    const page = await listImageRecords(table, { owner, limit: 100, cursor });
    for (const record of page.records) {
      if (!record.countedAs) uncounted.push(record);
      stored.images += 1;
      stored.storedBytes += record.contentLength;
    }
    damaged.push(...(page.damaged ?? []));
    cursor = page.nextCursor;
  } while (cursor);
  return { stored, uncounted, damaged };
}

/** Counts an image that was stored before owners were counted, unless it is deleted or counted meanwhile. */
async function countImage(table: ImageTable, { owner, imageId, contentLength }: ImageRecord): Promise<boolean> {
  const countedAs = await reserveImage(table, { owner, imageId, contentLength }, UNLIMITED);
  if (countedAs === undefined) throw new Error('a reservation without limits was refused');
  const marked = await updateItem(table, {
    ...{ key: recordKey(imageId), set: { countedAs }, names: ['status'] },
    ...{ condition: '#status = :stored AND attribute_not_exists(#countedAs)', values: { ':stored': 'stored' } },
  });
  if (marked) await settleImage(table, owner, countedAs);
  else await giveBackImage(table, { owner, imageId, contentLength }, countedAs);
  return marked !== undefined;
}
