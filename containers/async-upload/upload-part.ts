import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import type { Readable } from 'node:stream';
import type { Request } from '@hapi/hapi';
import { ImageServiceError } from '../../shared/domain/errors.ts';
import { LIMITS } from '../../shared/domain/limits.ts';
import { ownerOf } from '../../shared/http/authentication.ts';
import type { Handler } from '../../shared/http/server.ts';
import { expectedDigests } from '../../shared/uploads/expected-digests.ts';
import { storeUploadNameOf } from '../../shared/uploads/upload-objects.ts';
import { UploadStreams } from '../../shared/uploads/upload-streams.ts';
import {
  LimitedBody,
  payloadTooLarge,
  refuseContentEncoding,
  VerifiedBody,
} from '../../shared/uploads/verified-body.ts';
import type { UploadDependencies } from './dependencies.ts';
import { verifyPartUrl } from './part-url.ts';
import { explainMissingUpload } from './upload-access.ts';
import { openUploadCache } from './upload-cache.ts';
import { storeWithinSize } from './upload-size.ts';

/** `PUT /v1/uploads/{uploadId}/parts/{partNumber}` */
export function uploadPart({
  objects,
  table,
  logger,
  partUrlSecret,
  requestSeconds,
  limits,
}: Pick<UploadDependencies, 'objects' | 'table' | 'logger' | 'limits'> & {
  partUrlSecret: string;
  /** How long a request may last. */
  requestSeconds: number;
}): Handler {
  const readUpload = openUploadCache(table);
  return async (request, h) => {
    const { headers } = request.raw.req;
    const partNumber = Number(request.params.partNumber);
    request.app.isSigned = verifyPartUrl(request, partUrlSecret);
    if (!request.app.isSigned) ownerOf(request);
    const size = lengthOf(headers);
    refuseContentEncoding(headers['content-encoding']);
    const upload = await readUpload(request);
    try {
      const receive = () =>
        receiveBody(request, size, (body) =>
          objects.uploadPart(storeUploadNameOf(upload), { partNumber, contentLength: size }, body),
        );
      const eTag = await limits.duringUpload(upload, () =>
        storeWithinSize(upload, { partNumber, size }, { objects, table, logger, requestSeconds }, receive),
      );
      return h.response({ partNumber, eTag, size }).etag(eTag).header('cache-control', 'no-store');
    } catch (error) {
      return explainMissingUpload(table, request, error);
    }
  };
}

/** The length of a part, which S3 must know beforehand too. */
function lengthOf(headers: IncomingHttpHeaders): number {
  const header = headers['content-length'];
  if (header === undefined) {
    const detail = 'A part needs a Content-Length. Do not send it chunked.';
    throw new ImageServiceError('length_required', detail);
  }
  const length = Number(header);
  if (length === 0) throw new ImageServiceError('empty_body', 'The part has no bytes.');
  if (length > LIMITS.maxPartBytes)
    throw payloadTooLarge(LIMITS.maxPartBytes, length, { advice: 'Send smaller parts.' });
  return length;
}

/** Streams the bytes of a part to `store`, verifying their digests on the way. */
async function receiveBody<Stored>(
  request: Request,
  length: number,
  store: (body: Readable) => Promise<Stored>,
): Promise<Stored> {
  const digests = await expectedDigests(request.raw.req.headers);
  const streams = new UploadStreams(request.payload as IncomingMessage);
  return streams.during(() => {
    const body = streams.open(new LimitedBody(length));
    return store(digests.length > 0 ? streams.connect(body, new VerifiedBody(digests)) : body);
  });
}
