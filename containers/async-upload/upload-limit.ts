import { serializeDictionary } from 'structured-headers';
import { uploadLimits } from '../../shared/contracts/api/upload-view.ts';

/** Limits as the value of an `Upload-Limit` header, a structured field (RFC 9651). */
export const limitHeader = (limits: Record<string, number>): string =>
  serializeDictionary(new Map(Object.entries(limits).map(([name, value]) => [name, [value, new Map()]])));

/** The limits of uploads as such, for OPTIONS. */
export const uploadLimitHeader = { 'upload-limit': limitHeader(uploadLimits()) };
