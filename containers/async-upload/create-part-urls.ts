import type { Request } from '@hapi/hapi';
import type { PartUrlRequest, PartUrlsRequest } from '../../shared/contracts/api/upload-request.ts';
import { ImageServiceError } from '../../shared/domain/errors.ts';
import { isRegularPart, type UploadRecord } from '../../shared/domain/multipart-upload.ts';
import type { Handler } from '../../shared/http/server.ts';
import { markSigned } from '../../shared/storage/table/upload-table.ts';
import { storeUploadNameOf } from '../../shared/uploads/upload-objects.ts';
import type { UploadDependencies } from './dependencies.ts';
import { signPartUrl } from './part-url.ts';
import { readOpenUpload } from './upload-access.ts';
import { partTooLarge } from './upload-size.ts';

type Dependencies = Pick<UploadDependencies, 'objects' | 'table'> & { partUrlSecret: string };

/** `POST /v1/uploads/{uploadId}/part-urls` */
export const createPartUrls =
  (dependencies: Dependencies): Handler =>
  async (request, h) => {
    const { parts, expiresIn } = request.payload as PartUrlsRequest;
    const { objects, table } = dependencies;
    const upload = await readOpenUpload(table, request);
    for (const { partNumber, contentLength: size } of parts) {
      if (!isRegularPart(upload, { partNumber, size })) throw partTooLarge(upload, { partNumber, size });
    }
    if (!upload.signed && (upload.irregular || !(await markSigned(table, upload.uploadId)))) {
      throw partUrlsRefused(await readOpenUpload(table, request));
    }
    const left = Math.floor((Date.parse(upload.validUntil) - Date.now()) / 1000);
    const seconds = Math.max(1, Math.min(expiresIn, left));
    const expires = Math.floor(Date.now() / 1000) + seconds;
    const urlOf = async (part: PartUrlRequest) =>
      (await objects.presignPart(storeUploadNameOf(upload), { ...part, expiresIn: seconds })) ??
      signPartUrl(upload.uploadId, part, { base: baseOf(request), expires, secret: dependencies.partUrlSecret });
    const signed = await Promise.all(parts.map(async (part) => describe(part, await urlOf(part), expires)));
    return h.response({ uploadId: upload.uploadId, parts: signed }).header('cache-control', 'no-store');
  };

const partUrlsRefused = ({ uploadId, partSize }: UploadRecord): ImageServiceError =>
  new ImageServiceError(
    'part_urls_refused',
    `The upload ${uploadId} has taken a part that goes beyond its place, where every part has ${partSize} bytes: URLs could not hold it to its size. Send its parts to this service, or begin a new upload and send parts of ${partSize} bytes.`,
  );

const describe = ({ partNumber, contentMd5 }: PartUrlRequest, url: string, expires: number) => ({
  partNumber,
  method: 'PUT',
  url,
  headers: contentMd5 ? { 'content-md5': contentMd5 } : {},
  expiresAt: new Date(expires * 1000).toISOString(),
});

/** The origin at which the client reached this API. It is used on one machine only, where nothing in front of the API speaks TLS. */
const baseOf = ({ info }: Request): string => `http://${info.host}`;
