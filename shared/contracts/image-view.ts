import Joi from 'joi';
import { IMAGE_STATUSES, type ImageRecord } from '../domain/image-record.ts';
import { RENDITION_STATUSES, type Rendition } from '../domain/rendition.ts';
import { pipelineKeys } from './commands.ts';
import { failureSchema } from './problem.ts';

/** Images and their renditions as the API shows them. Links are paths, valid at whatever host answered. */
export const imagePath = (imageId: string): string => `/v1/images/${imageId}`;

const renditionPath = (imageId: string, name: string): string => `${imagePath(imageId)}/renditions/${name}`;

export const renditionView = (imageId: string, rendition: Rendition) => {
  const { name, status, attempts, commands, output, requestedAt, updatedAt, facts, failure } = rendition;
  const { key: _stored, ...shown } = facts ?? {};
  const links = { self: renditionPath(imageId, name) };
  return {
    name,
    status,
    attempts,
    requestedAt,
    updatedAt,
    ...shown,
    ...(failure && { failure }),
    commands,
    output,
    links,
  };
};

export const imageView = ({ owner: _kept, ...record }: ImageRecord, renditions?: Rendition[]) => ({
  ...record,
  links: { self: imagePath(record.imageId), original: `${imagePath(record.imageId)}/original` },
  ...(renditions && { renditions: renditions.map((rendition) => renditionView(record.imageId, rendition)) }),
});

export type ImageView = ReturnType<typeof imageView>;

const facts = {
  contentType: Joi.string(),
  contentLength: Joi.number().integer().description('Bytes.'),
  checksumSha256: Joi.string().description('Base64, as S3 writes ChecksumSHA256.'),
  width: Joi.number().integer().description('Pixels; of an SVG those that its root asks for, at 96 to the inch.'),
  height: Joi.number().integer().description('As the width; both are absent where the header does not tell.'),
};

const renditionViewSchema = Joi.object({
  name: Joi.string().required(),
  status: Joi.string()
    .valid(...RENDITION_STATUSES)
    .required(),
  attempts: Joi.number().integer().required(),
  requestedAt: Joi.string().isoDate().required(),
  updatedAt: Joi.string().isoDate().required(),
  ...facts,
  frames: Joi.number().integer().description('Of an animation; its height is that of one frame.'),
  quality: Joi.number().integer().description('What `maxBytes` led to.'),
  failure: failureSchema,
  ...pipelineKeys,
  links: Joi.object({ self: Joi.string().required() }).required(),
});

const imageSummaryKeys = {
  imageId: Joi.string().guid({ version: 'uuidv4' }).required(),
  status: Joi.string()
    .valid(...IMAGE_STATUSES)
    .required(),
  ...facts,
  placeholder: Joi.string().description('A ThumbHash, base64; known with the first processing.'),
  dominantColor: Joi.string().description('`#rrggbb`; known with the first processing.'),
  metadata: Joi.object().pattern(Joi.string(), Joi.string()).description('As given with the upload.'),
  createdAt: Joi.string().isoDate().required(),
  links: Joi.object({ self: Joi.string().required(), original: Joi.string().required() }).required(),
};

export const imageViewSchema = Joi.object({
  ...imageSummaryKeys,
  renditions: Joi.array().items(renditionViewSchema).required(),
});

export const imageListSchema = Joi.object({
  images: Joi.array().items(Joi.object(imageSummaryKeys)).required(),
  nextCursor: Joi.string().description('Give it as `cursor` for the next page; absent on the last.'),
});
