import { type ErrorCode, ImageServiceError } from '../domain/errors.ts';
import { retryAfterSeconds } from '../domain/retry-after.ts';
import {
  type Answered,
  answerClaim,
  CLAIM_SECONDS,
  type Claim,
  claimKey,
  type IdempotencyKey,
  releaseClaim,
  renewClaim,
} from '../storage/table/idempotency.ts';
import type { ImageTable } from '../storage/table/image-table.ts';

/** A request with an Idempotency-Key. */
export interface RepeatableRequest<Answer> {
  key: IdempotencyKey;
  /** Of the image that the request is to make; a claim taken over keeps the one it had. */
  imageId: string;
  /** Does the work, and answers it with what names what it has made, if that is not the image of the claim alone. */
  work(claim: Claim): Promise<{ answer: Answer; made?: Partial<Answered> }>;
  /** Whether the work of a claim that was taken over had been done before whoever held it died. */
  isDone(claim: Claim): Promise<boolean>;
  /** What there is to answer now of what was made then; `idempotency_key_reused` if this is another request, `*_deleted` and the like if it is gone. */
  repeat(answered: Answered): Promise<Answer>;
  /** Hears that the key could not be held for longer: until it can again, another request may take the work for abandoned. */
  onRenewalFailed(error: unknown): void;
}

/**
 * Does the work of a request if no other with its key has, else answers with what has become of that. `idempotency_key_in_use` while another
 * is at it.
 */
export async function answerOnce<Answer>(table: ImageTable, request: RepeatableRequest<Answer>): Promise<Answer> {
  const found = await claimKey(table, request.key, request.imageId);
  if (found.state === 'answered') return repeating(request.repeat(found));
  if (found.state === 'claimed') {
    const { claim } = found;
    if (!claim.takenOver || !(await request.isDone(claim))) return keepingClaim(table, claim, request);
    await answerClaim(table, claim);
    return repeating(request.repeat(claim));
  }
  throw new ImageServiceError('idempotency_key_in_use', 'Another request with this Idempotency-Key is under way.', {
    retryAfterSeconds: retryAfterSeconds(found.since * 1000),
  });
}

/** What became of a request that can be sent again under no key but another. */
const OVER: readonly ErrorCode[] = ['image_deleted', 'upload_aborted', 'upload_expired', 'upload_rejected'];

/** Fails as what it is about, but for telling who sends a key again that the key is used up. */
async function repeating<Answer>(repeated: Promise<Answer>): Promise<Answer> {
  try {
    return await repeated;
  } catch (cause) {
    if (!(cause instanceof ImageServiceError && OVER.includes(cause.code))) throw cause;
    const detail = `${cause.message.replace(/\.?$/, '.')} This Idempotency-Key stands for it: take a new Idempotency-Key to upload again.`;
    throw new ImageServiceError(cause.code, detail, { ...cause.facts, cause });
  }
}

export const keyReused = (): ImageServiceError =>
  new ImageServiceError(
    'idempotency_key_reused',
    'This Idempotency-Key belongs to an upload of other bytes, or of which something else was asked. Use a new key for a new upload.',
  );

/** Holds a claim while the work lasts and notes what it has made; gives the claim back if the work fails. */
async function keepingClaim<Answer>(
  table: ImageTable,
  claim: Claim,
  { work, onRenewalFailed }: Pick<RepeatableRequest<Answer>, 'work' | 'onRenewalFailed'>,
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
