import Joi from 'joi';
import type { Visibility, WatermarkUse } from '../../domain/image-record.ts';
import { type Purge, purgeSchema } from './deletion-view.ts';
import { type ImageView, imageViewSchema, visibilitySchema, watermarkForSchema } from './image-view.ts';

/** The body of a request to change an image. What it does not name stays as it is. */
export interface ImageChangeRequest {
  visibility?: Visibility;
  watermarkFor?: WatermarkUse;
  /** Says that the original may become public as it is, though its metadata were not removed. */
  originalMetadata?: 'keep';
}

export const imageChangeSchema = Joi.object<ImageChangeRequest, true>({
  visibility: visibilitySchema,
  watermarkFor: watermarkForSchema,
  originalMetadata: Joi.string()
    .valid('keep')
    .description(
      'With `visibility: public`, where the deployment removes personal metadata of public images: lets an original become public of which they were not removed, because it was uploaded as private.',
    ),
})
  .or('visibility', 'watermarkFor')
  .with('originalMetadata', 'visibility')
  .messages({ 'object.with': '{{#mainWithLabel}} goes only with {{#peerWithLabel}}' })
  .required();

/** An image as it is after a change, and what the CDN says if it may have copies that it must no longer have. */
export interface ChangedImageView extends ImageView {
  purge?: Purge;
}

export const changedImageSchema = imageViewSchema.keys({
  purge: purgeSchema.description(
    'Present if the image is not for everybody any more and a CDN may have copies: whether it purges them.',
  ),
});
