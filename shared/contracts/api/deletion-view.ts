import Joi from 'joi';
import { imageIdSchema } from './image-id.ts';

export const PURGE_STATUSES = ['requested', 'deferred', 'failed'] as const;

/** What became of asking the CDN to forget a deleted image. */
export interface Purge {
  status: (typeof PURGE_STATUSES)[number];
  paths: string[];
  /** CloudFront's, which other images' paths may share. */
  invalidationId?: string;
  detail?: string;
}

/** The answer to a DELETE where a CDN is configured. */
export interface DeletionView {
  imageId: string;
  purge: Purge;
}

export const purgeSchema = Joi.object<Purge, true>({
  status: Joi.string()
    .valid(...PURGE_STATUSES)
    .required()
    .description(
      '`requested`: the CDN has accepted it. `deferred`: not yet, the service goes on asking. `failed`: the CDN refuses, and what it holds stays until it expires.',
    ),
  paths: Joi.array().items(Joi.string()).required().description('What the CDN is to forget; `*` stands for any end.'),
  invalidationId: Joi.string().description('By which CloudFront tells when it is done.'),
  detail: Joi.string().description('Why it is deferred or failed.'),
});

export const deletionViewSchema = Joi.object<DeletionView, true>({
  imageId: imageIdSchema,
  purge: purgeSchema.required(),
});
