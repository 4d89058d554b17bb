import { randomUUID } from 'node:crypto';
import { type UploadTokenRequest, uploadTokenView } from '../../shared/contracts/api/upload-token.ts';
import { pick } from '../../shared/domain/attributes.ts';
import { createImageId } from '../../shared/domain/image-id.ts';
import type { UploadToken } from '../../shared/domain/upload-token.ts';
import { noteAudit } from '../../shared/http/audit.ts';
import { ownerOf, principalOf } from '../../shared/http/authentication.ts';
import type { Handler } from '../../shared/http/server.ts';
import { newUploadCredential } from '../../shared/services/upload-tokens.ts';
import { createUploadToken as createRecord } from '../../shared/storage/table/upload-tokens.ts';
import { refuseDeclaredType } from '../../shared/uploads/inspect-image.ts';
import type { UploadDependencies } from './store-image.ts';

/** `POST /v1/upload-tokens` */
export const createUploadToken =
  ({
    table,
    heic,
    checkTransformations,
  }: Pick<UploadDependencies, 'table' | 'heic' | 'checkTransformations'>): Handler =>
  async (request, h) => {
    const { expiresInSeconds, ...bounds } = request.payload as UploadTokenRequest;
    // A token that nothing fits would be noticed only by whoever it is given to.
    for (const type of bounds.types ?? []) refuseDeclaredType(type, heic);
    checkTransformations(bounds.renditions);
    const { credential, ...secret } = newUploadCredential();
    const now = Date.now();
    const { kind, subject, recheck } = principalOf(request) ?? {};
    const token: UploadToken = {
      ...bounds,
      ...secret,
      owner: ownerOf(request),
      imageId: createImageId(),
      uploadId: randomUUID(),
      createdBy: String(subject),
      ...(kind === 'key' && recheck && subject && { keyId: subject }),
      createdAt: new Date(now).toISOString(),
      expiresAt: new Date(now + expiresInSeconds * 1000).toISOString(),
    };
    await createRecord(table, token);
    noteAudit(request, { ...pick(token, ['imageId', 'visibility', 'expiresAt']), uploadTokenId: token.tokenId });
    return h.response(uploadTokenView(token, credential)).code(201).header('cache-control', 'no-store');
  };
