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
import { expectsContinue } from '../../shared/http/request-heads.ts';
import { LimitedBody, refuseEncoding, tooLarge, VerifiedBody } from '../../shared/uploads/checked-body.ts';
import { type IncomingImage, refuseType, type Taken } from '../../shared/uploads/inspect-image.ts';
import { promisedDigests } from '../../shared/uploads/promised-digests.ts';
import { UploadStreams } from '../../shared/uploads/upload-streams.ts';
import { readForm } from './form.ts';

/** An upload as it arrives: the image first, and what is asked of it once the image has been read. */
export interface IncomingUpload {
  image: IncomingImage;
  /** As its sender gives it. */
  fileName?: string | undefined;
  /** Settles when the whole request has been read and its digests match. */
  renditions: Promise<RenditionRequest[]>;
  /** Own all that it arrives by; whoever does not read it to its end, ends them. */
  streams: UploadStreams;
}

/** What a form has beside its image: the other field, boundaries and part headers. */
const FORM_OVERHEAD = LIMITS.jsonBytes + 16 * 1024;

/** Opens an upload: raw bytes with presets in the query, or a form. Streams; refuses what can be refused before a byte is read. */
export async function openUpload(request: Request, { heic }: Pick<Taken, 'heic'>): Promise<IncomingUpload> {
  const { headers } = request.raw.req;
  const mediaType = parseMediaType(headers['content-type']);
  const contentLength = headers['content-length'] === undefined ? undefined : Number(headers['content-length']);
  const isForm = mediaType === 'multipart/form-data';
  const limit = LIMITS.syncUploadBytes + (isForm ? FORM_OVERHEAD : 0);
  if (contentLength !== undefined && contentLength > limit) throw tooLarge(LIMITS.syncUploadBytes, contentLength);
  if (contentLength === 0) throw new ImageServiceError('empty_body', 'The body has no bytes. Send the image in it.');
  refuseEncoding(headers['content-encoding']);

  // Whoever waits is told before the bytes what they could not change; to others they tell what they are.
  if (!isForm && expectsContinue(request.raw.req)) refuseType(mediaType, heic);
  if (isForm && request.query.rendition) throw presetsInQuery();
  const digests = await promisedDigests(headers);
  const streams = new UploadStreams(request.payload as IncomingMessage);
  return streams.during(async () => {
    const refusal = (actual: number) => tooLarge(LIMITS.syncUploadBytes, actual, { isCounting: true });
    const counter = streams.open(new LimitedBody(limit, refusal));
    const body: Readable = digests.length > 0 ? streams.connect(counter, new VerifiedBody(digests)) : counter;
    if (isForm) {
      const { image, renditions } = readForm(headers, body, streams);
      const { fileName, ...incoming } = await image;
      return { image: incoming, fileName, renditions, streams };
    }
    const renditions = Promise.resolve((request.query.rendition as RenditionRequest[] | undefined) ?? []);
    const image = { body, declaredType: mediaType, contentLength, counter };
    return { image, fileName: fileNameIn(headers['content-disposition']), renditions, streams };
  });
}

const presetsInQuery = (): ImageServiceError =>
  new ImageServiceError('invalid_request', 'A form asks for renditions in its field `renditions`, not in the query.', {
    errors: [{ path: 'query.rendition', message: 'is for raw bodies' }],
  });

/** The media type that a header declares; undefined if it says nothing of the bytes. */
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

/** The name in a Content-Disposition, which Node gives us byte by byte: many clients write it in UTF-8 as it is (RFC 8187 has them encode it). */
function fileNameIn(header: string | undefined): string | undefined {
  const { filename } = header === undefined ? {} : parse(header).parameters;
  if (filename === undefined) return undefined;
  const bytes = Buffer.from(filename, 'latin1');
  // What was encoded has been decoded, and may have characters that no byte is.
  const isBytes = bytes.toString('latin1') === filename;
  return isBytes && isUtf8(bytes) ? bytes.toString('utf8') : filename;
}
