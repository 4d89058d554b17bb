import { randomUUID } from 'node:crypto';

/** The id of an image, which never changes: a random UUID (RFC 9562, version 4), so that ids cannot be guessed or counted. */
export type ImageId = string;

/** The form of an id as a regular expression, for schemas. */
export const IMAGE_ID_PATTERN = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

export const createImageId = (): ImageId => randomUUID();

export const isImageId = (value: string): value is ImageId => IMAGE_ID_PATTERN.test(value);
