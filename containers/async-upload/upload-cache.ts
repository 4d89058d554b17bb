import type { Request } from '@hapi/hapi';
import { LRUCache } from 'lru-cache';
import type { UploadRecord } from '../../shared/domain/multipart-upload.ts';
import { CLOCK, type Clock } from '../../shared/runtime/clock.ts';
import type { ImageTable } from '../../shared/storage/table/image-table.ts';
import { isExpired, mayAccess, readOpenUpload } from './upload-access.ts';

/** Milliseconds for which a record is served from the cache: many parts of one upload come in a second, and each needs the same record. */
const FRESH_MS = 1_000;

const MAX_UPLOADS = 1_000;

/**
 * Reads open uploads for their parts, each once a second at most. If an upload has ended meanwhile, the object store knows and takes no part;
 * the size of all parts together is checked again when the upload is completed.
 */
export function openUploadCache(
  table: ImageTable,
  clock: Pick<Clock, 'now'> = CLOCK,
): (request: Request) => Promise<UploadRecord> {
  const cache = new LRUCache<string, UploadRecord>({ max: MAX_UPLOADS, ttl: FRESH_MS, ttlResolution: 0, perf: clock });
  return async (request) => {
    const uploadId = String(request.params.uploadId);
    const cached = cache.get(uploadId);
    if (cached && mayAccess(request, cached) && !isExpired(cached)) return cached;
    const upload = await readOpenUpload(table, request);
    cache.set(uploadId, upload);
    return upload;
  };
}
