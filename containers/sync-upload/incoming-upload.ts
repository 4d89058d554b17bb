import { isUtf8 } from 'node:buffer';
import type { IncomingMessage } from 'node:http';
import type { Readable } from 'node:stream';
import { MIMEType } from 'node:util';
import type { Request } from '@hapi/hapi';
import { parse } from 'content-disposition';
import type { RenditionRequest } from '../../shared/domain/commands.ts';
import { ImageServiceError } from '../../shared/domain/errors.ts';
import { UNDECLARED_MEDIA_TYPES } from '../../shared/domain/formats/image-format.ts';
import { LIMITS } from '../../shared/domain/limits.ts';
import { checkTypeBound, tooManyBytes, type UploadToken } from '../../shared/domain/upload-token.ts';
import { expectsContinue } from '../../shared/http/request-heads.ts';
import { expectedDigests } from '../../shared/uploads/expected-digests.ts';
import { type AcceptedImages, type IncomingImage, refuseDeclaredType } from '../../shared/uploads/inspect-image.ts';
import { UploadStreams } from '../../shared/uploads/upload-streams.ts';
import {
  LimitedBody,
  payloadTooLarge,
  refuseContentEncoding,
  VerifiedBody,
} from '../../shared/uploads/verified-body.ts';
import { readForm } from './multipart-form.ts';

/** An upload as it arrives: its image, and the renditions that are asked for, which are known once the image has been read. */
export interface IncomingUpload {
  image: IncomingImage;
  /** The name as the sender gives it. */
  fileName?: string | undefined;
  /** Settles when the whole request has been read and its digests match. */
  renditions: Promise<RenditionRequest[]>;
  /** The media types that the upload token allows; all if absent. */
  types?: readonly string[] | undefined;
  /** Every stream by which the upload arrives. Whoever does not read the upload to its end must end them. */
  streams: UploadStreams;
}

/** Bytes that a form may have beside its image: the field `renditions`, boundaries and part headers. */
const FORM_OVERHEAD = LIMITS.jsonBytes + 16 * 1024;

/** Opens an upload, which is raw bytes with presets in the query, or a form. Refuses what can be refused before a byte is read; the rest streams. */
export async function openUpload(
  request: Request,
  { heic }: Pick<AcceptedImages, 'heic'>,
  token: UploadToken | undefined,
): Promise<IncomingUpload> {
  const { headers } = request.raw.req;
  const mediaType = parseMediaType(headers['content-type']);
  const contentLength = headers['content-length'] === undefined ? undefined : Number(headers['content-length']);
  const isForm = mediaType === 'multipart/form-data';
  const { bytes, refusal } = bytesLimit(token);
  const limit = bytes + (isForm ? FORM_OVERHEAD : 0);
  if (contentLength !== undefined && contentLength > limit) throw refusal(contentLength);
  if (contentLength === 0) throw new ImageServiceError('empty_body', 'The body has no bytes. Send the image in it.');
  refuseContentEncoding(headers['content-encoding']);

  // A client that waits for `100 Continue` is refused before it sends anything. For others the bytes decide, because their error says more.
  if (!isForm && expectsContinue(request.raw.req)) {
    refuseDeclaredType(mediaType, heic);
    if (mediaType !== undefined) checkTypeBound(token?.types, mediaType);
  }
  if (isForm && request.query.rendition) throw presetsInQuery();
  const digests = await expectedDigests(headers);
  const streams = new UploadStreams(request.payload as IncomingMessage);
  return streams.during(async () => {
    const counter = streams.open(new LimitedBody(limit, (actual) => refusal(actual, { isCounting: true })));
    const body: Readable = digests.length > 0 ? streams.connect(counter, new VerifiedBody(digests)) : counter;
    if (isForm) {
      const openFile = () => new LimitedBody(bytes, (actual) => refusal(actual, { isCounting: true }));
      const { image, renditions } = readForm(headers, body, { streams, openFile });
      const { fileName, ...incoming } = await image;
      return { image: incoming, fileName, renditions, streams, types: token?.types };
    }
    const renditions = Promise.resolve((request.query.rendition as RenditionRequest[] | undefined) ?? []);
    const image = { body, declaredType: mediaType, contentLength, counter };
    const fileName = fileNameIn(headers['content-disposition']);
    return { image, fileName, renditions, streams, types: token?.types };
  });
}

/** The most bytes of an image, and the error for more: that of this way to upload, or of the upload token. */
function bytesLimit(token: UploadToken | undefined): { bytes: number; refusal: typeof refuseUpload } {
  const { maxBytes } = token ?? { maxBytes: Number.POSITIVE_INFINITY };
  if (maxBytes >= LIMITS.syncUploadBytes) return { bytes: LIMITS.syncUploadBytes, refusal: refuseUpload };
  return { bytes: maxBytes, refusal: (actual) => tooManyBytes(maxBytes, actual) };
}

const refuseUpload = (actual: number, options?: { isCounting: boolean }): ImageServiceError =>
  payloadTooLarge(LIMITS.syncUploadBytes, actual, options);

const presetsInQuery = (): ImageServiceError =>
  new ImageServiceError('invalid_request', 'A form asks for renditions in its field `renditions`, not in the query.', {
    errors: [{ path: 'query.rendition', message: 'is for raw bodies' }],
  });

/** The media type that a header declares; undefined if it says nothing about the bytes. */
function parseMediaType(header: string | undefined): string | undefined {
  if (!header) return undefined;
  try {
    const { essence } = new MIMEType(header);
    return UNDECLARED_MEDIA_TYPES.includes(essence) ? undefined : essence;
  } catch (error) {
    throw new ImageServiceError(
      'unsupported_content_type',
      `Content-Type ${JSON.stringify(header)} is not a media type.`,
      {
        cause: error,
      },
    );
  }
}

/** The name in a Content-Disposition. Node decodes headers as Latin-1, while many clients write plain UTF-8 (RFC 8187 would have them encode it). */
function fileNameIn(header: string | undefined): string | undefined {
  const { filename } = header === undefined ? {} : parse(header).parameters;
  if (filename === undefined) return undefined;
  const bytes = Buffer.from(filename, 'latin1');
  // A name that was encoded has been decoded already, and may have characters beyond Latin-1.
  const isLatin1 = bytes.toString('latin1') === filename;
  return isLatin1 && isUtf8(bytes) ? bytes.toString('utf8') : filename;
}
