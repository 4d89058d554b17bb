import type { Request } from '@hapi/hapi';
import { LRUCache } from 'lru-cache';
import type { UploadRecord } from '../../shared/domain/multipart-upload.ts';
import { CLOCK, type Clock } from '../../shared/runtime/clock.ts';
import type { ImageTable } from '../../shared/storage/table/image-table.ts';
import { isExpired, mayUse, readOpenUpload } from './own-upload.ts';

/** Milliseconds. Parts of one upload come many a second, and each asks for the same record. */
const FRESH_MS = 1_000;

const MOST = 1_000;

/**
 * Reads open uploads for their parts, once a second at most. That an upload has ended meanwhile the object store knows, which then takes
 * no part; how far its parts may go together is looked at again when it is completed.
 */
export function recentUploads(
  table: ImageTable,
  clock: Pick<Clock, 'now'> = CLOCK,
): (request: Request) => Promise<UploadRecord> {
  const recent = new LRUCache<string, UploadRecord>({ max: MOST, ttl: FRESH_MS, ttlResolution: 0, perf: clock });
  return async (request) => {
    const uploadId = String(request.params.uploadId);
    const known = recent.get(uploadId);
    if (known && mayUse(request, known) && !isExpired(known)) return known;
    const upload = await readOpenUpload(table, request);
    recent.set(uploadId, upload);
    return upload;
  };
}
