import { fileURLToPath } from 'node:url';
import { isImageId } from '../../../shared/domain/image-id.ts';
import { fileOfKey, KEY_PREFIXES } from '../../../shared/domain/object-key.ts';
import { createDocumentClient } from '../../../shared/runtime/clients.ts';
import { openFileObjectStore } from '../../../shared/storage/objects/file-object-store.ts';
import { type ImageTable, type Item, readImage } from '../../../shared/storage/table/image-table.ts';
import { findStoredImages, scanPage } from '../../../shared/storage/table/table-scan.ts';
import { RateLimiter } from '../../verify/rate-limiter.ts';
import { readStackSettings } from './stack-settings.ts';

/** Originals, and items of the table, that are looked at in a second: little beside what uploads and downloads do. */
const PER_SECOND = 2000;

/** Originals without a record after which counting ends. */
const MOST = 1000;

/** Originals whose records are asked for at once. */
const PAGE = 100;

/** The time span in which originals were written. */
interface Span {
  since: Date;
  until: Date;
}

/** Says whether originals of a time are without a record, in a sentence. Runs beside the services of a stack, at a pace that they do not feel. */
export async function describeUnrecordedOriginals(folder: string, { since, until }: Span): Promise<string> {
  const settings = await readStackSettings(folder);
  if (!settings) throw new Error('the stack has ended');
  const documents = createDocumentClient(settings);
  const table = { documents, tableName: settings.IMAGE_TABLE_NAME };
  const objects = await openFileObjectStore(fileURLToPath(settings.OBJECT_STORE_URL));
  const pace = new RateLimiter(PER_SECOND);
  try {
    const found: string[] = [];
    let page: string[] = [];
    const look = async () => {
      const stored = await findStoredImages(table, page);
      found.push(...page.filter((imageId) => !stored.has(imageId)));
      page = [];
    };
    for await (const { key, lastModified } of objects.list(KEY_PREFIXES.originals)) {
      await pace.take(1);
      const isSuspected = lastModified >= since && lastModified < until;
      if (isSuspected && isImageId(fileOfKey(key)) && page.push(fileOfKey(key)) === PAGE) await look();
      if (found.length >= MOST) break;
    }
    await look();
    return sentenceOf((await unknownAmong(found, table, pace)).length, folder, since);
  } finally {
    documents.destroy();
  }
}

/** Those that are neither to become an image by an upload that is being completed, nor deleted, nor stored by now. */
async function unknownAmong(imageIds: string[], table: ImageTable, pace: RateLimiter): Promise<string[]> {
  if (imageIds.length === 0) return [];
  const left = new Set(imageIds);
  let from: Item | undefined;
  do {
    const page = await scanPage(table, { limit: PAGE, from });
    await pace.take(page.itemCount);
    for (const { imageId, status } of page.openUploads) if (status === 'completing') left.delete(imageId);
    from = page.next;
  } while (from);
  for (const imageId of left) if (await readImage(table, imageId, { consistent: true })) left.delete(imageId);
  return [...left];
}

function sentenceOf(count: number, folder: string, since: Date): string {
  if (count === 0) return `All originals that were written since ${since.toISOString()} have their records.`;
  const number = `${count}${count >= MOST ? ' or more' : ''}`;
  return `Originals without a record: ${number}. npm run verify -- --data ${folder} lists them, and makes records of them with --adopt.`;
}
