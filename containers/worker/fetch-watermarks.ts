import { decideWatermark } from '../../shared/domain/access.ts';
import type { RenditionRequest } from '../../shared/domain/commands.ts';
import { ImageServiceError } from '../../shared/domain/errors.ts';
import type { ImageId } from '../../shared/domain/image-id.ts';
import { LIMITS } from '../../shared/domain/limits.ts';
import { originalKey } from '../../shared/domain/object-key.ts';
import { countRequests } from '../../shared/runtime/aws-requests.ts';
import type { ObjectStore } from '../../shared/storage/objects/object-store.ts';
import { findImage } from '../../shared/storage/table/image-access.ts';
import type { ImageTable } from '../../shared/storage/table/image-table.ts';
import type { MessageCosts } from './message-costs.ts';
import type { WorkDirectory } from './work-directory.ts';

interface Dependencies {
  table: ImageTable;
  objects: ObjectStore;
  directory: WorkDirectory;
  costs: Pick<MessageCosts, 'ofDecisions'>;
}

/** The images that renditions lay over others, each fetched once. */
export interface Watermarks {
  /** The paths of those that a request names; rejects if one cannot be had. */
  fetchFor(request: RenditionRequest): Promise<Record<ImageId, string>>;
  /**
   * Whether those that a request names make what shows them private, as their records are now; rejects if one may be shown no more. The work on a message
   * takes minutes, in which their owners may change their mind.
   */
  arePrivate(request: RenditionRequest): Promise<boolean>;
  remove(): Promise<void>;
}

export function openWatermarks(
  { table, objects, directory, costs }: Dependencies,
  owner: string,
  signal: AbortSignal,
): Watermarks {
  const fetched = new Map<ImageId, Promise<string>>();
  let bytes = 0;
  // No receipt may have what this read takes, which depends on images that are hidden from its reader.
  const decide = (imageId: ImageId) =>
    countRequests(costs.ofDecisions, () => permittedWatermark(table, imageId, owner));
  const fetch = async (imageId: ImageId): Promise<string> => {
    const { contentLength } = await decide(imageId);
    checkBytes(imageId, contentLength, bytes);
    bytes += contentLength;
    return await directory.fetch(objects, { key: originalKey(imageId), contentLength }, signal);
  };
  return {
    async fetchFor(request) {
      const paths: Record<ImageId, string> = {};
      for (const imageId of watermarksOf(request)) {
        const fetching = fetched.get(imageId) ?? fetch(imageId);
        fetched.set(imageId, fetching);
        paths[imageId] = await fetching;
      }
      return paths;
    },
    async arePrivate(request) {
      const all = watermarksOf(request).map(decide);
      return (await Promise.all(all)).some(({ isPrivate }) => isPrivate);
    },
    async remove() {
      for (const found of await Promise.allSettled(fetched.values())) {
        if (found.status === 'fulfilled') await directory.remove(found.value);
      }
    },
  };
}

const watermarksOf = ({ commands }: RenditionRequest): ImageId[] => [
  ...new Set(commands.flatMap((command) => (command.operation === 'watermark' ? [command.imageId] : []))),
];

/** What an owner's renditions may show. That the image is another's and that it does not exist are one answer, so that ids cannot be tried out. */
async function permittedWatermark(
  table: ImageTable,
  imageId: ImageId,
  owner: string,
): Promise<{ contentLength: number; isPrivate: boolean }> {
  const image = await findImage(table, imageId, { consistent: true });
  const target = image?.record ?? image?.target;
  const decision = target ? decideWatermark(owner, target) : 'hide';
  if (!image || decision === 'hide') throw watermarkNotFound(imageId);
  if (!image.record) throw image.damage;
  if (image.record.status !== 'stored') throw watermarkNotFound(imageId);
  if (decision === 'hold') {
    const detail = `The image ${imageId} cannot be a watermark, because it was not approved.`;
    throw new ImageServiceError('watermark_not_approved', detail);
  }
  return { contentLength: image.record.contentLength, isPrivate: decision === 'private' };
}

const watermarkNotFound = (imageId: ImageId): ImageServiceError =>
  new ImageServiceError('watermark_not_found', `There is no image ${imageId} to use as a watermark.`);

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
