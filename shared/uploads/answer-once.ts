import { ImageServiceError } from '../domain/errors.ts';
import {
  answerClaim,
  CLAIM_SECONDS,
  type Claim,
  claimKey,
  type IdempotencyKey,
  releaseClaim,
  renewClaim,
} from '../storage/idempotency.ts';
import type { ImageTable } from '../storage/image-table.ts';

/** A request with an Idempotency-Key. */
export interface RepeatableRequest<Answer> {
  key: IdempotencyKey;
  /** Of the image that the request is to make; a claim taken over keeps the one it had. */
  imageId: string;
  /** Does the work, and answers it with what a repetition must have in common with it. */
  work(claim: Claim): Promise<{ answer: Answer; fingerprint: string }>;
  /** What this request has in common with others; it may have to be read to its end for that. */
  fingerprint(): Promise<string>;
}

/**
 * Does the work of a request if no other with its key has, else answers what was answered then. `idempotency_key_in_use` while another
 * is at it, `idempotency_key_reused` if that was another request.
 */
export async function answerOnce<Answer>(table: ImageTable, request: RepeatableRequest<Answer>): Promise<Answer> {
  const found = await claimKey(table, request.key, request.imageId);
  if (found.state === 'claimed') return keepingClaim(table, found.claim, () => request.work(found.claim));
  if (found.state === 'under-way') {
    throw new ImageServiceError('idempotency_key_in_use', 'Another request with this Idempotency-Key is under way.', {
      retryAfterSeconds: CLAIM_SECONDS,
    });
  }
  if ((await request.fingerprint()) !== found.fingerprint) throw keyReused();
  return found.answer as Answer;
}

export const keyReused = (): ImageServiceError =>
  new ImageServiceError(
    'idempotency_key_reused',
    'This Idempotency-Key belongs to an upload of other bytes, or of which something else was asked. Use a new key for a new upload.',
  );

/** Holds a claim while the work lasts and keeps its answer; gives the claim back if the work fails. */
async function keepingClaim<Answer>(
  table: ImageTable,
  claim: Claim,
  work: () => Promise<{ answer: Answer; fingerprint: string }>,
): Promise<Answer> {
  const renewal = setInterval(() => void renewClaim(table, claim).catch(() => undefined), (CLAIM_SECONDS * 1000) / 3);
  try {
    const { answer, fingerprint } = await work();
    await answerClaim(table, claim, fingerprint, answer);
    return answer;
  } catch (error) {
    await releaseClaim(table, claim);
    throw error;
  } finally {
    clearInterval(renewal);
  }
}
