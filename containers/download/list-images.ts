import pMap from 'p-map';
import { imageView } from '../../shared/contracts/image-view.ts';
import type { ImageRecord } from '../../shared/domain/image-record.ts';
import { type ImageProgress, progressOf } from '../../shared/domain/rendition.ts';
import { type Handler, ownerOf } from '../../shared/http/server.ts';
import { type ImagePage, listImages as readPage } from '../../shared/storage/image-list.ts';
import { type ImageTable, readImage } from '../../shared/storage/image-table.ts';
import { sendText } from './send-text.ts';

/** Pages that are looked through for one that has an image of the status asked for. */
const MOST_PAGES = 5;

/** Images whose renditions are read at once. */
const READS_AT_ONCE = 16;

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
    const { records, nextCursor } = status
      ? await filtered(table, { ...wanted, status })
      : await readPage(table, { cursor: undefined, ...wanted });
    const images = records.map((record) => imageView(record));
    const text = JSON.stringify({ images, ...(nextCursor && { nextCursor }) });
    return sendText(request, h, { text, type: 'application/json', cacheControl: 'private, no-cache' });
  };

/** The first page with an image of that status. The list knows nothing of renditions, so each image of a page is read. */
async function filtered(
  table: ImageTable,
  { status, ...wanted }: Query & { owner: string; status: ImageProgress },
): Promise<ImagePage> {
  let cursor = wanted.cursor;
  for (let page = 1; ; page += 1) {
    const { records, nextCursor } = await readPage(table, { ...wanted, cursor });
    const progress = await pMap(records, (record) => progressIn(table, record), { concurrency: READS_AT_ONCE });
    const found = records.filter((_, index) => progress[index] === status);
    if (found.length > 0 || !nextCursor || page === MOST_PAGES)
      return { records: found, ...(nextCursor && { nextCursor }) };
    cursor = nextCursor;
  }
}

async function progressIn(table: ImageTable, { imageId }: ImageRecord): Promise<ImageProgress | undefined> {
  const image = await readImage(table, imageId);
  return image && progressOf(image.renditions);
}
