import { finished } from 'node:stream/promises';
import { type ImageView, imagePath, imageView } from '../../shared/contracts/image-view.ts';
import { ImageServiceError } from '../../shared/domain/errors.ts';
import { createImageId } from '../../shared/domain/image-id.ts';
import { requestId } from '../../shared/http/request-id.ts';
import { type Handler, ownerOf } from '../../shared/http/server.ts';
import {
  answerClaim,
  CLAIM_SECONDS,
  type Claim,
  claimKey,
  releaseClaim,
  renewClaim,
} from '../../shared/storage/idempotency.ts';
import { readImage } from '../../shared/storage/image-table.ts';
import { measure } from '../../shared/storage/measured-body.ts';
import { type IncomingUpload, openUpload } from './incoming-upload.ts';
import { fingerprint, receive, type Sink, storeUpload, type UploadDependencies } from './stored-upload.ts';

interface Caller {
  owner: string;
  requestId: string;
}

/** `POST /v1/images` */
export const uploadImage =
  (dependencies: UploadDependencies): Handler =>
  async (request, h) => {
    const caller = { owner: ownerOf(request), requestId: requestId(request) };
    const key = request.raw.req.headers['idempotency-key'];
    const open = () => openUpload(request);
    const view =
      typeof key === 'string'
        ? await uploadOnce(open, { ...caller, key }, dependencies)
        : await upload(await open(), { ...caller, imageId: createImageId() }, dependencies);
    return h.response(view).code(201).location(imagePath(view.imageId)).header('cache-control', 'no-store');
  };

async function upload(
  incoming: IncomingUpload,
  names: Caller & { imageId: string },
  dependencies: UploadDependencies,
): Promise<ImageView> {
  const { record, renditions } = await storeUpload(incoming, names, dependencies);
  return imageView(record, renditions);
}

/** An upload with an Idempotency-Key: does the work if nobody has, else answers what was answered then. */
async function uploadOnce(
  open: () => Promise<IncomingUpload>,
  caller: Caller & { key: string },
  dependencies: UploadDependencies,
): Promise<ImageView> {
  const { table } = dependencies;
  const found = await claimKey(table, caller, createImageId());
  if (found.state === 'under-way') {
    throw new ImageServiceError('idempotency_key_in_use', 'Another request with this Idempotency-Key is under way.', {
      retryAfterSeconds: CLAIM_SECONDS,
    });
  }
  if (found.state === 'answered') {
    return answerAgain(await open(), found.fingerprint, found.answer as ImageView, dependencies);
  }
  return keepingClaim(found.claim, dependencies, async ({ imageId, takenOver }) => {
    const earlier = takenOver ? await readImage(table, imageId, { consistent: true }) : undefined;
    if (!earlier) return upload(await open(), { ...caller, imageId }, dependencies);
    const { checksumSha256 } = earlier.record;
    const promised = fingerprint({ checksumSha256, renditions: earlier.renditions });
    return answerAgain(await open(), promised, imageView(earlier.record, earlier.renditions), dependencies);
  });
}

/** Holds a claim while the work lasts and keeps its answer; gives the claim back if the work fails. */
async function keepingClaim(
  claim: Claim,
  { table }: UploadDependencies,
  work: (claim: Claim) => Promise<ImageView>,
): Promise<ImageView> {
  const renewal = setInterval(() => void renewClaim(table, claim).catch(() => undefined), (CLAIM_SECONDS * 1000) / 3);
  try {
    const view = await work(claim);
    const { checksumSha256 = '', renditions = [] } = view;
    await answerClaim(table, claim, fingerprint({ checksumSha256, renditions }), view);
    return view;
  } catch (error) {
    await releaseClaim(table, claim);
    throw error;
  } finally {
    clearInterval(renewal);
  }
}

/** Reads the repeated request only to see that it is the same. */
async function answerAgain(
  incoming: IncomingUpload,
  expected: string,
  answer: ImageView,
  { maxInputPixels }: UploadDependencies,
): Promise<ImageView> {
  const received = await receive(incoming, measureOnly, maxInputPixels);
  if (fingerprint(received) === expected) return answer;
  throw new ImageServiceError(
    'idempotency_key_reused',
    'This Idempotency-Key belongs to an upload of other bytes or other renditions. Use a new key for a new upload.',
  );
}

const measureOnly: Sink = async (body) => {
  const measured = measure(body);
  await finished(body);
  return measured();
};
