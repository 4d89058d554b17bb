import { ImageServiceError } from '../../shared/domain/errors.ts';
import { LIMITS } from '../../shared/domain/limits.ts';
import {
  isRegularPart,
  regularPartBytes,
  type StoredPart,
  type UploadRecord,
  uploadBytes,
} from '../../shared/domain/multipart-upload.ts';
import { claimPart, listPartClaims, type PartSize, releasePartClaim } from '../../shared/storage/table/part-claims.ts';
import { markIrregular, readUpload } from '../../shared/storage/table/upload-table.ts';
import { storeUploadNameOf } from '../../shared/uploads/upload-objects.ts';
import type { UploadDependencies } from './dependencies.ts';
import { refuseUnlessOpen, uploadNotFound } from './upload-access.ts';

type Dependencies = Pick<UploadDependencies, 'objects' | 'table'>;

/** What the claims of parts need as well. */
interface ClaimDependencies extends Dependencies, Pick<UploadDependencies, 'logger'> {
  /** How long a request for a part may last. */
  requestSeconds: number;
}

/** Seconds that the object store may need once all of a part has come, and by which the clocks of two services may differ. */
const STORING_SECONDS = 300;

/**
 * Stores a part while its bytes are claimed in the table, unless the part would make the upload larger than declared or allowed. The claim is
 * written before the parts are summed, so that when parts arrive at once, at whatever service, the later one sees the earlier: never is more
 * stored than allowed. Parts that are too many together may refuse each other, but parts that fit together never do. A process that dies
 * leaves claims until they expire; they block other parts only, not the same part when it is sent again.
 *
 * Once URLs of parts are signed, every part must have the regular size for its number, and nothing is claimed: a URL can be used at S3 for as
 * long as it is valid, and no service sees when. The regular sizes then limit the upload, because together they are no more than
 * allowed, and each URL is signed for the length of its part.
 */
export async function storeWithinSize<Stored>(
  upload: UploadRecord,
  coming: PartSize,
  { logger, requestSeconds, ...dependencies }: ClaimDependencies,
  store: () => Promise<Stored>,
): Promise<Stored> {
  const { uploadId, signed } = upload;
  if (signed) {
    if (!isRegularPart(upload, coming)) throw partTooLarge(upload, coming);
    return store();
  }
  const { table } = dependencies;
  const claim = await claimPart(table, uploadId, coming, { seconds: requestSeconds + STORING_SECONDS });
  try {
    await checkUploadSize(upload, coming, dependencies);
    return await store();
  } finally {
    // Released before the answer, so that a part sent after it does not find these bytes counted twice.
    await releasePartClaim(table, claim).catch((err: unknown) =>
      logger.warn({ uploadId, err }, 'the room of a part stays claimed until its time is over'),
    );
  }
}

/**
 * While all parts have the regular size for their number, they fit without a sum. From the first irregular part on, all parts are summed. The
 * first is noted in the record before it is summed, and every other part reads the record after it has claimed its bytes: either it sees
 * the note and sums too, or its claim is in the sum of the first.
 */
async function checkUploadSize(upload: UploadRecord, coming: PartSize, dependencies: Dependencies): Promise<void> {
  const { table } = dependencies;
  const { uploadId } = upload;
  const isRegular = isRegularPart(upload, coming);
  // The note is set on the cached record, which serves the parts of the next second too.
  if (!upload.irregular && isRegular) upload.irregular = (await readUpload(table, uploadId))?.upload.irregular ?? false;
  if (!upload.irregular) {
    if (isRegular) return;
    // A part that does not fit anyhow leaves no note, so that regular parts need no sum because of it.
    await checkTotalSize(upload, coming, dependencies);
    await noteIrregular(upload, coming, dependencies);
  }
  await checkTotalSize(upload, coming, dependencies);
}

async function noteIrregular(upload: UploadRecord, coming: PartSize, { table }: Dependencies): Promise<void> {
  const { uploadId } = upload;
  while (!(await markIrregular(table, uploadId))) {
    const found = await readUpload(table, uploadId);
    if (!found) throw uploadNotFound(uploadId);
    if (found.upload.signed) throw partTooLarge(upload, coming);
    await refuseUnlessOpen(table, found);
  }
  upload.irregular = true;
}

/**
 * Refuses a part that does not fit beside the other parts, of which the larger of claimed and stored size counts. Claims are read first, so that
 * a part that is stored meanwhile is found twice, and not missed.
 */
async function checkTotalSize(upload: UploadRecord, coming: PartSize, dependencies: Dependencies): Promise<void> {
  const claimed = await listPartClaims(dependencies.table, upload.uploadId);
  const stored = await listAllParts(upload, dependencies);
  const sizes = new Map<number, number>();
  for (const { partNumber, size } of [...claimed, ...stored]) {
    sizes.set(partNumber, Math.max(size, sizes.get(partNumber) ?? 0));
  }
  // The part replaces whatever has its number, including what was claimed for it before.
  sizes.set(coming.partNumber, coming.size);
  const actual = [...sizes.values()].reduce((sum, size) => sum + size, 0);
  if (actual > uploadBytes(upload)) throw uploadTooLarge(upload, actual);
}

/** The error for a part that is not of its regular size, in an upload that only the regular sizes limit. */
export function partTooLarge(upload: UploadRecord, { partNumber, size }: PartSize): ImageServiceError {
  const limit = regularPartBytes(upload, partNumber);
  const places = `every part has ${upload.partSize}, and the last what is left`;
  const room = limit === 0 ? 'lies behind the end of the image' : `may have ${limit} bytes, not ${size}`;
  const detail = `Part ${partNumber} ${room}: where URLs of parts are signed, ${places}.`;
  return new ImageServiceError('part_too_large', detail, { limit, actual: size, unit: 'bytes' });
}

export function uploadTooLarge(upload: UploadRecord, actual: number): ImageServiceError {
  const limit = uploadBytes(upload);
  const allowed =
    upload.maxBytes === undefined ? 'are the most of an upload' : 'are the most that its upload token allows';
  const reason = upload.contentLength === undefined ? allowed : 'were declared for the whole image';
  const detail = `With this there would be ${actual} bytes, and ${limit} ${reason}.`;
  return new ImageServiceError('upload_too_large', detail, { limit, actual, unit: 'bytes' });
}

/** Every part that the object store has, in ten requests at most. */
export async function listAllParts(upload: UploadRecord, { objects }: Dependencies): Promise<StoredPart[]> {
  const all: StoredPart[] = [];
  let partNumberMarker: number | undefined = 0;
  while (partNumberMarker !== undefined) {
    const page = await objects.listParts(storeUploadNameOf(upload), {
      maxParts: LIMITS.partsPerPage,
      partNumberMarker,
    });
    all.push(...page.parts);
    partNumberMarker = page.nextPartNumberMarker;
  }
  return all;
}
