import Joi from 'joi';
import { imageIdSchema } from './image-id-schema.ts';

const PURGE_STATUSES = ['requested', 'deferred', 'failed'] as const;

/** The result of asking the CDN to purge an image. */
export interface Purge {
  status: (typeof PURGE_STATUSES)[number];
  paths: string[];
  /** The id of CloudFront's invalidation, which may cover paths of other images too. */
  invalidationId?: string;
  detail?: string;
}

/** The response to a DELETE if a CDN is configured that may have copies. */
export interface DeletionView {
  imageId: string;
  purge: Purge;
}

export const purgeSchema = Joi.object<Purge, true>({
  status: Joi.string()
    .valid(...PURGE_STATUSES)
    .required()
    .description(
      '`requested`: the CDN has accepted the request. `deferred`: it has not yet, and the service tries again. `failed`: the CDN refuses, and its copies stay until they expire or it accepts a later attempt.',
    ),
  paths: Joi.array().items(Joi.string()).required().description('The paths to purge; `*` matches any ending.'),
  invalidationId: Joi.string().description('The id by which CloudFront tells whether it is done.'),
  detail: Joi.string().description('Why it was deferred or failed.'),
});

export const deletionViewSchema = Joi.object<DeletionView, true>({
  imageId: imageIdSchema,
  purge: purgeSchema.required(),
});
