import Joi from 'joi';
import { MODERATIONS } from '../../domain/access.ts';
import { namesOf, pick } from '../../domain/attributes.ts';
import { formatOfMediaType, IMAGE_FORMATS } from '../../domain/formats/image-format.ts';
import {
  IMAGE_ATTRIBUTES,
  IMAGE_STATUSES,
  type ImageRecord,
  VISIBILITIES,
  type Visibility,
  WATERMARK_USES,
} from '../../domain/image-record.ts';
import { fileOfKey } from '../../domain/object-key.ts';
import { FACT_ATTRIBUTES, RENDITION_ATTRIBUTES, RENDITION_STATUSES, type Rendition } from '../../domain/rendition.ts';
import { WARNINGS } from '../../domain/warnings.ts';
import { outputSchema, pipelineKeys } from './command-schemas.ts';
import { imageIdSchema } from './image-id-schema.ts';
import { failureSchema } from './problem.ts';
import { receiptSchema } from './receipt-view.ts';

/** Images and their renditions as the API shows them. Links are paths, so that they are valid at any host. */
export const imagePath = (imageId: string): string => `/v1/images/${imageId}`;

const renditionPath = (imageId: string, name: string): string => `${imagePath(imageId)}/renditions/${name}`;

/** The file name of the original, from its content like those of renditions: SHA-256, cut to 128 bits, in hex. */
export function originalFile({
  checksumSha256,
  contentType,
}: Pick<ImageRecord, 'checksumSha256' | 'contentType'>): string {
  const format = formatOfMediaType(contentType);
  const extension = format ? IMAGE_FORMATS[format].extension : 'bin';
  return `${Buffer.from(checksumSha256, 'base64').toString('hex').slice(0, 32)}.${extension}`;
}

const filePath = (imageId: string, file: string): string => `${imagePath(imageId)}/files/${file}`;

const SHOWN_OF_IMAGES = namesOf(IMAGE_ATTRIBUTES, 'shown') as Shown<typeof IMAGE_ATTRIBUTES>[];
const SHOWN_OF_RENDITIONS = namesOf(RENDITION_ATTRIBUTES, 'shown') as Shown<typeof RENDITION_ATTRIBUTES>[];
const SHOWN_FACTS = namesOf(FACT_ATTRIBUTES, 'shown') as Shown<typeof FACT_ATTRIBUTES>[];

/** The names of a record's attributes that are shown. */
type Shown<Attributes> = {
  [Name in keyof Attributes]: Attributes[Name] extends 'shown' ? Name : never;
}[keyof Attributes];

export const renditionView = (imageId: string, rendition: Rendition) => {
  const { name, facts } = rendition;
  // A damaged record may contain anything.
  const file = typeof facts?.key === 'string' && { file: filePath(imageId, fileOfKey(facts.key)) };
  return {
    ...pick(rendition, SHOWN_OF_RENDITIONS),
    ...(facts && pick(facts, SHOWN_FACTS)),
    ...(rendition.isPrivate && { visibility: 'private' as Visibility }),
    links: { self: renditionPath(imageId, name), ...file },
  };
};

export const imageView = (record: ImageRecord, renditions?: Rendition[]) => ({
  visibility: 'public' as Visibility,
  ...pick(record, SHOWN_OF_IMAGES),
  links: {
    self: imagePath(record.imageId),
    original: `${imagePath(record.imageId)}/original`,
    file: filePath(record.imageId, originalFile(record)),
    events: `${imagePath(record.imageId)}/events`,
  },
  ...(renditions && { renditions: renditions.map((rendition) => renditionView(record.imageId, rendition)) }),
});

export type ImageView = ReturnType<typeof imageView>;

/** Values may be empty. */
export const metadataViewSchema = Joi.object().pattern(Joi.string(), Joi.string().allow(''));

export const visibilitySchema = Joi.string()
  .valid(...VISIBILITIES)
  .description(
    '`public`: everybody who knows the id may see the image, and shared caches may keep it. `private`: only its owner may see it.',
  );

export const watermarkForSchema = Joi.string()
  .valid(...WATERMARK_USES)
  .description(
    "Whose renditions may show the image as their watermark. `own`: its owner's; a rendition with a private watermark is private. `own-public`: its owner's, which may be public though the image is private. `everyone`: those of every owner. `own` if absent.",
  );

export const moderationSchema = Joi.string().valid(...MODERATIONS);

const facts = {
  contentType: Joi.string(),
  contentLength: Joi.number().integer().description('Bytes.'),
  checksumSha256: Joi.string().description('Base64, as S3 writes ChecksumSHA256.'),
  uploadedChecksumSha256: Joi.string().description(
    'The same of the bytes that were uploaded, if something of them was removed before they were stored.',
  ),
  removed: Joi.array()
    .items(Joi.string())
    .description(
      'What was removed of the uploaded bytes before they were stored, such as `gps`, or `script` of an SVG; empty if nothing was found. Absent where nothing is removed.',
    ),
  width: Joi.number()
    .integer()
    .description(
      'Pixels of the image as shown, upright; for an SVG, the size that its root asks for, at 96 pixels to the inch.',
    ),
  height: Joi.number()
    .integer()
    .description(
      'Like the width. If the first 128 KiB do not tell the size, both are known with the first processing.',
    ),
};

/** A difference of a rendition from its original. */
export const warningSchema = Joi.object({
  code: Joi.string()
    .valid(...Object.keys(WARNINGS))
    .required()
    .description('Stable.'),
  detail: Joi.string().required().description('What is missing or different, in words for the uploader.'),
});

export const renditionStatusSchema = Joi.string().valid(...RENDITION_STATUSES);

export const renditionLinksSchema = Joi.object({
  self: Joi.string().required(),
  file: Joi.string().description(
    'Present when ready: a URL whose bytes never change, so that they may be cached for a year.',
  ),
});

export const renditionViewSchema = Joi.object({
  name: Joi.string().required(),
  status: renditionStatusSchema.required(),
  attempts: Joi.number().integer().required(),
  requestedAt: Joi.string().isoDate().required(),
  updatedAt: Joi.string().isoDate().required(),
  ...facts,
  frames: Joi.number().integer().description('The number of frames of an animation; its height is that of one frame.'),
  quality: Joi.number().integer().description('The quality that was chosen to meet `maxBytes`.'),
  warnings: Joi.array().items(warningSchema).description('Differences from the original; absent if there are none.'),
  visibility: Joi.string()
    .valid('private')
    .description('Present if the rendition shows a private watermark: it is private, whatever the image is.'),
  failure: failureSchema,
  receipt: receiptSchema,
  ...pipelineKeys,
  askedOutput: outputSchema.description(
    'The output that was asked for, where economy mode has lowered the effort of `output`; absent otherwise.',
  ),
  links: renditionLinksSchema.required(),
});

export const imageLinksSchema = Joi.object({
  self: Joi.string().required(),
  original: Joi.string().required(),
  file: Joi.string().required().description('A URL of the original whose bytes never change.'),
  events: Joi.string().required(),
});

const imageSummaryKeys = {
  imageId: imageIdSchema,
  status: Joi.string()
    .valid(...IMAGE_STATUSES)
    .required(),
  fileName: Joi.string().description(
    'The name of the uploaded file, if its sender told it; `?download` saves it under this name.',
  ),
  ...facts,
  placeholder: Joi.string().description('A ThumbHash, base64; known with the first processing.'),
  dominantColor: Joi.string().description('`#rrggbb`; known with the first processing.'),
  metadata: metadataViewSchema.description('As given with the upload.'),
  createdAt: Joi.string().isoDate().required(),
  visibility: visibilitySchema.required(),
  watermarkFor: watermarkForSchema,
  moderation: moderationSchema.description(
    'Present if somebody decides whether the image is delivered: only when it is `approved`, not even to its owner before.',
  ),
  moderationReason: Joi.string().description('What whoever decided tells the owner.'),
  changedAt: Joi.string().isoDate().description('When visibility, watermarks or moderation changed last.'),
  links: imageLinksSchema.required(),
};

/** An image as shown in lists. */
export const imageSummarySchema = Joi.object(imageSummaryKeys);

export const imageViewSchema = Joi.object({
  ...imageSummaryKeys,
  renditions: Joi.array().items(renditionViewSchema).required(),
});

/** The response to a download of a rendition that has no bytes yet. It says no more, because the client may not be allowed to read the record. */
export type PendingView = Pick<Rendition, 'status'>;

export const pendingViewSchema = Joi.object<PendingView, true>({
  status: Joi.string()
    .valid('queued', 'processing')
    .required()
    .description('`processing` if a worker has begun to make it.'),
});

export const imageListSchema = Joi.object({
  images: Joi.array().items(imageSummarySchema).required(),
  nextCursor: Joi.string().description('Send it as `cursor` for the next page; absent on the last.'),
});
