import type { Request } from '@hapi/hapi';
import { imagePath, imageView } from '../../shared/contracts/api/image-view.ts';
import { redirectAfter, UPLOAD_TOKEN_PARAMETER } from '../../shared/contracts/api/upload-token.ts';
import { uploadedImageView } from '../../shared/contracts/api/uploader-view.ts';
import { pick } from '../../shared/domain/attributes.ts';
import { createImageId } from '../../shared/domain/image-id.ts';
import type { ImageRecord, Visibility } from '../../shared/domain/image-record.ts';
import { noteAudit } from '../../shared/http/audit.ts';
import { ownerOf, principalOf } from '../../shared/http/authentication.ts';
import { requestId } from '../../shared/http/request-id.ts';
import type { Handler } from '../../shared/http/server.ts';
import { type Image, readCreatedImage, readImage } from '../../shared/storage/table/image-table.ts';
import {
  answerIdempotently,
  checkClaim,
  type Once,
  onceOf,
  usedBefore,
} from '../../shared/uploads/idempotent-request.ts';
import { uploadedRenditions } from '../../shared/uploads/new-image.ts';
import {
  fingerprintOfRequest,
  storeImage,
  type UploadDependencies,
  type UploadNames,
  type UploadRules,
  uploadFingerprint,
} from './store-image.ts';

/** `POST /v1/images` */
export const uploadImage =
  (dependencies: UploadDependencies): Handler =>
  async (request, h) => {
    const { token } = rulesOf(request);
    const owner = ownerOf(request);
    const once = onceOf(owner, request.raw.req.headers['idempotency-key'], token);
    const { record, renditions } = await dependencies.limits.duringUpload({ owner, tokenId: token?.tokenId }, () =>
      once ? uploadOnce(request, once, dependencies) : upload(request, { imageId: createImageId() }, dependencies),
    );
    const { defaultVisibility } = dependencies;
    const view = token
      ? uploadedImageView(record, { ...token, visibility: token.visibility ?? defaultVisibility })
      : imageView(record, renditions);
    noteAudit(request, pick(view, ['imageId', 'visibility']));
    const redirect = request.query[UPLOAD_TOKEN_PARAMETER] === undefined ? undefined : token?.successRedirect;
    if (redirect !== undefined)
      return h.redirect(redirectAfter(redirect, view.imageId)).code(303).header('cache-control', 'no-store');
    return h.response(view).code(201).location(imagePath(view.imageId)).header('cache-control', 'no-store');
  };

const rulesOf = (request: Request): UploadRules => ({
  visibility: request.query.visibility as Visibility | undefined,
  token: principalOf(request)?.uploadToken,
});

function upload(
  request: Request,
  made: Pick<UploadNames, 'imageId' | 'checkClaim'>,
  dependencies: UploadDependencies,
): Promise<Image> {
  const names = { ...made, owner: ownerOf(request), requestId: requestId(request), ...rulesOf(request) };
  return storeImage(request, names, dependencies);
}

/** Does an upload that is known by a key or a token if nobody has done it yet; otherwise answers with the image that was made then, as it is now. */
function uploadOnce(request: Request, once: Once, dependencies: UploadDependencies): Promise<Image> {
  const { table, logger } = dependencies;
  const rules = rulesOf(request);
  return answerIdempotently(table, {
    once,
    imageId: rules.token?.imageId ?? createImageId(),
    async work(claim) {
      const made = { imageId: claim.imageId, checkClaim: () => checkClaim(table, claim, once) };
      return { answer: await upload(request, made, dependencies) };
    },
    onRenewalFailed: (err) =>
      logger.warn(
        { requestId: requestId(request), err },
        'an Idempotency-Key or upload token could not be held for longer',
      ),
    isDone: async ({ imageId }) => (await readImage(table, imageId, { consistent: true })) !== undefined,
    async repeat({ imageId, uploadId }) {
      if (uploadId) throw usedBefore(once);
      const image = await readCreatedImage(table, imageId);
      const expected = uploadFingerprint({ ...image.record, renditions: uploadedRenditions(image) });
      // The repeated request is read only to see that it is the same.
      if ((await fingerprintOfRequest(request, rules, dependencies)) !== expected) throw usedBefore(once);
      if (!mayHaveAsked(rules, image.record)) throw usedBefore(once);
      return image;
    },
  });
}

/**
 * Whether the upload of an image may have asked for this visibility. One that asked for none got the default of its time, which the record has; and the
 * record does not tell what was asked once that was changed.
 */
function mayHaveAsked({ token, visibility }: UploadRules, record: ImageRecord): boolean {
  const asked = token ? token.visibility : visibility;
  return asked === undefined || record.changedAt !== undefined || asked === (record.visibility ?? 'public');
}
