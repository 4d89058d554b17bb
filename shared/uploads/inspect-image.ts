import { once } from 'node:events';
import { Readable } from 'node:stream';
import { finished } from 'node:stream/promises';
import { ImageServiceError } from '../domain/errors.ts';
import { isSequence } from '../domain/formats/avif-brands.ts';
import {
  acceptedMediaTypes,
  formatOfMediaType,
  IMAGE_FORMATS,
  type ImageFormat,
  sniffFormat,
  UNDECLARED_MEDIA_TYPE,
} from '../domain/formats/image-format.ts';
import { refuseRawFile } from '../domain/formats/raw-files.ts';
import { unsupportedKindOf } from '../domain/formats/unsupported-files.ts';
import type { Size } from '../domain/geometry.ts';
import { checkInputPixels } from '../domain/input-pixels.ts';
import { HEADER_BYTES } from '../domain/limits.ts';
import { checkTypeBound } from '../domain/upload-token.ts';
import { type ImageHeader, readHeaderSize } from './header-size.ts';
import { inspectSvg, limitSvgBytes, SVG_REQUIREMENTS } from './inspect-svg.ts';
import type { LimitedBody } from './verified-body.ts';

/** The image in a request or in the store, as it arrives. */
export interface IncomingImage {
  body: Readable;
  /** The media type that the client declares. */
  declaredType: string | undefined;
  /** The number of bytes, where it is known beforehand. */
  contentLength?: number | undefined;
  /** The stream that counts the bytes, where the number is not known. */
  counter?: LimitedBody;
}

/** The images that a service accepts, by its settings. */
export interface AcceptedImages {
  maxInputPixels: number;
  /** Whether HEIC is accepted; not if absent. */
  heic?: boolean;
  /** The media types that the upload token of a request allows; all if absent. */
  types?: readonly string[] | undefined;
}

/** An image whose header has been looked at; `body` still gives all of its bytes. */
export interface InspectedImage {
  contentType: string;
  /** The width as the image is shown; absent if it is not known yet. */
  width?: number;
  height?: number;
  body: Readable;
}

/** Media types that declare nothing. The second is what S3 gives objects of no known type. */
const UNDECLARED = new Set([UNDECLARED_MEDIA_TYPE, 'binary/octet-stream']);

/**
 * Reads the header of an image. Refuses bytes that are no image, are of another type than declared, cannot be read, or have too many pixels. The
 * limit of pixels is not for SVG, which is drawn as large as a rendition needs it.
 */
export async function inspectImage(image: IncomingImage, taken: AcceptedImages): Promise<InspectedImage> {
  const { head, isWhole, rest } = await readHead(image.body, HEADER_BYTES);
  try {
    if (head.length === 0) throw new ImageServiceError('empty_body', 'The image has no bytes.');
    await refuseRawFile(async (at, length) => head.subarray(at, at + length));
    const format = checkFormat(head, image.declaredType, taken.heic);
    const contentType = IMAGE_FORMATS[format].mediaType;
    checkTypeBound(taken.types, contentType);
    if (format === 'svg') {
      const size = inspectSvg(head);
      limitSvgBytes(image);
      return { contentType, ...size, body: rest };
    }
    const dimensions = readDimensions({ bytes: head, isWhole }, format, taken.maxInputPixels);
    return { contentType, ...dimensions, body: rest };
  } catch (error) {
    rest.destroy();
    throw error;
  }
}

/** Reads the first bytes of a stream, at least `wanted` unless it is shorter; `rest` is a stream that gives them again, and all others. */
async function readHead(body: Readable, wanted: number): Promise<{ head: Buffer; isWhole: boolean; rest: Readable }> {
  const chunks: Buffer[] = [];
  let length = 0;
  let isWhole = false;
  const ended = finished(body, { writable: false, cleanup: true }).then(() => {
    isWhole = true;
  });
  // If the body fails later on, this rejects while nobody waits for it. The reader of the rest gets the error.
  ended.catch(() => undefined);
  while (length < wanted && !isWhole) {
    const chunk = body.read() as Buffer | null;
    if (chunk) {
      chunks.push(chunk);
      length += chunk.length;
    } else {
      await Promise.race([once(body, 'readable'), ended]);
    }
  }
  const head = Buffer.concat(chunks);
  if (isWhole) return { head, isWhole, rest: Readable.from([head]) };
  body.unshift(head);
  return { head, isWhole, rest: body };
}

/** Refuses a declared type that no accepted format has, whatever the bytes are. */
export function refuseDeclaredType(declaredType: string | undefined, heic = false): void {
  if (!declaredType || UNDECLARED.has(declaredType)) return;
  const format = formatOfMediaType(declaredType);
  if (format === 'heic' && !heic) throw heicIsOff();
  if (format) return;
  const accepted = acceptedMediaTypes(heic).join(', ');
  throw new ImageServiceError(
    'unsupported_content_type',
    `Content-Type ${JSON.stringify(declaredType)} is no image of an accepted format. Accepted: ${accepted}.`,
    { accepts: { accept: accepted } },
  );
}

/** The error for HEIC where it is not accepted. Phones make it unless they are set otherwise, so it says what to do. */
const heicIsOff = (): ImageServiceError =>
  new ImageServiceError(
    'unsupported_image',
    'The image is a HEIC or HEIF, which is not taken here: the setting HEIC is off, because HEVC, in which it is encoded, is patented. Send it as JPEG (iPhone: Settings, Camera, Formats, Most Compatible), or ask whoever runs the service to set HEIC=on.',
    { accepts: { accept: acceptedMediaTypes(false).join(', ') } },
  );

function checkFormat(head: Buffer, declaredType: string | undefined, heic = false): ImageFormat {
  const format = sniffFormat(head);
  if (format === 'heic' && !heic) throw heicIsOff();
  if (!format) throw ofNoFormat(head, declaredType, heic);
  if (declaredType && !UNDECLARED.has(declaredType) && formatOfMediaType(declaredType) !== format) {
    const { mediaType } = IMAGE_FORMATS[format];
    throw new ImageServiceError(
      'image_type_mismatch',
      `Declared as ${declaredType}, but the bytes are ${mediaType}. Send Content-Type: ${mediaType}.`,
    );
  }
  return format;
}

function ofNoFormat(head: Buffer, declaredType: string | undefined, heic: boolean): ImageServiceError {
  const claim = declaredType?.startsWith('image/') ? `, although declared as ${declaredType}` : '';
  const isMeantAsSvg = declaredType !== undefined && formatOfMediaType(declaredType) === 'svg';
  const other = unsupportedKindOf(head);
  const sentences = [
    `The bytes are ${other ? `${other.name}, which is ` : ''}no image of an accepted format${claim}.`,
    ...(other ? [other.advice] : []),
    `Accepted: ${acceptedMediaTypes(heic).join(', ')}.`,
    ...(isMeantAsSvg ? [SVG_REQUIREMENTS] : []),
  ];
  return new ImageServiceError('unsupported_image', sentences.join(' '));
}

/**
 * The width and height of an image as it is shown. If a whole file gives none, it is refused as damaged, unless its format may have them
 * elsewhere (a TIFF, a HEIF that is a film): then the decoder decides.
 */
function readDimensions(head: ImageHeader, format: Exclude<ImageFormat, 'svg'>, maxPixels: number): Size | undefined {
  const size = readHeaderSize(head, format);
  if (!size) {
    const decoderDecides = format === 'tiff' || format === 'heic' || (format === 'avif' && isSequence(head.bytes));
    if (head.isWhole && !decoderDecides) throw unreadable();
    return undefined;
  }
  const { width, height } = size.stored;
  if (!(width > 0 && height > 0)) throw unreadable();
  checkInputPixels(size.stored, { format, maxPixels });
  return size.shown;
}

const unreadable = (): ImageServiceError =>
  new ImageServiceError('image_unreadable', 'The header of the image is damaged: it tells no dimensions.');
