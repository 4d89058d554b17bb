import { createHash } from 'node:crypto';
import { imageView } from '../../shared/contracts/image-view.ts';
import { isSettled } from '../../shared/domain/rendition.ts';
import type { Image } from '../../shared/storage/image-table.ts';

/** What is told of an image, ready to be sent. */
export interface Told {
  /** Its record as JSON. */
  json: string;
  /** Weak, quotes included, because the JSON may come compressed. */
  eTag: string;
  /** Whether nothing will change until somebody asks for something. */
  isSettled: boolean;
  isDeleted: boolean;
}

export function tell({ record, renditions }: Image): Told {
  const json = JSON.stringify(imageView(record, renditions));
  const eTag = `W/"${createHash('sha256').update(json).digest('base64url').slice(0, 27)}"`;
  return { json, eTag, isSettled: isSettled(renditions), isDeleted: false };
}
