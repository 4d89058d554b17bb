import pMap from 'p-map';
import { imageView } from '../../shared/contracts/api/image-view.ts';
import { ImageServiceError } from '../../shared/domain/errors.ts';
import type { ImageRecord } from '../../shared/domain/image-record.ts';
import { type ImageProgress, progressOf } from '../../shared/domain/rendition.ts';
import { ownerOf } from '../../shared/http/authentication.ts';
import { noteError } from '../../shared/http/request-log.ts';
import type { Handler } from '../../shared/http/server.ts';
import { type ImagePage, listImageRecords } from '../../shared/storage/table/image-list.ts';
import { type ImageTable, readImageIfValid } from '../../shared/storage/table/image-table.ts';
import { CACHE_AND_ASK } from './cache-control.ts';
import { sendText } from './send-text.ts';

/** The maximum number of pages that are searched for an image of the requested status. */
const MAX_PAGES = 5;

/** Images whose renditions are read at the same time. */
const READ_CONCURRENCY = 16;

interface Query {
  limit: number;
  cursor?: string;
  status?: ImageProgress;
}

/** `GET /v1/images` */
export const listImages =
  (table: ImageTable): Handler =>
  async (request, h) => {
    const { status, ...page } = request.query as unknown as Query;
    const wanted = { owner: ownerOf(request), ...page };
    const {
      records,
      damaged = [],
      nextCursor,
    } = status
      ? await readFilteredPage(table, { ...wanted, status })
      : await listImageRecords(table, { cursor: undefined, ...wanted });
    if (damaged.length > 0) noteError(request, leftOut(damaged));
    const images = records.map((record) => imageView(record));
    const text = JSON.stringify({ images, ...(nextCursor && { nextCursor }) });
    return sendText(request, h, { text, type: 'application/json', cacheControl: CACHE_AND_ASK });
  };

/** This error is only logged, because clients can do nothing about damaged records. */
const leftOut = (damaged: string[]): ImageServiceError =>
  new ImageServiceError(
    'object_damaged',
    `Left out of the list, because their records are damaged, ${damaged.length}: ${damaged.join(', ')}.`,
  );

/** The first page with an image of that status. The index of the list does not contain renditions, so each image of a page is read. */
async function readFilteredPage(
  table: ImageTable,
  { status, ...wanted }: Query & { owner: string; status: ImageProgress },
): Promise<ImagePage> {
  let cursor = wanted.cursor;
  const damaged: string[] = [];
  for (let page = 1; ; page += 1) {
    const { records, nextCursor, ...read } = await listImageRecords(table, { ...wanted, cursor });
    damaged.push(...(read.damaged ?? []));
    const progress = await pMap(records, (record) => progressIn(table, record), { concurrency: READ_CONCURRENCY });
    const found = records.filter((_, index) => progress[index] === status);
    if (found.length > 0 || !nextCursor || page === MAX_PAGES)
      return { records: found, damaged, ...(nextCursor && { nextCursor }) };
    cursor = nextCursor;
  }
}

async function progressIn(table: ImageTable, { imageId }: ImageRecord): Promise<ImageProgress | undefined> {
  const image = await readImageIfValid(table, imageId);
  return image && progressOf(image.renditions);
}
