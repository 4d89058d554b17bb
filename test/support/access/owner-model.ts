import type { Visibility, WatermarkUse } from '../../../shared/domain/image-record.ts';

/** An image as the model knows it. */
export interface ModelImage {
  owner: number;
  visibility: Visibility;
  watermarkFor: WatermarkUse;
  isDeleted: boolean;
  hasThumb: boolean;
  /** Whether somebody has changed it since the upload. */
  isChanged: boolean;
}

/** What three owners have, numbered from 0; whoever has no credentials is `NOBODY`. Ids are in the order in which the service gave them. */
export interface OwnerModel {
  images: Map<string, ModelImage>;
  uploads: Map<string, { owner: number; isOpen: boolean }>;
  /** The image of each Idempotency-Key of each owner. */
  keys: Map<string, { imageId: string; visibility: Visibility }>;
}

export const OWNERS = 3;
export const NOBODY = OWNERS;

export const emptyModel = (): OwnerModel => ({ images: new Map(), uploads: new Map(), keys: new Map() });

/** The oracle: the status of a request for the record of an image, or to change it. */
export function statusForOwner(image: ModelImage, who: number, success: number): number {
  if (who === NOBODY) return 401;
  if (image.owner !== who) return 404;
  return image.isDeleted ? 410 : success;
}

/** The oracle: the status of a request for bytes of an image. */
export function statusForBytes(image: ModelImage, who: number, success: number): number {
  if (image.owner !== who && image.visibility === 'private') return 404;
  return image.isDeleted ? 410 : success;
}
