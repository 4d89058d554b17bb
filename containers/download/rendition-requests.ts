import type { RenditionRequest } from '../../shared/domain/commands.ts';
import { queuedRendition, type Rendition } from '../../shared/domain/rendition.ts';
import {
  type Image,
  type ImageTable,
  isConditionFailed,
  putRendition,
  readStoredImage,
} from '../../shared/storage/image-table.ts';
import { type ProcessingQueue, sendMessage } from '../../shared/storage/processing-queue.ts';
import { remakeRendition } from '../../shared/storage/rendition-states.ts';
import { openSingleFlight } from './single-flight.ts';

/**
 * Asks the workers for what a client wants to see and what is not there. Both answer the image as it is then. What many ask for at once
 * is asked for once.
 */
export interface RenditionRequests {
  /** Has a rendition made that the image does not have yet. */
  make(image: Image, request: RenditionRequest, requestId: string): Promise<Image>;
  /** Has a rendition made again whose object is gone. */
  remake(image: Image, rendition: Rendition, requestId: string): Promise<Image>;
}

/**
 * Seconds that workers do not see a message, in which the record changes: what they find `ready` they leave alone. The message goes
 * first, because without one nobody would make what is `queued`.
 */
const HEAD_START_SECONDS = 1;

export function openRenditionRequests({
  table,
  queue,
}: {
  table: ImageTable;
  queue: ProcessingQueue;
}): RenditionRequests {
  const singleFlight = openSingleFlight<Rendition>();

  async function once(image: Image, name: string, ask: () => Promise<Rendition>): Promise<Image> {
    const asked = await singleFlight(`${image.record.imageId}/${name}`, ask);
    const others = image.renditions.filter((each) => each.name !== name);
    const place = image.renditions.findIndex((each) => each.name === name);
    return { ...image, renditions: others.toSpliced(place < 0 ? others.length : place, 0, asked) };
  }

  /** As it is now: who asks may have read the image before somebody else asked for the same. */
  async function latest({ record: { imageId } }: Image, name: string): Promise<Rendition | undefined> {
    const { renditions } = await readStoredImage(table, imageId, { consistent: true });
    return renditions.find((each) => each.name === name);
  }

  return {
    async make(image, request, requestId) {
      const { renditions, record } = image;
      if (renditions.some(({ name }) => name === request.name)) return image;
      const { imageId } = record;
      return await once(image, request.name, async () => {
        const known = await latest(image, request.name);
        if (known) return known;
        const rendition = queuedRendition(request, new Date(), renditions.length);
        await sendMessage(queue, { imageId, requestId, renditions: [request] });
        await putRendition(table, imageId, rendition).catch((error: unknown) => {
          // Somebody else has asked for it a moment ago.
          if (!isConditionFailed(error)) throw error;
        });
        return rendition;
      });
    },
    async remake(image, rendition, requestId) {
      const { imageId } = image.record;
      const { name, commands, output, facts: _gone, ...kept } = rendition;
      return await once(image, name, async () => {
        const known = await latest(image, name);
        if (known && known.updatedAt !== rendition.updatedAt) return known;
        const renditions = [{ name, commands, output }];
        await sendMessage(queue, { imageId, requestId, renditions }, HEAD_START_SECONDS);
        const queued = await remakeRendition(table, { imageId, name });
        return queued ?? { ...kept, name, commands, output, status: 'queued' };
      });
    },
  };
}
