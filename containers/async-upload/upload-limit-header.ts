import { serializeDictionary } from 'structured-headers';
import { uploadLimits } from '../../shared/contracts/api/upload-view.ts';

/** The value of an `Upload-Limit` header, which is a structured field (RFC 9651). */
export const uploadLimitHeader = (limits: Record<string, number>): string =>
  serializeDictionary(new Map(Object.entries(limits).map(([name, value]) => [name, [value, new Map()]])));

/** The answer to OPTIONS names the limits that every upload has. */
export const OPTIONS_HEADERS = { 'upload-limit': uploadLimitHeader(uploadLimits()) };
