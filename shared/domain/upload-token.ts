import type { AttributesOf } from './attributes.ts';
import type { RenditionRequest } from './commands.ts';
import { ImageServiceError } from './errors.ts';
import { fingerprintOf } from './fingerprint.ts';
import { formatOfMediaType, IMAGE_FORMATS } from './formats/image-format.ts';
import type { ImageId } from './image-id.ts';
import type { Visibility } from './image-record.ts';
import { LIMITS } from './limits.ts';

/** What an upload token allows: to upload one image, of one owner, within these bounds. */
export interface UploadBounds {
  /** The most bytes of the image. */
  maxBytes: number;
  /** The media types that the bytes may have, as `IMAGE_FORMATS` writes them; every accepted one if absent. */
  types?: string[];
  /** The renditions that are made. */
  renditions: RenditionRequest[];
  visibility?: Visibility;
  /** Is stored with the image. */
  metadata?: Record<string, string>;
  /** Where a browser goes whose form has uploaded the image. */
  successRedirect?: string;
}

/** The record of an upload token, which holds no secret. */
export interface UploadToken extends UploadBounds {
  tokenId: string;
  owner: string;
  /** The image that the upload becomes, and the upload itself if it is one in parts. */
  imageId: ImageId;
  uploadId: string;
  /** SHA-256 of the credential, hex. */
  digest: string;
  /** `subject` of the principal that has made the token. */
  createdBy: string;
  /** The key that has made the token, if that is one that can be revoked: the token ends with it. */
  keyId?: string;
  /** ISO 8601, UTC, milliseconds. */
  createdAt: string;
  expiresAt: string;
}

/** Every attribute of the record, and whether an item without it is damaged. */
export const UPLOAD_TOKEN_ATTRIBUTES = {
  tokenId: 'required',
  owner: 'required',
  imageId: 'required',
  uploadId: 'required',
  digest: 'required',
  createdBy: 'required',
  createdAt: 'required',
  expiresAt: 'required',
  maxBytes: 'required',
  renditions: 'required',
  keyId: 'optional',
  types: 'optional',
  visibility: 'optional',
  metadata: 'optional',
  successRedirect: 'optional',
} as const satisfies AttributesOf<UploadToken, 'required' | 'optional'>;

/** The text that every upload token begins with, by which it is told from other credentials, and found where it should not be. */
export const UPLOAD_TOKEN_PREFIX = 'ist_';

/** What a browser asks of an upload beside its bytes. */
interface Asked {
  renditions: readonly RenditionRequest[];
  visibility?: Visibility | undefined;
  metadata?: Record<string, string> | undefined;
}

/** What is made of an upload, by its token. Throws `upload_token_exceeded` if the upload asks for anything else. */
export function withinBounds(bounds: UploadBounds, asked: Asked): Asked & Pick<UploadBounds, 'renditions'> {
  const { renditions, visibility, metadata } = bounds;
  const made = new Set(renditions.map((each) => fingerprintOf(each)));
  const other = asked.renditions.find((each) => !made.has(fingerprintOf(each)));
  if (other) throw exceeded(`makes no such rendition ${JSON.stringify(other.name)}`, listed(renditions));
  if (asked.visibility !== undefined && asked.visibility !== visibility)
    throw exceeded(`does not let the image be ${asked.visibility}`, 'Whoever makes the token says its visibility.');
  return { renditions, visibility, metadata: mergedMetadata(metadata, asked.metadata) };
}

const listed = (renditions: readonly RenditionRequest[]): string =>
  renditions.length === 0
    ? 'It makes none.'
    : `It makes these, whether or not they are asked for: ${renditions.map(({ name }) => name).join(', ')}.`;

/** The only name that browsers may give a value, because they alone know it. */
const FILE_NAME = 'filename';

function mergedMetadata(
  given: Record<string, string> | undefined,
  asked: Record<string, string> = {},
): Record<string, string> | undefined {
  const other = Object.keys(asked).find((name) => name !== FILE_NAME && asked[name] !== given?.[name]);
  if (other !== undefined)
    throw exceeded(`does not take the metadata ${JSON.stringify(other)}`, `A browser may give ${FILE_NAME} only.`);
  const merged = { ...asked, ...given };
  return Object.keys(merged).length > 0 ? merged : undefined;
}

/** Refuses a media type that a token does not allow. Aliases count as the type itself. */
export function checkTypeBound(types: readonly string[] | undefined, mediaType: string): void {
  const format = formatOfMediaType(mediaType);
  if (!types || (format && types.includes(IMAGE_FORMATS[format].mediaType))) return;
  throw exceeded(`takes no ${mediaType}`, `It takes ${types.join(', ')}.`);
}

/** The error for more bytes than a token allows: by a declaration, or counted so far. */
export const tooManyBytes = (limit: number, actual: number): ImageServiceError =>
  new ImageServiceError(
    'upload_token_exceeded',
    `The upload token takes ${limit} bytes, and there are ${actual} or more. Send a smaller image, or ask whoever made the token for a larger one.`,
    { limit, actual, unit: 'bytes' },
  );

const exceeded = (what: string, advice: string): ImageServiceError =>
  new ImageServiceError('upload_token_exceeded', `The upload token ${what}. ${advice}`);

/** Until when an upload in parts may take: the usual time, or the end of its token. ISO 8601. */
export function uploadEnd(now: number, token: Pick<UploadToken, 'expiresAt'> | undefined): string {
  const usual = new Date(now + LIMITS.uploadSeconds * 1000).toISOString();
  return token && token.expiresAt < usual ? token.expiresAt : usual;
}
