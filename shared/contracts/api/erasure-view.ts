import Joi from 'joi';
import { OWNER_BYTES } from '../../domain/principal.ts';
import { type Purge, purgeSchema } from './deletion-view.ts';
import { ownerSchema } from './owner-schema.ts';

export const ownerParams = Joi.object({
  owner: ownerSchema
    .required()
    .description(
      `The owner as tokens and keys name it, percent-encoded: \`auth0%7C1\` for \`auth0|1\`, \`%2F\` for a slash. At most ${OWNER_BYTES} bytes in UTF-8, in the form NFC of Unicode, and neither \`.\` nor \`..\`.`,
    ),
});

const ERASURE_STATUSES = ['erasing', 'done'] as const;

/** The response to `DELETE /v1/owners/{owner}/images`. */
export interface ErasureView {
  status: (typeof ERASURE_STATUSES)[number];
  since: string;
  images: number;
  objects: number;
  uploads: number;
  purges: number;
  purge?: Purge;
}

export const erasureViewSchema = Joi.object<ErasureView, true>({
  status: Joi.string()
    .valid(...ERASURE_STATUSES)
    .required()
    .description('`done`: nothing is left, and the owner may store images again. `erasing`: send the request again.'),
  since: Joi.string().isoDate().required().description('When the erasure began. Since then nothing new was taken.'),
  images: Joi.number().integer().min(0).required().description('How many images this request has removed.'),
  objects: Joi.number()
    .integer()
    .min(0)
    .required()
    .description(
      'How many objects these images had in the store: originals, and renditions with their variants. An original that a request before had removed when it was interrupted counts again.',
    ),
  uploads: Joi.number()
    .integer()
    .min(0)
    .required()
    .description('How many open uploads this request has ended, with their parts.'),
  purges: Joi.number()
    .integer()
    .min(0)
    .required()
    .description(
      'For how many of these images the CDN is asked to purge their paths, now or as soon as it has room: those that were public. Always 0 without a CDN, and where it purges everything.',
    ),
  purge: purgeSchema.description(
    'Whether the CDN purges everything, which it is asked at the end if the owner had more than a thousand public images. Otherwise it is asked for each image, as when that is deleted.',
  ),
});
