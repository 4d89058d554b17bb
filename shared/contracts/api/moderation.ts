import Joi from 'joi';
import type { ImageRecord } from '../../domain/image-record.ts';
import { MODERATION_DECISIONS, type ModerationDecision } from '../../domain/moderation.ts';
import { type Purge, purgeSchema } from './deletion-view.ts';
import { imageIdSchema } from './image-id-schema.ts';
import { lineOfTextSchema } from './line-of-text.ts';

/** The most characters that an owner is told about a decision. */
const REASON_CHARACTERS = 200;

/** What somebody has decided on an image: the body of the request, and of a webhook's answer that decides. */
export interface ModerationRequest {
  decision: ModerationDecision;
  reason?: string;
}

export const moderationRequestSchema = Joi.object<ModerationRequest, true>({
  decision: Joi.string()
    .valid(...MODERATION_DECISIONS)
    .required()
    .description('`approved`: the bytes are delivered to whoever may see the image. `rejected`: to nobody.'),
  reason: lineOfTextSchema
    .max(REASON_CHARACTERS)
    .description('What the owner is told, as `moderationReason` of the record: one line of text.'),
}).required();

/** What whoever decides is told of an image that waits, which may be another owner's. */
export interface PendingImage
  extends Pick<ImageRecord, 'imageId' | 'owner' | 'createdAt' | 'contentType' | 'contentLength' | 'checksumSha256'> {
  link?: string;
  expiresAt?: string;
}

const pendingImageKeys = {
  imageId: imageIdSchema,
  owner: Joi.string().required(),
  createdAt: Joi.string().isoDate().required(),
  contentType: Joi.string().required(),
  contentLength: Joi.number().integer().required().description('Bytes.'),
  checksumSha256: Joi.string().required().description('Base64, as S3 writes ChecksumSHA256.'),
  link: Joi.string().description(
    'Opens the original at the address of the service, though it is held from all others. Absent if the service has no `LINK_KEYS`.',
  ),
  expiresAt: Joi.string().isoDate().description('The link is refused from then on. The next list has a new one.'),
};

export const pendingImageSchema = Joi.object<PendingImage, true>(pendingImageKeys);

/** A page of images that wait. */
export interface PendingImageList {
  images: PendingImage[];
  nextCursor?: string;
}

export const pendingImageListSchema = Joi.object<PendingImageList, true>({
  images: Joi.array().items(pendingImageSchema).required(),
  nextCursor: Joi.string().description('Present if there are more.'),
});

/** What whoever decides sees of an image, which may be another owner's. */
export interface ModerationView extends Pick<ImageRecord, 'imageId' | 'moderation' | 'moderationReason'> {
  purge?: Purge;
}

export const moderationViewSchema = Joi.object<ModerationView, true>({
  imageId: imageIdSchema,
  moderation: Joi.string()
    .valid(...MODERATION_DECISIONS)
    .required(),
  moderationReason: Joi.string(),
  purge: purgeSchema.description(
    'Present if everybody could have the bytes until now and a CDN may have copies: whether it purges them.',
  ),
});
