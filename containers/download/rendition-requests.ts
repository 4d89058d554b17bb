import type { ProcessingMessage } from '../../shared/contracts/queue-message.ts';
import type { RenditionRequest } from '../../shared/domain/commands.ts';
import type { CountedRenditions, OwnerLimits } from '../../shared/domain/owner-limits.ts';
import { queuedRendition, type Rendition } from '../../shared/domain/rendition.ts';
import { type ProcessingQueue, sendMessage } from '../../shared/storage/queues/processing-queue.ts';
import { isConditionFailed } from '../../shared/storage/table/conditional-write.ts';
import { type Image, type ImageTable, readStoredImage } from '../../shared/storage/table/image-table.ts';
import { addRendition } from '../../shared/storage/table/image-writes.ts';
import { remakeRendition } from '../../shared/storage/table/rendition-states.ts';
import { openSingleFlight } from './single-flight.ts';

/**
 * Asks the workers for renditions that a client wants and that are missing. Both methods return the image with the queued rendition. Many
 * requests for the same rendition at the same time become one.
 */
export interface RenditionRequests {
  /** Requests a rendition that the image does not have yet. */
  make(image: Image, request: RenditionRequest, requestId: string): Promise<Image>;
  /** Requests a rendition again whose object is gone. */
  remake(image: Image, rendition: Rendition, requestId: string): Promise<Image>;
}

/**
 * Seconds for which workers do not see the message, so that the record changes first: workers ignore a rendition that is still `ready`. The message
 * is sent before that, because nobody would make a rendition that is `queued` without a message.
 */
const DELAY_SECONDS = 1;

export function openRenditionRequests({
  table,
  queue,
  limits,
}: {
  table: ImageTable;
  queue: ProcessingQueue;
  limits: Pick<OwnerLimits, 'takeRenditions' | 'addRenditions'>;
}): RenditionRequests {
  const singleFlight = openSingleFlight<Rendition>();

  async function once(image: Image, name: string, ask: () => Promise<Rendition>): Promise<Image> {
    const requested = await singleFlight(`${image.record.imageId}/${name}`, ask);
    const others = image.renditions.filter((each) => each.name !== name);
    const index = image.renditions.findIndex((each) => each.name === name);
    return { ...image, renditions: others.toSpliced(index < 0 ? others.length : index, 0, requested) };
  }

  /** Sends a message. Without it nobody makes what was counted. */
  async function sendCounted(counted: CountedRenditions, message: ProcessingMessage, delaySeconds?: number) {
    try {
      await sendMessage(queue, message, delaySeconds);
    } catch (error) {
      await counted.giveBack();
      throw error;
    }
  }

  /** The rendition as it is now: another request for it may have come since the caller has read the image. */
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
        const counted = await limits.takeRenditions(record.owner, 1);
        const rendition = queuedRendition(request, new Date(), renditions.length);
        await sendCounted(counted, { imageId, requestId, renditions: [request] });
        await addRendition(table, imageId, rendition).catch(async (error: unknown) => {
          if (!isConditionFailed(error)) throw error;
          // Another process has requested it a moment ago, and counted it.
          await counted.giveBack();
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
        // Whoever downloads it must not pay for what the owner has used, so that it is counted and made in any case.
        const counted = await limits.addRenditions(image.record.owner, 1);
        await sendCounted(counted, { imageId, requestId, renditions }, DELAY_SECONDS);
        const queued = await remakeRendition(table, { imageId, name });
        return queued ?? { ...kept, name, commands, output, status: 'queued' };
      });
    },
  };
}
