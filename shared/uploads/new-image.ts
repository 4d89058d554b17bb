import type { RenditionRequest } from '../domain/commands.ts';
import type { ImageRecord } from '../domain/image-record.ts';
import { queuedRendition } from '../domain/rendition.ts';
import type { Image } from '../storage/image-table.ts';

/** An image whose bytes are stored and checked, with its renditions, as both are first written. */
export function newImage(facts: Omit<ImageRecord, 'status' | 'createdAt'>, renditions: RenditionRequest[]): Image {
  const now = new Date();
  return {
    record: { ...facts, status: 'stored', createdAt: now.toISOString() },
    renditions: renditions.map((request, place) => queuedRendition(request, now, place)),
  };
}
