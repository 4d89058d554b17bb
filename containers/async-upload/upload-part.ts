import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { pipeline, type Readable } from 'node:stream';
import type { Request } from '@hapi/hapi';
import { ImageServiceError } from '../../shared/domain/errors.ts';
import { LIMITS } from '../../shared/domain/limits.ts';
import { type Handler, ownerOf } from '../../shared/http/server.ts';
import { LimitedBody, readInto, refuseEncoding, tooLarge, VerifiedBody } from '../../shared/uploads/checked-body.ts';
import { promisedDigests } from '../../shared/uploads/promised-digests.ts';
import type { UploadDependencies } from './dependencies.ts';
import { explainGone, nameOf } from './own-upload.ts';
import { checkRoom } from './part-room.ts';
import { checkPartUrl } from './part-url.ts';
import { recentUploads } from './recent-uploads.ts';

/** `PUT /v1/uploads/{uploadId}/parts/{partNumber}` */
export function uploadPart({
  objects,
  table,
  partUrlSecret,
}: Pick<UploadDependencies, 'objects' | 'table'> & { partUrlSecret: string }): Handler {
  const readUpload = recentUploads(table);
  return async (request, h) => {
    const { headers } = request.raw.req;
    const partNumber = Number(request.params.partNumber);
    request.app.isSigned = checkPartUrl(request, partUrlSecret);
    if (!request.app.isSigned) ownerOf(request);
    const size = lengthOf(headers);
    refuseEncoding(headers['content-encoding']);
    const upload = await readUpload(request);
    try {
      await checkRoom(upload, [{ partNumber, size }], { objects, table });
      const body = await openBody(request, size);
      const eTag = await objects.uploadPart(nameOf(upload), { partNumber, contentLength: size }, body);
      return h.response({ partNumber, eTag, size }).etag(eTag).header('cache-control', 'no-store');
    } catch (error) {
      return explainGone(table, request, error);
    }
  };
}

/** S3 wants the length of a part beforehand as well. */
function lengthOf(headers: IncomingHttpHeaders): number {
  const header = headers['content-length'];
  if (header === undefined) {
    const detail = 'A part needs a Content-Length. Do not send it chunked.';
    throw new ImageServiceError('length_required', detail);
  }
  const length = Number(header);
  if (length === 0) throw new ImageServiceError('empty_body', 'The part has no bytes.');
  if (length > LIMITS.maxPartBytes) throw tooLarge(LIMITS.maxPartBytes, length, { advice: 'Send smaller parts.' });
  return length;
}

/** The bytes of a part, with what verifies them in their way. */
async function openBody(request: Request, length: number): Promise<Readable> {
  const digests = await promisedDigests(request.raw.req.headers);
  const body = readInto(request.payload as IncomingMessage, new LimitedBody(length));
  // Whoever reads the last stream of a pipeline sees its error there.
  return digests.length > 0 ? pipeline(body, new VerifiedBody(digests), () => undefined) : body;
}
