import type { Billed } from './charge.ts';
import type { Context } from './context.ts';

/**
 * Lines that cost more when renditions are made again after they have expired: workers make them, and read the original, which therefore stays in the
 * frequent tier or is retrieved from a cheaper class.
 */
const DEARER =
  /^(worker: (instances|tasks)|S3: (INTELLIGENT_TIERING frequent|retrieval)$|S3 requests: (renditions|reads)$|SQS: messages$|DynamoDB: (writes|reads)$|Log of worker: writing$)/;

/** A line that says how many renditions of its month are made again, if they make it dearer. */
export function withRemade(line: Billed, { traffic }: Pick<Context, 'traffic'>): Billed {
  const remade = Math.round(traffic.operations.findExpiredRendition);
  if (remade === 0 || !DEARER.test(line.item)) return line;
  return { ...line, how: `${line.how}, with ${remade.toLocaleString('en')} expired renditions made again` };
}
