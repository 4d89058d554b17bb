import type { RenditionRequest } from '../../shared/domain/commands.ts';
import { ImageServiceError } from '../../shared/domain/errors.ts';
import type { ImageId } from '../../shared/domain/image-id.ts';
import { LIMITS } from '../../shared/domain/limits.ts';
import { originalKey } from '../../shared/domain/object-key.ts';
import type { ObjectStore } from '../../shared/storage/objects/object-store.ts';
import { type ImageTable, readImage } from '../../shared/storage/table/image-table.ts';
import type { WorkDirectory } from './work-directory.ts';

interface Dependencies {
  table: ImageTable;
  objects: ObjectStore;
  directory: WorkDirectory;
}

/** The images that renditions lay over others, each fetched once. */
export interface Watermarks {
  /** The paths of those that a request names; rejects if one of them cannot be had. */
  pathsFor(request: RenditionRequest): Promise<Record<ImageId, string>>;
  remove(): Promise<void>;
}

export function openWatermarks(
  { table, objects, directory }: Dependencies,
  owner: string,
  signal: AbortSignal,
): Watermarks {
  const fetched = new Map<ImageId, Promise<string>>();
  let bytes = 0;
  const fetch = async (imageId: ImageId): Promise<string> => {
    const contentLength = await lengthOf(table, imageId, owner);
    checkBytes(imageId, contentLength, bytes);
    bytes += contentLength;
    return await directory.fetch(objects, { key: originalKey(imageId), contentLength }, signal);
  };
  return {
    async pathsFor({ commands }) {
      const paths: Record<ImageId, string> = {};
      for (const command of commands) {
        if (command.operation !== 'watermark') continue;
        const { imageId } = command;
        if (!fetched.has(imageId)) fetched.set(imageId, fetch(imageId));
        paths[imageId] = await (fetched.get(imageId) as Promise<string>);
      }
      return paths;
    },
    async remove() {
      for (const found of await Promise.allSettled(fetched.values())) {
        if (found.status === 'fulfilled') await directory.remove(found.value);
      }
    },
  };
}

/** The bytes of a watermark, which is an image of the same owner. That it is another's and that it does not exist are one answer, so that ids cannot be tried out. */
async function lengthOf(table: ImageTable, imageId: ImageId, owner: string): Promise<number> {
  const watermark = await readImage(table, imageId, { consistent: true });
  if (watermark?.record.status === 'stored' && watermark.record.owner === owner) return watermark.record.contentLength;
  throw new ImageServiceError('watermark_not_found', `There is no image ${imageId} to use as a watermark.`);
}

/** Before a byte of it is fetched: all that a message names lies on the worker's disk until its end. */
function checkBytes(imageId: ImageId, actual: number, others: number): void {
  const { watermarkBytes, watermarksBytes } = LIMITS;
  if (actual > watermarkBytes) {
    const detail = `The watermark image ${imageId} has ${actual} bytes; the limit is ${watermarkBytes}. Upload a smaller one.`;
    throw new ImageServiceError('watermark_too_large', detail, { limit: watermarkBytes, actual, unit: 'bytes' });
  }
  if (others + actual > watermarksBytes) {
    const detail = `The watermark images of one request have more than ${watermarksBytes} bytes together. Ask for renditions with others of them in another request.`;
    throw new ImageServiceError('watermark_too_large', detail, {
      limit: watermarksBytes,
      actual: others + actual,
      unit: 'bytes',
    });
  }
}
