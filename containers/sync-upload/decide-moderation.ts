import type { ModerationRequest } from '../../shared/contracts/api/moderation.ts';
import type { ImageRecord } from '../../shared/domain/image-record.ts';
import { changeImageRecord } from '../../shared/storage/table/image-changes.ts';
import { type ImageTable, readStoredImage } from '../../shared/storage/table/image-table.ts';

interface Options {
  hasCdn: boolean;
  /** Whether a decision that somebody has taken already stays. */
  keepsDecided?: boolean;
}

/** An image as it is after somebody has decided on it, and whether that counted. */
interface Decided {
  record: ImageRecord;
  isTaken: boolean;
}

/** Writes what was decided on an image. */
export async function decideModeration(
  table: ImageTable,
  { imageId, decision, reason }: ModerationRequest & { imageId: string },
  { hasCdn, keepsDecided = false }: Options,
): Promise<Decided> {
  const change = { moderation: decision, moderationReason: reason };
  for (;;) {
    const { record } = await readStoredImage(table, imageId, { consistent: true });
    if (keepsDecided && record.moderation !== 'pending') return { record, isTaken: false };
    const decided = await changeImageRecord(table, record, { change, hasCdn });
    if (decided) return { record: decided, isTaken: true };
  }
}
