import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import Joi from 'joi';
import { LIMITS } from '../domain/limits.ts';
import { BILLED_NAMES, type ReceiptPrices } from '../domain/receipt.ts';
import { endpoint } from './endpoint-setting.ts';
import { QUEUE_TIMING } from './queue-timing.ts';

const receiptPricesSchema = Joi.object<ReceiptPrices, true>({
  ...(Object.fromEntries(
    [...BILLED_NAMES, 'cpuSecond'].map((name) => [name, Joi.number().min(0).required()]),
  ) as Record<keyof Omit<ReceiptPrices, 'date'>, Joi.NumberSchema>),
  date: Joi.string()
    .pattern(/^\d{4}-\d{2}-\d{2}$/, 'YYYY-MM-DD')
    .required(),
});

const readReceiptPrices: Joi.CustomValidator<string, ReceiptPrices> = (text, helpers) => {
  try {
    return Joi.attempt(JSON.parse(text), receiptPricesSchema);
  } catch (error) {
    return helpers.message({ custom: `RECEIPT_PRICES must be unit prices as JSON: ${(error as Error).message}` });
  }
};

/** Settings that only workers read. */
export const WORKER_SETTINGS = {
  MAX_INPUT_CHANNELS: Joi.number()
    .integer()
    .min(3)
    .max(LIMITS.inputChannels)
    .default(LIMITS.inputChannels)
    .description('Images with more channels are refused.'),
  MAX_OUTPUT_PIXELS: Joi.number()
    .integer()
    .min(1)
    .max(LIMITS.outputPixels)
    .default(LIMITS.outputPixels)
    .description('The most pixels that an image may have after any command.'),
  MAX_ANIMATION_PIXELS: Joi.number()
    .integer()
    .min(1)
    .max(LIMITS.animationPixels)
    .default(LIMITS.animationPixels)
    .description(
      'The most frames times pixels of an animated result; of a larger animation only the first frame is used.',
    ),
  PROCESSING_TIMEOUT_SECONDS: Joi.number()
    .integer()
    .min(1)
    .max(QUEUE_TIMING.processingTimeoutSeconds)
    .default(QUEUE_TIMING.processingTimeoutSeconds)
    .description('The time for all commands of one rendition together.'),
  PROCESS_MEMORY_MIB: Joi.number()
    .integer()
    .min(128)
    .default(1536)
    .description(
      'The most memory of one image process in MiB; a process with more is ended. The default has room for 120 megapixels and a copy of them. The task must have room for WORKER_PROCESSES times this, and 300 MiB for the worker itself.',
    ),
  WORKER_PROCESSES: Joi.number()
    .integer()
    .min(1)
    .max(64)
    .default(() => Math.min(64, availableParallelism()))
    .description(
      'Processes that work on images; each works on one at a time with one thread. By default as many as cores.',
    ),
  WORKER_CONCURRENCY: Joi.number()
    .integer()
    .min(1)
    .max(64)
    .default(() => Math.min(64, availableParallelism() + 2))
    .description(
      'Messages in progress at the same time. By default two more than cores: while some wait for bytes or a response, the others keep the image processes busy.',
    ),
  WORK_DIRECTORY: Joi.string()
    .default(join(tmpdir(), 'image-worker'))
    .description(
      'Folder for originals while they are worked on. It is emptied at start, so no two workers may share one.',
    ),
  METRICS: Joi.string()
    .valid('off', 'emf')
    .default('off')
    .description(
      'Whether the log also contains a record of every message in the CloudWatch embedded metric format, `emf`. Prometheus can scrape `/metrics` in any case.',
    ),
  RECEIPT_PRICES: Joi.string()
    .custom(readReceiptPrices)
    .description(
      'Unit prices in USD, as JSON, with which receipts and the records of messages tell what they cost: of one request to S3 at the price of PUT (`puts`) and of GET (`gets`), one read and write unit of DynamoDB (`reads`, `writes`), one request to SQS (`sqs`), one second of a processor (`cpuSecond`); `date` is the oldest of their dates. Without this setting they tell quantities only.',
    ),
  SPOT_NOTICE: Joi.string()
    .valid('off', 'on')
    .default('off')
    .description(
      'Whether the worker watches the instance metadata for the notice that its spot instance will be interrupted. Turn it `on` only on EC2 spot, where the container reaches the metadata service.',
    ),
  AWS_EC2_METADATA_SERVICE_ENDPOINT: endpoint('the EC2 instance metadata service')
    .default('http://169.254.169.254')
    .description('The endpoint of the EC2 instance metadata service.'),
  ECS_AGENT_URI: Joi.string()
    .uri({ scheme: ['http', 'https'] })
    .description(
      'The endpoint of the ECS agent, which ECS itself sets. With it the task is protected from scale-in while it works on a message.',
    ),
} as const satisfies Record<string, Joi.Schema>;
