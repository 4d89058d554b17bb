import Joi from 'joi';
import type { RenditionRequest } from '../domain/commands.ts';
import { IMAGE_ID_PATTERN, type ImageId } from '../domain/image-id.ts';
import { pipelineKeys } from './api/command-schemas.ts';
import { anyRenditionNameSchema } from './api/rendition-request.ts';

/** The message to the workers: all renditions of one image from one request. */
export interface ProcessingMessage {
  imageId: ImageId;
  /** The id of the HTTP request, so that its log lines and the worker's can be read together. */
  requestId: string;
  renditions: RenditionRequest[];
}

const renditionSchema = Joi.object({ name: anyRenditionNameSchema.required(), ...pipelineKeys });

const messageSchema = Joi.object<ProcessingMessage, true>({
  imageId: Joi.string().pattern(IMAGE_ID_PATTERN).required(),
  requestId: Joi.string().required(),
  renditions: Joi.array().items(renditionSchema).min(1).unique('name').required(),
});

/** What a worker needs of a rendition, which may have more, such as its record. */
const requestOf = ({ name, commands, output }: RenditionRequest): RenditionRequest => ({ name, commands, output });

/** Escapes characters that SQS or its emulators refuse in a message: U+FFFE, U+FFFF, and all beyond them. */
export const encodeMessage = ({ renditions, ...message }: ProcessingMessage): string =>
  JSON.stringify({ ...message, renditions: renditions.map(requestOf) }).replace(
    /[\ud800-\udfff\ufffe\uffff]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16)}`,
  );

/** Parses a message. Throws if the body is not JSON or not a valid message. */
export const decodeMessage = (body: string): ProcessingMessage => Joi.attempt(JSON.parse(body), messageSchema);
