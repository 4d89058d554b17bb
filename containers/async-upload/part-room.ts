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
import type { UploadDependencies } from './dependencies.ts';
import { nameOf, notFound, refuseUnlessOpen } from './own-upload.ts';

type Dependencies = Pick<UploadDependencies, 'objects' | 'table'>;

/** What holding room needs beside them. */
interface RoomDependencies extends Dependencies, Pick<UploadDependencies, 'logger'> {
  /** That a request for a part may last. */
  requestSeconds: number;
}

/** Seconds that the object store may still need once all of a part has come, with what the clocks of two services may differ. */
const STORING_SECONDS = 300;

/**
 * Stores a part while its room is claimed in the table, unless an upload would be larger with it than declared or allowed. The claim comes first
 * and the sum after it, so that of parts that arrive at once, at whatever service, the later sees the earlier: what is stored is never more than
 * may be. Too many at once may refuse each other, but never parts that have room together. A process that dies leaves claims
 * until their time is over; they stand in the way of other parts only, not of the same part when it is sent again.
 *
 * Once URLs of parts are signed, every part must keep to its place and nothing is claimed: a URL can be used as long as it lasts, straight at S3,
 * and no service sees when. There the places hold the upload to its size, because all of them together are no more than may be, and each URL is
 * signed for the length of its part.
 */
export async function holdingRoom<Stored>(
  upload: UploadRecord,
  coming: PartSize,
  { logger, requestSeconds, ...dependencies }: RoomDependencies,
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
    await checkRoom(upload, coming, dependencies);
    return await store();
  } finally {
    // Before the answer: whoever sends the next part after it must not find this one's room taken twice.
    await releasePartClaim(table, claim).catch((err: unknown) =>
      logger.warn({ uploadId, err }, 'the room of a part stays claimed until its time is over'),
    );
  }
}

/**
 * As long as all parts keep to the recommended size, their places alone tell; from the first that does not, all are summed. That first one is
 * noted in the record before it is summed, and every other looks at the record after its claim: either it sees the note and sums too, or
 * its claim is seen.
 */
async function checkRoom(upload: UploadRecord, coming: PartSize, dependencies: Dependencies): Promise<void> {
  const { table } = dependencies;
  const { uploadId } = upload;
  const isRegular = isRegularPart(upload, coming);
  // The record at hand serves the parts of the next second too.
  if (!upload.irregular && isRegular) upload.irregular = (await readUpload(table, uploadId))?.upload.irregular ?? false;
  if (!upload.irregular) {
    if (isRegular) return;
    // One that has no room anyhow leaves no note, for the sake of those that keep to their places.
    await checkSum(upload, coming, dependencies);
    await noteIrregular(upload, coming, dependencies);
  }
  await checkSum(upload, coming, dependencies);
}

async function noteIrregular(upload: UploadRecord, coming: PartSize, { table }: Dependencies): Promise<void> {
  const { uploadId } = upload;
  while (!(await markIrregular(table, uploadId))) {
    const found = await readUpload(table, uploadId);
    if (!found) throw notFound(uploadId);
    if (found.upload.signed) throw partTooLarge(upload, coming);
    await refuseUnlessOpen(table, found);
  }
  upload.irregular = true;
}

/**
 * Refuses a part that has no room beside what is claimed and what is stored, of each other number the larger of the two. Claims are read first: a
 * part that is stored meanwhile is then found twice, and not nowhere.
 */
async function checkSum(upload: UploadRecord, coming: PartSize, dependencies: Dependencies): Promise<void> {
  const claimed = await listPartClaims(dependencies.table, upload.uploadId);
  const stored = await listAllParts(upload, dependencies);
  const sizes = new Map<number, number>();
  for (const { partNumber, size } of [...claimed, ...stored]) {
    sizes.set(partNumber, Math.max(size, sizes.get(partNumber) ?? 0));
  }
  // It takes the place of whatever has its number, also of what its sender has claimed for it before.
  sizes.set(coming.partNumber, coming.size);
  const actual = [...sizes.values()].reduce((sum, size) => sum + size, 0);
  if (actual > uploadBytes(upload)) throw overflow(upload, actual);
}

/** The refusal of a part that goes beyond its place, where places are all that holds an upload to its size. */
export function partTooLarge(upload: UploadRecord, { partNumber, size }: PartSize): ImageServiceError {
  const limit = regularPartBytes(upload, partNumber);
  const places = `every part has ${upload.partSize}, and the last what is left`;
  const room = limit === 0 ? 'lies behind the end of the image' : `may have ${limit} bytes, not ${size}`;
  const detail = `Part ${partNumber} ${room}: where URLs of parts are signed, ${places}.`;
  return new ImageServiceError('part_too_large', detail, { limit, actual: size, unit: 'bytes' });
}

export function overflow(upload: UploadRecord, actual: number): ImageServiceError {
  const limit = uploadBytes(upload);
  const reason = upload.contentLength === undefined ? 'an upload may have' : 'were declared for the whole image';
  const detail = `With this there would be ${actual} bytes, and ${limit} ${reason}.`;
  return new ImageServiceError('upload_too_large', detail, { limit, actual, unit: 'bytes' });
}

/** Every part that the object store has; ten requests at most. */
export async function listAllParts(upload: UploadRecord, { objects }: Dependencies): Promise<StoredPart[]> {
  const all: StoredPart[] = [];
  let partNumberMarker: number | undefined = 0;
  while (partNumberMarker !== undefined) {
    const page = await objects.listParts(nameOf(upload), { maxParts: LIMITS.partsPerPage, partNumberMarker });
    all.push(...page.parts);
    partNumberMarker = page.nextPartNumberMarker;
  }
  return all;
}
