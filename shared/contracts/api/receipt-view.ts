import Joi from 'joi';
import type { ImageRecord } from '../../domain/image-record.ts';
import type { Rendition } from '../../domain/rendition.ts';

/** A receipt as the API shows it; undefined if the rendition has none. Its bytes are those that the records tell of. */
export function receiptView({ contentLength }: ImageRecord, { receipt, facts }: Rendition) {
  if (!receipt) return undefined;
  const { cpuMs, puts, gets, sqs, reads, writes, usd, priced, unpriced } = receipt;
  return {
    cpuMilliseconds: cpuMs,
    bytesIn: contentLength,
    ...(facts && { bytesOut: facts.contentLength }),
    s3PutRequests: puts,
    s3GetRequests: gets,
    sqsRequests: sqs,
    readUnits: reads,
    writeUnits: writes,
    ...(usd !== undefined && !unpriced && { usd, pricesOf: priced }),
  };
}

const amount = () => Joi.number().min(0).required();

export const receiptSchema = Joi.object({
  cpuMilliseconds: amount().description(
    'Processor time; what a process did that died is in it where the worker runs on Linux.',
  ),
  bytesIn: amount().description('Bytes of the original, which is fetched once for all renditions of a request.'),
  bytesOut: Joi.number().min(0).description('Bytes of the rendition; present when ready.'),
  s3PutRequests: amount().description(
    'Requests to S3 at the price of PUT. What all renditions of a request need once is divided between them, so these and the next need not be whole numbers.',
  ),
  s3GetRequests: amount().description('Requests to S3 at the price of GET.'),
  sqsRequests: amount(),
  readUnits: amount().description('Of DynamoDB.'),
  writeUnits: amount().description('Of DynamoDB.'),
  usd: Joi.number()
    .min(0)
    .description('Present if prices were known for every attempt. Storage, delivery and idle time are not in it.'),
  pricesOf: Joi.string().description('The oldest date of the prices of the latest attempt, as YYYY-MM-DD.'),
}).description(
  'What the rendition has cost so far, with all attempts. Present if the request asks for receipts and an attempt has ended.',
);
