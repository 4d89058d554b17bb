import type { Request } from '@hapi/hapi';
import { parse } from 'range-parser';
import { ImageServiceError } from '../../shared/domain/errors.ts';
import { matchesIfRange, type Validators } from '../../shared/http/preconditions.ts';
import type { ByteRange } from '../../shared/storage/object-store.ts';

/** range-parser's bits for what is no range, and for what lies behind the end. */
const INVALID = 1;

/**
 * The part of an object that a request asks for. Undefined for the whole: also where it asks for several parts at once, in another
 * unit, or in no form that RFC 9110 knows. `range_not_satisfiable` if it begins behind the end.
 */
export function byteRangeOf(
  request: Request,
  { contentLength, ...validators }: Validators & { contentLength: number },
): ByteRange | undefined {
  const { range } = request.raw.req.headers;
  if (request.method !== 'get' || range === undefined || !matchesIfRange(request, validators)) return undefined;
  const { type, code, ranges } = parse(contentLength, range);
  if (type !== 'bytes' || code & INVALID || ranges.length > 1) return undefined;
  if (ranges[0]) return ranges[0];
  const detail = `There are ${contentLength} bytes; ${range} lies behind them.`;
  throw new ImageServiceError('range_not_satisfiable', detail, { actual: contentLength, unit: 'bytes' });
}
