import type { UsedByOwner } from '../../domain/owner-limits.ts';
import { readDay } from './day-usage.ts';
import type { ImageTable } from './image-table.ts';
import { resolveLeftEntries } from './left-entries.ts';
import { readOpenUploads } from './open-uploads.ts';
import { readStored } from './stored-usage.ts';

/** Reads what an owner has used, once what processes that died have left is resolved. */
export async function readUsage(table: ImageTable, owner: string): Promise<UsedByOwner> {
  await resolveLeftEntries(table, owner);
  const reads = [readStored(table, owner), readOpenUploads(table, owner), readDay(table, owner)] as const;
  const [{ images, storedBytes }, openUploads, { renditions, processingMs }] = await Promise.all(reads);
  const today = { renditionsPerDay: renditions, processingSecondsPerDay: processingMs / 1000 };
  return { images, storedBytes, openUploads, ...today };
}
