import { once } from 'node:events';
import { Readable } from 'node:stream';
import { finished } from 'node:stream/promises';
import { ImageServiceError } from '../domain/errors.ts';
import { isSequence } from '../domain/formats/avif-brands.ts';
import {
  formatOfMediaType,
  IMAGE_FORMATS,
  type ImageFormat,
  mediaTypesTaken,
  sniffFormat,
  UNDECLARED_MEDIA_TYPE,
} from '../domain/formats/image-format.ts';
import { otherKindOf } from '../domain/formats/other-files.ts';
import { refuseRawFile } from '../domain/formats/raw-files.ts';
import type { Size } from '../domain/geometry.ts';
import { checkInputPixels } from '../domain/input-pixels.ts';
import { HEADER_BYTES } from '../domain/limits.ts';
import type { LimitedBody } from './checked-body.ts';
import { inspectSvg, limitSvg, WHAT_SVG_IS } from './inspect-svg.ts';
import { type Head, readSize } from './shown-size.ts';

/** The image in a request or in the store, as it arrives. */
export interface IncomingImage {
  body: Readable;
  /** Media type that the client declares. */
  declaredType: string | undefined;
  /** Bytes, where they are known beforehand. */
  contentLength?: number | undefined;
  /** What counts the bytes, where they are not. */
  counter?: LimitedBody;
}

/** What a service takes, by its settings. */
export interface Taken {
  maxInputPixels: number;
  heic?: boolean;
}

/** An image whose header has been looked at; `body` still gives all of its bytes. */
export interface InspectedImage {
  contentType: string;
  /** As it is shown; absent where that is not known yet. */
  width?: number;
  height?: number;
  body: Readable;
}

/** The second is what S3 calls objects of no known type. */
const UNDECLARED = new Set([UNDECLARED_MEDIA_TYPE, 'binary/octet-stream']);

/**
 * Reads the header of an image and refuses what is none, is another than declared, cannot be read, or has too many pixels. These an SVG
 * has not: it is drawn as large as a rendition needs it.
 */
export async function inspectImage(image: IncomingImage, taken: Taken): Promise<InspectedImage> {
  const { head, isWhole, rest } = await readHead(image.body, HEADER_BYTES);
  try {
    if (head.length === 0) throw new ImageServiceError('empty_body', 'The image has no bytes.');
    await refuseRawFile(async (at, length) => head.subarray(at, at + length));
    const format = checkFormat(head, image.declaredType, taken.heic);
    const contentType = IMAGE_FORMATS[format].mediaType;
    if (format === 'svg') {
      const size = inspectSvg(head);
      limitSvg(image);
      return { contentType, ...size, body: rest };
    }
    const dimensions = readDimensions({ bytes: head, isWhole }, format, taken.maxInputPixels);
    return { contentType, ...dimensions, body: rest };
  } catch (error) {
    rest.destroy();
    throw error;
  }
}

/** The first bytes of a stream, at least `wanted` unless it is shorter, and a stream that gives them again with all others. */
async function readHead(body: Readable, wanted: number): Promise<{ head: Buffer; isWhole: boolean; rest: Readable }> {
  const chunks: Buffer[] = [];
  let length = 0;
  let isWhole = false;
  const ended = finished(body, { writable: false, cleanup: true }).then(() => {
    isWhole = true;
  });
  // Rejected while nobody waits for it, when the body fails later on: whoever reads the rest is told.
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

/** Refuses a declared type that no image of an accepted format has, whatever the bytes are. */
export function refuseType(declaredType: string | undefined, heic = false): void {
  if (!declaredType || UNDECLARED.has(declaredType)) return;
  const format = formatOfMediaType(declaredType);
  if (format === 'heic' && !heic) throw heicIsOff();
  if (format) return;
  const accepted = mediaTypesTaken(heic).join(', ');
  throw new ImageServiceError(
    'unsupported_content_type',
    `Content-Type ${JSON.stringify(declaredType)} is no image of an accepted format. Accepted: ${accepted}.`,
    { accepts: { accept: accepted } },
  );
}

/** Says that HEIC is not taken, which phones make unless they are told otherwise. */
const heicIsOff = (): ImageServiceError =>
  new ImageServiceError(
    'unsupported_image',
    'The image is a HEIC or HEIF, which is not taken here: the setting HEIC is off, because HEVC, in which it is encoded, is patented. Send it as JPEG (iPhone: Settings, Camera, Formats, Most Compatible), or ask whoever runs the service to set HEIC=on.',
    { accepts: { accept: mediaTypesTaken(false).join(', ') } },
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
  const other = otherKindOf(head);
  const sentences = [
    `The bytes are ${other ? `${other.name}, which is ` : ''}no image of an accepted format${claim}.`,
    ...(other ? [other.advice] : []),
    `Accepted: ${mediaTypesTaken(heic).join(', ')}.`,
    ...(isMeantAsSvg ? [WHAT_SVG_IS] : []),
  ];
  return new ImageServiceError('unsupported_image', sentences.join(' '));
}

/**
 * The sides of an image as it is shown. Where a whole file tells none, a JPEG without a frame and what has its header at its beginning are no
 * images; of others, such as a HEIF that is a film, the decoder decides.
 */
function readDimensions(head: Head, format: Exclude<ImageFormat, 'svg'>, maxPixels: number): Size | undefined {
  const told = readSize(head, format);
  if (!told) {
    const isOfDecoder = format === 'tiff' || format === 'heic' || (format === 'avif' && isSequence(head.bytes));
    if (head.isWhole && !isOfDecoder) throw unreadable();
    return undefined;
  }
  const { width, height } = told.stored;
  if (!(width > 0 && height > 0)) throw unreadable();
  checkInputPixels(told.stored, { format, maxPixels });
  return told.shown;
}

const unreadable = (): ImageServiceError =>
  new ImageServiceError('image_unreadable', 'The header of the image is damaged: it tells no dimensions.');
