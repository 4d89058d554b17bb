import { type ErrorCode, ImageServiceError } from '../domain/errors.ts';
import { retryAfterSeconds } from '../domain/retry-after.ts';
import { CLAIM_SECONDS } from '../storage/table/claim-expiry.ts';
import {
  type Answered,
  answerClaim,
  type Claim,
  claimKey,
  type IdempotencyKey,
  releaseClaim,
  renewClaim,
} from '../storage/table/idempotency.ts';
import type { ImageTable } from '../storage/table/image-table.ts';

/** A request with an Idempotency-Key. */
export interface IdempotentRequest<Answer> {
  key: IdempotencyKey;
  /** The id of the image that the request is to make; a claim that was taken over keeps the id it had. */
  imageId: string;
  /** Does the work, and returns its answer, with the names of what it has made if that is more than the image of the claim. */
  work(claim: Claim): Promise<{ answer: Answer; made?: Partial<Answered> }>;
  /** Whether the former holder of a claim that was taken over had done the work before it died. */
  isDone(claim: Claim): Promise<boolean>;
  /** The answer, as of now, for what was made then. Throws `idempotency_key_reused` if this is another request, `*_deleted` and the like if it is gone. */
  repeat(answered: Answered): Promise<Answer>;
  /** Called when the claim could not be renewed: until that succeeds again, another request may take the work for abandoned. */
  onRenewalFailed(error: unknown): void;
}

/**
 * Does the work of a request if no other request with its key has done it, and otherwise answers with what became of that one. Throws
 * `idempotency_key_in_use` while another request is doing it.
 */
export async function answerIdempotently<Answer>(
  table: ImageTable,
  request: IdempotentRequest<Answer>,
): Promise<Answer> {
  const found = await claimKey(table, request.key, request.imageId);
  if (found.state === 'answered') return repeatAnswer(request.repeat(found));
  if (found.state === 'claimed') {
    const { claim } = found;
    if (!claim.takenOver || !(await request.isDone(claim))) return workWithClaim(table, claim, request);
    await answerClaim(table, claim);
    return repeatAnswer(request.repeat(claim));
  }
  throw new ImageServiceError('idempotency_key_in_use', 'Another request with this Idempotency-Key is under way.', {
    retryAfterSeconds: retryAfterSeconds(found.since * 1000),
  });
}

/** Errors after which the request can only be sent again with another key. */
const ENDED: readonly ErrorCode[] = ['image_deleted', 'upload_aborted', 'upload_expired', 'upload_rejected'];

/** Repeats an answer; adds to an error of what has ended that its key is used up. */
async function repeatAnswer<Answer>(repeated: Promise<Answer>): Promise<Answer> {
  try {
    return await repeated;
  } catch (cause) {
    if (!(cause instanceof ImageServiceError && ENDED.includes(cause.code))) throw cause;
    const detail = `${cause.message.replace(/\.?$/, '.')} This Idempotency-Key stands for it: take a new Idempotency-Key to upload again.`;
    throw new ImageServiceError(cause.code, detail, { ...cause.facts, cause });
  }
}

export const keyReused = (): ImageServiceError =>
  new ImageServiceError(
    'idempotency_key_reused',
    'This Idempotency-Key belongs to an upload of other bytes, or of which something else was asked. Use a new key for a new upload.',
  );

/** Renews a claim while the work lasts and notes what it has made; releases the claim if the work fails. */
async function workWithClaim<Answer>(
  table: ImageTable,
  claim: Claim,
  { work, onRenewalFailed }: Pick<IdempotentRequest<Answer>, 'work' | 'onRenewalFailed'>,
): Promise<Answer> {
  const renewal = setInterval(() => void renewClaim(table, claim).catch(onRenewalFailed), (CLAIM_SECONDS * 1000) / 3);
  try {
    const { answer, made } = await work(claim);
    await answerClaim(table, claim, made);
    return answer;
  } catch (error) {
    await releaseClaim(table, claim);
    throw error;
  } finally {
    clearInterval(renewal);
  }
}
