import { createHash } from 'node:crypto';
import type { ImageRecord } from '../../domain/image-record.ts';
import type { Rendition } from '../../domain/rendition.ts';
import { imageView } from './image-view.ts';

/** A version of an image's record, as it is told. */
export interface ImageVersion {
  json: string;
  /** Strong, quotes included. */
  eTag: string;
  /** Of its last change. Many may fall into one second, so that whoever reads is given the ETag only. */
  lastModified: Date;
}

/** The ETag of a text: by what it says. */
export const eTagOfText = (text: string | Buffer): string =>
  `"${createHash('sha256').update(text).digest('base64url').slice(0, 27)}"`;

export function versionOf({ record, renditions }: { record: ImageRecord; renditions: Rendition[] }): ImageVersion {
  const json = JSON.stringify(imageView(record, renditions));
  const times = [record.createdAt, ...renditions.map(({ updatedAt }) => updatedAt)].map(Date.parse);
  return { json, eTag: eTagOfText(json), lastModified: new Date(Math.max(...times)) };
}
