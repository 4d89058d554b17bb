import type { Request } from '@hapi/hapi';
import { parse } from 'range-parser';
import { ImageServiceError } from '../../shared/domain/errors.ts';
import { matchesIfRange, type Validators } from '../../shared/http/preconditions.ts';
import type { ByteRange } from '../../shared/storage/objects/object-store.ts';

/** The bit that range-parser sets if a header is not a valid range. */
const INVALID = 1;

/**
 * The part of an object that a request asks for. Undefined means the whole object, which is also sent if the request asks for several ranges at
 * once, for another unit, or in a form that RFC 9110 does not define. Throws `range_not_satisfiable` if the range begins behind the end.
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
  const detail = `The object has ${contentLength} bytes, and ${range} lies behind them.`;
  throw new ImageServiceError('range_not_satisfiable', detail, { actual: contentLength, unit: 'bytes' });
}
