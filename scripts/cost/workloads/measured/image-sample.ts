import { hash } from 'node:crypto';
import { isVariant } from '../../../../shared/domain/variant.ts';
import type { MessageRecord } from './embedded-records.ts';

/** A message with all its deliveries. */
export interface SampledMessage {
  /** When its first delivery in the file ended, milliseconds since 1970. */
  at: number;
  deliveries: string[];
  renditions: Map<string, { isReady: boolean; bytesOut: number; workMs: number }>;
}

export interface SampledImage {
  bytesIn?: number;
  messages: Map<string, SampledMessage>;
}

/** What a sample keeps at most. An image with a message takes a kilobyte; rates of a sample that was halved have a standard error of 0.85 %. */
const MOST = { images: 20_000, messages: 100_000 };

/** More messages of an image, and more deliveries of a message, than there are. They keep a single image from filling the sample. */
const MOST_OF_IMAGE = 1000;

export interface ImageSample {
  /** Returns whether the record counts: an image outside the sample counts too, a repeated record and one too many do not. */
  add(record: MessageRecord): boolean;
  images(): SampledImage[];
  /** How many images of the file each image of the sample stands for. */
  factor(): number;
}

/**
 * Collects messages by image, in memory that does not grow with the file. All images are kept until there are too many; then half of them, chosen by
 * the hash of the id, and later half of these, so that every image of the file is in the sample with the same probability, and with all of
 * its messages (adaptive sampling: https://doi.org/10.1007/BF02241657, whose standard error is 1.2 / √images).
 */
export function openImageSample(most: typeof MOST = MOST): ImageSample {
  const images = new Map<string, SampledImage>();
  let messages = 0;
  let factor = 1;
  const isChosen = (imageId: string): boolean => hash('sha1', imageId, 'buffer').readUInt32BE() % factor === 0;
  const halve = (): void => {
    factor *= 2;
    for (const [imageId, image] of images) {
      if (isChosen(imageId)) continue;
      images.delete(imageId);
      messages -= image.messages.size;
    }
  };
  return {
    add(record) {
      if (!isChosen(record.imageId)) return true;
      const image: SampledImage = images.get(record.imageId) ?? { messages: new Map() };
      images.set(record.imageId, image);
      messages -= image.messages.size;
      const isNew = addDelivery(image, record);
      messages += image.messages.size;
      while (images.size > most.images || messages > most.messages) halve();
      return isNew;
    },
    images: () => [...images.values()],
    factor: () => factor,
  };
}

function addDelivery(image: SampledImage, record: MessageRecord): boolean {
  // A client may give all of its requests one id; what they ask for tells them apart.
  const key = [record.requestId, ...record.renditions.map(({ name }) => name).sort()].join(' ');
  const delivery = `${record.at} ${record.receiveCount}`;
  const message: SampledMessage = image.messages.get(key) ?? { at: record.at, deliveries: [], renditions: new Map() };
  if (message.deliveries.includes(delivery)) return false;
  if (Math.max(message.deliveries.length, image.messages.size) >= MOST_OF_IMAGE) return false;
  image.messages.set(key, message);
  message.deliveries.push(delivery);
  message.at = Math.min(message.at, record.at);
  if (record.bytesIn !== undefined) image.bytesIn = record.bytesIn;
  for (const { name, outcome, bytesOut, workMs } of record.renditions) {
    const before = message.renditions.get(name) ?? { isReady: false, bytesOut: 0, workMs: 0 };
    const isReady = outcome === 'ready';
    message.renditions.set(name, {
      isReady: before.isReady || isReady,
      bytesOut: isReady ? bytesOut : before.bytesOut,
      workMs: before.workMs + workMs,
    });
  }
  return true;
}

/** Variants are made because somebody reads the image, never when it is uploaded. */
const isForReader = ({ renditions }: SampledMessage): boolean =>
  [...renditions.keys()].every((name) => isVariant({ name }));

/** The message of the upload, which is the first, unless it can only have come later; and the messages of later requests. */
export function messagesOf({ messages }: SampledImage): {
  upload: SampledMessage | undefined;
  later: SampledMessage[];
} {
  const inOrder = [...messages.values()].sort((a, b) => a.at - b.at);
  const upload = inOrder.find((message) => !isForReader(message));
  return { upload, later: inOrder.filter((message) => message !== upload) };
}
