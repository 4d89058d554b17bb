import { uploadTokenClaim } from '../contracts/table.ts';
import { type ErrorCode, ImageServiceError } from '../domain/errors.ts';
import { retryAfterSeconds } from '../domain/retry-after.ts';
import type { UploadToken } from '../domain/upload-token.ts';
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

/** By what a request is known that must have its effect once: a key that the client chose, or its upload token, which is good for one upload. */
export interface Once {
  key: IdempotencyKey;
  by: keyof typeof WORDS;
}

const WORDS = {
  key: {
    underWay: 'Another request with this Idempotency-Key is under way.',
    ended: 'This Idempotency-Key stands for it: take a new Idempotency-Key to upload again.',
    reused: {
      code: 'idempotency_key_reused',
      detail:
        'This Idempotency-Key belongs to an upload of other bytes, or of which something else was asked. Use a new key for a new upload.',
    },
  },
  token: {
    underWay: 'Another upload with this upload token is under way.',
    ended: 'The upload token was used for it: ask for a new one to upload again.',
    reused: {
      code: 'upload_token_used',
      detail:
        'The upload token was used for an upload of other bytes, or in another way. Ask for a new one where this one came from.',
    },
  },
} satisfies Record<string, { underWay: string; ended: string; reused: { code: ErrorCode; detail: string } }>;

/**
 * By what a request to upload is known, if it must have its effect once. An upload token counts before an Idempotency-Key, so that its holder cannot
 * meet what the owner has done with a key.
 */
export function onceOf(owner: string, idempotencyKey: unknown, token: UploadToken | undefined): Once | undefined {
  if (token) return { by: 'token', key: { owner, key: uploadTokenClaim(token.tokenId) } };
  return typeof idempotencyKey === 'string' ? { by: 'key', key: { owner, key: idempotencyKey } } : undefined;
}

/** A request that is known by a key or a token. */
export interface IdempotentRequest<Answer> {
  once: Once;
  /** The id of the image that the request is to make; a claim that was taken over keeps the id it had. */
  imageId: string;
  /** Does the work, and returns its answer, with the names of what it has made if that is more than the image of the claim. */
  work(claim: Claim): Promise<{ answer: Answer; made?: Partial<Answered> }>;
  /** Whether a former holder of the claim had done the work before it died or failed. Asked of claims that were taken over, and of all of tokens. */
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
  const { key, by } = request.once;
  const found = await claimKey(table, key, request.imageId);
  if (found.state === 'answered') return repeatAnswer(request.repeat(found), by);
  if (found.state === 'claimed') {
    const { claim } = found;
    // A token names its image beforehand, and its claim is free again where the image was made and that could not be noted.
    const mayBeDone = claim.takenOver || by === 'token';
    if (!mayBeDone || !(await request.isDone(claim))) return workWithClaim(table, claim, request);
    await answerClaim(table, claim);
    return repeatAnswer(request.repeat(claim), by);
  }
  throw new ImageServiceError('idempotency_key_in_use', WORDS[by].underWay, {
    retryAfterSeconds: retryAfterSeconds(found.since * 1000),
  });
}

/**
 * Extends a claim. Throws if another request has taken it over, which may have done the work by now: a claim lapses if it could not be renewed for a
 * while, as in an outage of the table, however much alive its holder is.
 */
export async function checkClaim(table: ImageTable, claim: Claim, { by }: Once): Promise<void> {
  if (await renewClaim(table, claim)) return;
  throw new ImageServiceError('idempotency_key_in_use', WORDS[by].underWay, { retryAfterSeconds: TAKEN_OVER_SECONDS });
}

/** Seconds after which the answer of whoever has taken a claim over may be there. */
const TAKEN_OVER_SECONDS = 1;

/** Errors after which the request can only be sent again with another key. */
const ENDED: readonly ErrorCode[] = ['image_deleted', 'upload_aborted', 'upload_expired', 'upload_rejected'];

/** Repeats an answer; adds to an error of what has ended that its key is used up. */
async function repeatAnswer<Answer>(repeated: Promise<Answer>, by: Once['by']): Promise<Answer> {
  try {
    return await repeated;
  } catch (cause) {
    if (!(cause instanceof ImageServiceError && ENDED.includes(cause.code))) throw cause;
    const detail = `${cause.message.replace(/\.?$/, '.')} ${WORDS[by].ended}`;
    throw new ImageServiceError(cause.code, detail, { ...cause.facts, cause });
  }
}

/** The error for another request with a key or a token that stands for one already. */
export function usedBefore({ by }: Once): ImageServiceError {
  const { code, detail } = WORDS[by].reused;
  return new ImageServiceError(code, detail);
}

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
