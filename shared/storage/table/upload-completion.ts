import { randomUUID } from 'node:crypto';
import { namesOf } from '../../domain/attributes.ts';
import type { Failure } from '../../domain/errors.ts';
import { UPLOAD_ATTRIBUTES, UPLOAD_TRANSITIONS, type UploadRecord } from '../../domain/multipart-upload.ts';
import { CLAIM_SECONDS, LAPSED, lapsedNow } from './claim-expiry.ts';
import { epochSeconds, type ImageTable } from './image-table.ts';
import { FORGOTTEN_WITHOUT_IMAGE, type UploadItem, updateUpload } from './upload-table.ts';

/** The exclusive right to complete an upload, held while the completion is under way. */
export interface CompletionClaim {
  uploadId: string;
  token: string;
}

const FORGOTTEN_WHEN_COMPLETED = namesOf<keyof UploadRecord, string>(UPLOAD_ATTRIBUTES, 'each');

/**
 * Claims an upload in order to complete it from the parts list with this fingerprint. Undefined if somebody else holds the claim or the upload is
 * no longer open. The claim of a holder that died is taken over, with its fingerprint until `markAssembled` replaces it.
 */
export async function claimCompletion(
  table: ImageTable,
  { uploadId, status }: UploadRecord,
  partsFingerprint: string,
): Promise<CompletionClaim | undefined> {
  const { to, from } = UPLOAD_TRANSITIONS.claim;
  if (!from.some((start) => start === status)) return undefined;
  const token = randomUUID();
  const claimed = await updateUpload(table, uploadId, {
    set: {
      status: to,
      token,
      claimedUntil: epochSeconds() + CLAIM_SECONDS,
      ...(status === 'open' && { partsFingerprint }),
    },
    condition: `#status = :before${status === 'completing' ? ` AND ${LAPSED}` : ''}`,
    values: { ':before': status, ...(status === 'completing' && lapsedNow()) },
  });
  return claimed ? { uploadId, token } : undefined;
}

/** Extends a claim. Resolves to false if the claim was lost. */
export const renewCompletion = (table: ImageTable, claim: CompletionClaim): Promise<boolean> =>
  updateAsHolder(table, claim, { claimedUntil: epochSeconds() + CLAIM_SECONDS });

/** Records that the object store has assembled the object, and from which parts list, unless an earlier holder that died did so. */
export const markAssembled = (
  table: ImageTable,
  claim: CompletionClaim,
  from: { partsFingerprint?: string } = {},
): Promise<boolean> => updateAsHolder(table, claim, { assembled: true, ...from });

/** Ends the claim on an upload whose object is already assembled: the next request may continue at once, but nobody may send parts. */
export const expireCompletionClaim = (table: ImageTable, claim: CompletionClaim): Promise<boolean> =>
  updateAsHolder(table, claim, { claimedUntil: 0 });

export const finishCompletion = (table: ImageTable, claim: CompletionClaim): Promise<boolean> =>
  updateAsHolder(table, claim, { status: UPLOAD_TRANSITIONS.finish.to }, FORGOTTEN_WHEN_COMPLETED);

export const rejectUpload = (table: ImageTable, claim: CompletionClaim, failure: Failure): Promise<boolean> =>
  updateAsHolder(table, claim, { status: UPLOAD_TRANSITIONS.reject.to, failure }, FORGOTTEN_WITHOUT_IMAGE);

export const reopenUpload = (table: ImageTable, claim: CompletionClaim): Promise<boolean> =>
  updateAsHolder(table, claim, { status: UPLOAD_TRANSITIONS.reopen.to });

/** Updates an upload on condition that the claim is still held. */
const updateAsHolder = (
  table: ImageTable,
  { uploadId, token }: CompletionClaim,
  set: Partial<UploadItem>,
  remove: string[] = [],
): Promise<boolean> =>
  updateUpload(table, uploadId, {
    set,
    remove,
    condition: '#status = :completing AND #token = :held',
    values: { ':completing': UPLOAD_TRANSITIONS.claim.to, ':held': token },
    names: ['token'],
  });
