import Joi from 'joi';
import { namesOf, pick } from '../../domain/attributes.ts';
import { formatOfMediaType, IMAGE_FORMATS } from '../../domain/formats/image-format.ts';
import {
  IMAGE_ATTRIBUTES,
  IMAGE_STATUSES,
  type ImageRecord,
  VISIBILITIES,
  type Visibility,
} from '../../domain/image-record.ts';
import { fileOfKey } from '../../domain/object-key.ts';
import { FACT_ATTRIBUTES, RENDITION_ATTRIBUTES, RENDITION_STATUSES, type Rendition } from '../../domain/rendition.ts';
import { WARNINGS } from '../../domain/warnings.ts';
import { pipelineKeys } from './commands.ts';
import { imageIdSchema } from './image-id.ts';
import { failureSchema } from './problem.ts';

/** Images and their renditions as the API shows them. Links are paths, valid at whatever host answered. */
export const imagePath = (imageId: string): string => `/v1/images/${imageId}`;

const renditionPath = (imageId: string, name: string): string => `${imagePath(imageId)}/renditions/${name}`;

/** The original by its content, as renditions are: SHA-256, cut to 128 bits, in hex. */
export function originalFile({
  checksumSha256,
  contentType,
}: Pick<ImageRecord, 'checksumSha256' | 'contentType'>): string {
  const format = formatOfMediaType(contentType);
  const extension = format ? IMAGE_FORMATS[format].extension : 'bin';
  return `${Buffer.from(checksumSha256, 'base64').toString('hex').slice(0, 32)}.${extension}`;
}

const filePath = (imageId: string, file: string): string => `${imagePath(imageId)}/files/${file}`;

const TOLD_OF_IMAGES = namesOf(IMAGE_ATTRIBUTES, 'told') as ToldOf<typeof IMAGE_ATTRIBUTES>[];
const TOLD_OF_RENDITIONS = namesOf(RENDITION_ATTRIBUTES, 'told') as ToldOf<typeof RENDITION_ATTRIBUTES>[];
const TOLD_FACTS = namesOf(FACT_ATTRIBUTES, 'told') as ToldOf<typeof FACT_ATTRIBUTES>[];

/** The names of a list's attributes that are told. */
type ToldOf<Attributes> = {
  [Name in keyof Attributes]: Attributes[Name] extends 'told' ? Name : never;
}[keyof Attributes];

export const renditionView = (imageId: string, rendition: Rendition) => {
  const { name, facts } = rendition;
  // A record that is damaged may name anything.
  const file = typeof facts?.key === 'string' && { file: filePath(imageId, fileOfKey(facts.key)) };
  return {
    ...pick(rendition, TOLD_OF_RENDITIONS),
    ...(facts && pick(facts, TOLD_FACTS)),
    links: { self: renditionPath(imageId, name), ...file },
  };
};

export const imageView = (record: ImageRecord, renditions?: Rendition[]) => ({
  visibility: 'public' as Visibility,
  ...pick(record, TOLD_OF_IMAGES),
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
  .description('Whether whoever knows the id may see the image, and shared caches keep it, or its owner only.');

const facts = {
  contentType: Joi.string(),
  contentLength: Joi.number().integer().description('Bytes.'),
  checksumSha256: Joi.string().description('Base64, as S3 writes ChecksumSHA256.'),
  width: Joi.number()
    .integer()
    .description('Pixels as it is shown, upright; of an SVG those that its root asks for, at 96 to the inch.'),
  height: Joi.number()
    .integer()
    .description('As the width; where the first 128 KiB do not tell, both are known with the first processing.'),
};

/** What a rendition lacks. */
export const warningSchema = Joi.object({
  code: Joi.string()
    .valid(...Object.keys(WARNINGS))
    .required()
    .description('Stable.'),
  detail: Joi.string().required().description('What is missing or otherwise, in words for whoever uploaded it.'),
});

export const renditionStatusSchema = Joi.string().valid(...RENDITION_STATUSES);

export const renditionLinksSchema = Joi.object({
  self: Joi.string().required(),
  file: Joi.string().description('Once it is ready: a URL that never means other bytes, to be kept for a year.'),
});

export const renditionViewSchema = Joi.object({
  name: Joi.string().required(),
  status: renditionStatusSchema.required(),
  attempts: Joi.number().integer().required(),
  requestedAt: Joi.string().isoDate().required(),
  updatedAt: Joi.string().isoDate().required(),
  ...facts,
  frames: Joi.number().integer().description('Of an animation; its height is that of one frame.'),
  quality: Joi.number().integer().description('What `maxBytes` led to.'),
  warnings: Joi.array()
    .items(warningSchema)
    .description('What it lacks of what the original would have shown; absent where that is nothing.'),
  failure: failureSchema,
  ...pipelineKeys,
  links: renditionLinksSchema.required(),
});

export const imageLinksSchema = Joi.object({
  self: Joi.string().required(),
  original: Joi.string().required(),
  file: Joi.string().required().description('The original at a URL that never means other bytes.'),
  events: Joi.string().required(),
});

const imageSummaryKeys = {
  imageId: imageIdSchema,
  status: Joi.string()
    .valid(...IMAGE_STATUSES)
    .required(),
  fileName: Joi.string().description(
    'Of the file that was uploaded, where its sender said so; `?download` saves it under this name.',
  ),
  ...facts,
  placeholder: Joi.string().description('A ThumbHash, base64; known with the first processing.'),
  dominantColor: Joi.string().description('`#rrggbb`; known with the first processing.'),
  metadata: metadataViewSchema.description('As given with the upload.'),
  createdAt: Joi.string().isoDate().required(),
  visibility: visibilitySchema.required(),
  links: imageLinksSchema.required(),
};

/** An image as lists have it. */
export const imageSummarySchema = Joi.object(imageSummaryKeys);

export const imageViewSchema = Joi.object({
  ...imageSummaryKeys,
  renditions: Joi.array().items(renditionViewSchema).required(),
});

/** All that whoever asks for bytes is told of a rendition that has none yet: they need not be allowed to read its record. */
export type PendingView = Pick<Rendition, 'status'>;

export const pendingViewSchema = Joi.object<PendingView, true>({
  status: Joi.string().valid('queued', 'processing').required().description('Whether a worker has begun to make it.'),
});

export const imageListSchema = Joi.object({
  images: Joi.array().items(imageSummarySchema).required(),
  nextCursor: Joi.string().description('Give it as `cursor` for the next page; absent on the last.'),
});
