import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import type { Readable } from 'node:stream';
import type { Request } from '@hapi/hapi';
import { ImageServiceError } from '../../shared/domain/errors.ts';
import { LIMITS } from '../../shared/domain/limits.ts';
import { type Handler, ownerOf } from '../../shared/http/server.ts';
import { LimitedBody, refuseEncoding, tooLarge, VerifiedBody } from '../../shared/uploads/checked-body.ts';
import { promisedDigests } from '../../shared/uploads/promised-digests.ts';
import { UploadStreams } from '../../shared/uploads/upload-streams.ts';
import type { UploadDependencies } from './dependencies.ts';
import { explainGone, nameOf } from './own-upload.ts';
import { holdingRoom } from './part-room.ts';
import { checkPartUrl } from './part-url.ts';
import { recentUploads } from './recent-uploads.ts';

/** `PUT /v1/uploads/{uploadId}/parts/{partNumber}` */
export function uploadPart({
  objects,
  table,
  logger,
  partUrlSecret,
  requestSeconds,
}: Pick<UploadDependencies, 'objects' | 'table' | 'logger'> & {
  partUrlSecret: string;
  /** That a request may last. */
  requestSeconds: number;
}): Handler {
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
      const eTag = await holdingRoom(upload, { partNumber, size }, { objects, table, logger, requestSeconds }, () =>
        receiveBody(request, size, (body) =>
          objects.uploadPart(nameOf(upload), { partNumber, contentLength: size }, body),
        ),
      );
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

/** Gives the bytes of a part to whoever stores them, with what verifies them in their way. */
async function receiveBody<Stored>(
  request: Request,
  length: number,
  store: (body: Readable) => Promise<Stored>,
): Promise<Stored> {
  const digests = await promisedDigests(request.raw.req.headers);
  const streams = new UploadStreams(request.payload as IncomingMessage);
  return streams.during(() => {
    const body = streams.open(new LimitedBody(length));
    return store(digests.length > 0 ? streams.connect(body, new VerifiedBody(digests)) : body);
  });
}
