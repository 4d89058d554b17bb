import { isImageId } from '../../domain/image-id.ts';
import { readCount } from './counted-entries.ts';
import { epochSeconds, type ImageTable, type Item, readImageItems } from './image-table.ts';
import { giveBackImage, inEntry, outEntry, readLeaving, settleImage, subtractImage, totalKey } from './stored-usage.ts';

/** Seconds after which nobody works any more on what an entry tells of: between an entry and the write that ends it lie some requests to AWS. */
const LEFT_AFTER_SECONDS = 60 * 60;

/** Entries that are resolved at once, each by a read of its image. The next time goes on with others. */
const MOST_AT_ONCE = 100;

interface LeftEntry {
  name: string;
  value: string;
}

/**
 * Ends what processes that died have left in the count of an owner, as the image's record or tombstone says. Resolves to how many entries were left.
 * `now` is in epoch seconds.
 */
export async function resolveLeftEntries(table: ImageTable, owner: string, now = epochSeconds()): Promise<number> {
  const item = (await readCount(table, totalKey(owner))) ?? {};
  const entries = Object.entries(item).flatMap(([name, value]) =>
    /^(in|out)_/.test(name) && typeof value === 'string' ? [{ name, value }] : [],
  );
  const left = entries
    // Deletions first, because they end reservations too.
    .toSorted((one, other) => other.name.localeCompare(one.name))
    .filter(({ name, value }) => name.startsWith('out_') || Number(value.split(' ')[2]) <= now - LEFT_AFTER_SECONDS)
    .slice(0, MOST_AT_ONCE);
  let resolved = 0;
  for (const entry of left) {
    const isResolved = entry.name.startsWith('in_') ? resolveIn(table, owner, entry) : resolveOut(table, owner, entry);
    if (await isResolved) resolved += 1;
  }
  return resolved;
}

async function readRecord(table: ImageTable, imageId: string): Promise<Item | undefined> {
  return (await readImageItems(table, imageId, { consistent: true })).record;
}

async function resolveIn(table: ImageTable, owner: string, { name, value }: LeftEntry): Promise<boolean> {
  const [imageId = '', contentLength] = value.split(' ');
  if (!isImageId(imageId)) return false;
  const reservation = name.slice(inEntry('').length);
  const record = await readRecord(table, imageId);
  if (record?.countedAs === reservation) await settleImage(table, owner, reservation);
  else return giveBackImage(table, { owner, imageId, contentLength: Number(contentLength) }, reservation);
  return true;
}

/** A deletion under way has written its tombstone or not; either way it goes on from where this leaves it. */
async function resolveOut(table: ImageTable, owner: string, { name, value }: LeftEntry): Promise<boolean> {
  const imageId = name.slice(outEntry('').length).replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
  if (!isImageId(imageId)) return false;
  const record = await readRecord(table, imageId);
  // The image is still there: whoever deletes it next finds the entry.
  if (record && record.status !== 'deleted') return false;
  // Without a tombstone, which would be there for weeks, the deletion was long ago.
  const freed = record ? record.freed : readLeaving(value)?.name;
  await subtractImage(table, { owner, imageId, ...(typeof freed === 'string' && { freed }) });
  return true;
}
