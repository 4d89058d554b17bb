import type { Request } from '@hapi/hapi';
import type { PartUrlRequest, PartUrlsRequest } from '../../shared/contracts/upload-request.ts';
import type { Handler } from '../../shared/http/server.ts';
import type { UploadDependencies } from './dependencies.ts';
import { explainGone, nameOf, readOpenUpload } from './own-upload.ts';
import { checkRoom } from './part-room.ts';
import { signPartUrl } from './part-url.ts';

type Dependencies = Pick<UploadDependencies, 'objects' | 'table'> & { partUrlSecret: string };

/** `POST /v1/uploads/{uploadId}/part-urls` */
export const createPartUrls =
  (dependencies: Dependencies): Handler =>
  async (request, h) => {
    const { parts, expiresIn } = request.payload as PartUrlsRequest;
    const { objects, table } = dependencies;
    const upload = await readOpenUpload(table, request);
    const coming = parts.map(({ partNumber, contentLength: size }) => ({ partNumber, size }));
    await checkRoom(upload, coming, dependencies).catch((error) => explainGone(table, request, error));
    const left = Math.floor((Date.parse(upload.validUntil) - Date.now()) / 1000);
    const seconds = Math.max(1, Math.min(expiresIn, left));
    const expires = Math.floor(Date.now() / 1000) + seconds;
    const urlOf = async (part: PartUrlRequest) =>
      (await objects.presignPart(nameOf(upload), { ...part, expiresIn: seconds })) ??
      signPartUrl(upload.uploadId, part, { base: baseOf(request), expires, secret: dependencies.partUrlSecret });
    const signed = await Promise.all(parts.map(async (part) => describe(part, await urlOf(part), expires)));
    return h.response({ uploadId: upload.uploadId, parts: signed }).header('cache-control', 'no-store');
  };

const describe = ({ partNumber, contentMd5 }: PartUrlRequest, url: string, expires: number) => ({
  partNumber,
  method: 'PUT',
  url,
  headers: contentMd5 ? { 'content-md5': contentMd5 } : {},
  expiresAt: new Date(expires * 1000).toISOString(),
});

/** Where the client reached this API. Only on one machine, where nothing before it speaks TLS. */
const baseOf = ({ info }: Request): string => `http://${info.host}`;
