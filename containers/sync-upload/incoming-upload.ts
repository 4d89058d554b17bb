import type { IncomingMessage } from 'node:http';
import { pipeline } from 'node:stream';
import { MIMEType } from 'node:util';
import type { Request } from '@hapi/hapi';
import type { RenditionRequest } from '../../shared/domain/commands.ts';
import { ImageServiceError } from '../../shared/domain/errors.ts';
import { LIMITS } from '../../shared/domain/limits.ts';
import { LimitedBody, readInto, refuseEncoding, tooLarge, VerifiedBody } from '../../shared/uploads/checked-body.ts';
import type { IncomingImage } from '../../shared/uploads/inspect-image.ts';
import { promisedDigests } from '../../shared/uploads/promised-digests.ts';
import { readForm } from './form.ts';

/** An upload as it arrives: the image first, and what is asked of it once the image has been read. */
export interface IncomingUpload {
  image: IncomingImage;
  /** Settles when the whole request has been read and its digests match. */
  renditions: Promise<RenditionRequest[]>;
}

/** What a form has beside its image: the other field, boundaries and part headers. */
const FORM_OVERHEAD = LIMITS.jsonBytes + 16 * 1024;

/** Whoever reads the last stream of a pipeline sees its error there. */
const settled = () => undefined;

/** Opens an upload: raw bytes with presets in the query, or a form. Streams; refuses what can be refused before a byte is read. */
export async function openUpload(request: Request): Promise<IncomingUpload> {
  const { headers } = request.raw.req;
  const mediaType = parseMediaType(headers['content-type']);
  const contentLength = headers['content-length'] === undefined ? undefined : Number(headers['content-length']);
  const isForm = mediaType === 'multipart/form-data';
  const limit = LIMITS.syncUploadBytes + (isForm ? FORM_OVERHEAD : 0);
  if (contentLength !== undefined && contentLength > limit) throw tooLarge(LIMITS.syncUploadBytes, contentLength);
  if (contentLength === 0) throw new ImageServiceError('empty_body', 'The body has no bytes. Send the image in it.');
  refuseEncoding(headers['content-encoding']);

  const digests = await promisedDigests(headers);
  const refusal = (actual: number) => tooLarge(LIMITS.syncUploadBytes, actual, { isCounting: true });
  const limited = readInto(request.payload as IncomingMessage, new LimitedBody(limit, refusal));
  const body = digests.length > 0 ? pipeline(limited, new VerifiedBody(digests), settled) : limited;
  if (!isForm) {
    const renditions = Promise.resolve((request.query.rendition as RenditionRequest[] | undefined) ?? []);
    return { image: { body, declaredType: mediaType, contentLength }, renditions };
  }
  if (request.query.rendition) {
    body.destroy();
    throw new ImageServiceError(
      'invalid_request',
      'A form asks for renditions in its field `renditions`, not in the query.',
      {
        errors: [{ path: 'query.rendition', message: 'is for raw bodies' }],
      },
    );
  }
  const form = readForm(headers, body);
  return { image: await form.image, renditions: form.renditions };
}

function parseMediaType(header: string | undefined): string | undefined {
  if (!header) return undefined;
  try {
    return new MIMEType(header).essence;
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
