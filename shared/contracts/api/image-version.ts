import { createHash } from 'node:crypto';
import type { ImageRecord } from '../../domain/image-record.ts';
import type { Rendition } from '../../domain/rendition.ts';
import { imageView } from './image-view.ts';

/** A version of an image's record as shown to clients. */
export interface ImageVersion {
  json: string;
  /** A strong ETag, quotes included. */
  eTag: string;
  /** The time of its last change. Several changes may fall into one second, so readers get the ETag only. */
  lastModified: Date;
}

/** The ETag of a text, from a hash of its content. */
export const eTagOfText = (text: string | Buffer): string =>
  `"${createHash('sha256').update(text).digest('base64url').slice(0, 27)}"`;

export function versionOf({ record, renditions }: { record: ImageRecord; renditions: Rendition[] }): ImageVersion {
  const json = JSON.stringify(imageView(record, renditions));
  const { createdAt, changedAt = createdAt } = record;
  const times = [createdAt, changedAt, ...renditions.map(({ updatedAt }) => updatedAt)].map(Date.parse);
  return { json, eTag: eTagOfText(json), lastModified: new Date(Math.max(...times)) };
}
