import { randomUUID } from 'node:crypto';
import { uploadLimits, uploadPath } from '../../shared/contracts/api/upload-view.ts';
import { pick } from '../../shared/domain/attributes.ts';
import { economised } from '../../shared/domain/economy-mode.ts';
import { hasCode, ImageServiceError } from '../../shared/domain/errors.ts';
import { fingerprintOf } from '../../shared/domain/fingerprint.ts';
import { formatOfMediaType, UNDECLARED_MEDIA_TYPE } from '../../shared/domain/formats/image-format.ts';
import { createImageId } from '../../shared/domain/image-id.ts';
import type { Visibility } from '../../shared/domain/image-record.ts';
import { LIMITS } from '../../shared/domain/limits.ts';
import {
  recommendedPartSize,
  type UploadDeclaration,
  type UploadRecord,
} from '../../shared/domain/multipart-upload.ts';
import type { TransformationCheck } from '../../shared/domain/transformation-control.ts';
import {
  checkTypeBound,
  tooManyBytes,
  type UploadToken,
  uploadEnd,
  withinBounds,
} from '../../shared/domain/upload-token.ts';
import { noteAudit } from '../../shared/http/audit.ts';
import { ownerOf, principalOf } from '../../shared/http/authentication.ts';
import type { Handler } from '../../shared/http/server.ts';
import type { EconomyMode } from '../../shared/services/economy-mode.ts';
import { readImage } from '../../shared/storage/table/image-table.ts';
import { countOpenUpload, uncountOpenUpload } from '../../shared/storage/table/open-uploads.ts';
import { abortUploadRecord, createUploadRecord } from '../../shared/storage/table/upload-table.ts';
import { answerIdempotently, type Once, onceOf, usedBefore } from '../../shared/uploads/idempotent-request.ts';
import { type IngestionRules, mayRemove } from '../../shared/uploads/ingestion.ts';
import { refuseDeclaredType } from '../../shared/uploads/inspect-image.ts';
import { assembledKey, storeUploadNameOf } from '../../shared/uploads/upload-objects.ts';
import type { UploadDependencies } from './dependencies.ts';
import { readUploadToShow, uploadRejected, viewFor } from './upload-access.ts';
import { uploadLimitHeader } from './upload-limit-header.ts';

type Dependencies = Pick<
  UploadDependencies,
  'objects' | 'table' | 'logger' | 'limits' | 'heic' | keyof IngestionRules
> & {
  economyMode: EconomyMode;
  checkTransformations: TransformationCheck;
  /** Who may see an image whose declaration does not say it. */
  defaultVisibility: Visibility;
};

/** The part of a request to begin an upload that its record keeps. */
type Beginning = UploadDeclaration & Pick<UploadRecord, 'owner' | 'declarationFingerprint'>;

/** By what an upload is begun once, and the token that the request came with. */
interface Beginner {
  once: Once;
  token: UploadToken | undefined;
}

/** `POST /v1/uploads` */
export const createUpload =
  (dependencies: Dependencies): Handler =>
  async (request, h) => {
    const declaration = request.payload as UploadDeclaration;
    checkLength(declaration);
    refuseDeclaredType(declaration.contentType, dependencies.heic);
    const owner = ownerOf(request);
    const token = principalOf(request)?.uploadToken;
    if (!token) dependencies.checkTransformations(declaration.renditions);
    const once = onceOf(owner, request.raw.req.headers['idempotency-key'], token);
    const settled = { ...settledBy(token, declaration), owner };
    const upload = once
      ? await beginOnce(settled, { once, token }, dependencies)
      : await beginUpload(settled, undefined, dependencies);
    const view = viewFor(request, upload);
    noteAudit(request, pick(upload, ['imageId', 'uploadId', 'visibility']));
    return h
      .response(view)
      .code(201)
      .location(uploadPath(view.uploadId))
      .header('upload-limit', uploadLimitHeader(uploadLimits(upload)))
      .header('cache-control', 'no-store');
  };

/** What is declared and asked for, as it is settled by the token of the request; refuses what is beyond its bounds. */
function settledBy(token: UploadToken | undefined, declaration: UploadDeclaration): UploadDeclaration {
  if (!token) return declaration;
  const { contentType, contentLength = 0, checksumSha256 } = declaration;
  if (contentLength > token.maxBytes) throw tooManyBytes(token.maxBytes, contentLength);
  if (contentType !== UNDECLARED_MEDIA_TYPE) checkTypeBound(token.types, contentType);
  const { renditions, visibility, metadata } = withinBounds(token, declaration);
  return {
    contentType,
    ...(contentLength > 0 && { contentLength }),
    ...(checksumSha256 && { checksumSha256 }),
    renditions,
    ...(visibility && { visibility }),
    ...(metadata && { metadata }),
  };
}

function beginOnce(
  { owner, ...declaration }: Beginning,
  { once, token }: Beginner,
  dependencies: Dependencies,
): Promise<UploadRecord> {
  const { table, logger } = dependencies;
  const declarationFingerprint = fingerprintOf({ declaration });
  return answerIdempotently(table, {
    once,
    imageId: token?.imageId ?? createImageId(),
    async work() {
      const upload = await beginUpload({ ...declaration, owner, declarationFingerprint }, token, dependencies);
      return { answer: upload, made: { uploadId: upload.uploadId } };
    },
    onRenewalFailed: (err) => logger.warn({ err }, 'an Idempotency-Key or upload token could not be held for longer'),
    // With a key, a claim that was taken over begins a new upload: whether its former holder had begun one is unknown, and no client has heard of
    // it. With a token, it may have made the image in one request.
    isDone: async ({ imageId }) =>
      token !== undefined && (await readImage(table, imageId, { consistent: true })) !== undefined,
    async repeat({ uploadId }) {
      if (uploadId === undefined) throw usedBefore(once);
      const upload = await readUploadToShow(table, uploadId);
      if (upload.status === 'rejected') throw uploadRejected(upload);
      if (upload.declarationFingerprint !== declarationFingerprint) throw usedBefore(once);
      return upload;
    },
  });
}

function checkLength({ contentLength: actual, contentType }: UploadDeclaration): void {
  const isSvg = formatOfMediaType(contentType) === 'svg';
  const limit = isSvg ? LIMITS.svgBytes : LIMITS.asyncUploadBytes;
  if (actual === undefined || actual <= limit) return;
  const detail = `The limit is ${limit} bytes${isSvg ? ' for an SVG' : ''}, the image is declared to have ${actual}.`;
  throw new ImageServiceError('upload_too_large', detail, { limit, actual, unit: 'bytes' });
}

/** Begins the upload in the store first, so that no record names one that does not exist. An upload without a record expires in the store. */
async function beginUpload(
  beginning: Beginning,
  token: UploadToken | undefined,
  dependencies: Dependencies,
): Promise<UploadRecord> {
  const { objects, table, economyMode, limits, defaultVisibility } = dependencies;
  const { owner, contentType, contentLength, renditions, visibility = defaultVisibility } = beginning;
  const { openUploads } = limits.values;
  limits.checkRenditions(renditions.length);
  await limits.checkStorage(owner, contentLength ?? 1);
  const imageId = token?.imageId ?? createImageId();
  const now = Date.now();
  const createdAt = new Date(now).toISOString();
  const counted = { owner, createdAt, validUntil: uploadEnd(now, token) };
  if (!(await countOpenUpload(table, counted, openUploads))) throw tooManyUploads(openUploads);
  let storeUploadId: string | undefined;
  let begun: UploadRecord | undefined;
  const place = { imageId, ...(mayRemove(dependencies, visibility) && { received: true as const }) };
  const forget = () => forgetUpload({ ...place, ...counted, storeUploadId }, dependencies);
  try {
    storeUploadId = await objects.createMultipartUpload(assembledKey(place), { contentType });
    const upload: UploadRecord = {
      ...beginning,
      visibility,
      renditions: economyMode.isOn() ? renditions.map(economised) : renditions,
      uploadId: token?.uploadId ?? randomUUID(),
      ...place,
      ...(token && pick(token, ['tokenId', 'maxBytes', 'types'])),
      status: 'open',
      storeUploadId,
      partSize: recommendedPartSize(contentLength ?? token?.maxBytes),
      ...counted,
    };
    if (await createUploadRecord(table, upload)) begun = upload;
  } catch (error) {
    await forget();
    throw error;
  }
  if (begun) {
    await endIfErased(begun, dependencies);
    return begun;
  }
  // Another request with this token has begun the upload, and died before it could say so.
  await forget();
  return readUploadToShow(table, String(token?.uploadId));
}

/** Ends an upload whose owner is being erased: whoever erases may have looked for open uploads before this one was there. */
async function endIfErased(upload: UploadRecord, { objects, table, limits }: Dependencies): Promise<void> {
  try {
    await limits.checkOwner(upload.owner);
  } catch (error) {
    if (hasCode(error, 'owner_being_erased')) {
      await abortUploadRecord(table, upload.uploadId);
      await objects.abortMultipartUpload(storeUploadNameOf(upload));
    }
    throw error;
  }
}

/** Removes what was begun of an upload that nobody was told of. What cannot be removed ends by itself. */
async function forgetUpload(
  { imageId, received, storeUploadId, ...counted }: Begun,
  { objects, table, logger }: Dependencies,
): Promise<void> {
  const warn = (what: string) => (err: unknown) => logger.warn({ imageId, err }, what);
  if (storeUploadId)
    await objects
      .abortMultipartUpload(storeUploadNameOf({ imageId, storeUploadId, ...(received && { received }) }))
      .catch(warn('an upload that nobody was told of stays in the store until it expires'));
  await uncountOpenUpload(table, counted).catch(warn('an upload that nobody has counts as open until it expires'));
}

type Begun = Parameters<typeof uncountOpenUpload>[1] &
  Pick<UploadRecord, 'imageId' | 'received'> & { storeUploadId: string | undefined };

function tooManyUploads(limit: number): ImageServiceError {
  const detail = `${limit} uploads are open, and no more may be. Complete them, abort those that nobody goes on with (DELETE /v1/uploads/UPLOAD_ID), or wait until they expire.`;
  return new ImageServiceError('too_many_uploads', detail, { limit, unit: 'uploads', retryAfterSeconds: 60 });
}
