import type { Readable } from 'node:stream';
import { finished } from 'node:stream/promises';
import {
  DeleteObjectCommand,
  DeleteObjectsCommand,
  GetObjectCommand,
  HeadBucketCommand,
  HeadObjectCommand,
  NoSuchKey,
  NotFound,
  PutObjectCommand,
  paginateListObjectsV2,
  type S3Client,
} from '@aws-sdk/client-s3';
import { Upload } from '@aws-sdk/lib-storage';
import { ImageServiceError } from '../../domain/errors.ts';
import { checkOpenedLength, rangeOutsideObject } from './damaged-object.ts';
import { checkBodyLength, LengthError, measureBody, saveBody, sendBody, waitForFirstByte } from './object-bodies.ts';
import type { ObjectStore, PutOptions } from './object-store.ts';
import { s3Multipart } from './s3-multipart.ts';

/** Parts of a body whose length is unknown: with one in flight, 20 MiB of memory a request and room for 80 GiB. */
const PART_SIZE = 8 * 1024 * 1024;

/**
 * Objects in one bucket. IAM: s3:PutObject, s3:GetObject, s3:DeleteObject, s3:AbortMultipartUpload on its objects, and
 * s3:ListBucket on the bucket, without which S3 answers 403 and not 404 for a missing key.
 */
export function openS3ObjectStore(s3: S3Client, bucket: string): ObjectStore {
  const Bucket = bucket;

  const store: ObjectStore = {
    ...s3Multipart(s3, bucket),

    async put(key, body, options) {
      const measured = measureBody(body);
      await sendBody(body, (Body, signal) =>
        send(s3, { Bucket, Key: key, Body, ContentType: options.contentType }, { ...options, signal }),
      );
      try {
        return checkBodyLength(measured(), options);
      } catch (error) {
        if (error instanceof LengthError) await s3.send(new DeleteObjectCommand({ Bucket, Key: key }));
        throw error;
      }
    },

    async get(key, range) {
      const Range = range && `bytes=${range.start}-${range.end}`;
      try {
        const found = await s3.send(new GetObjectCommand({ Bucket, Key: key, Range }));
        const { ContentLength: contentLength, ContentRange } = found;
        const body = found.Body as Readable;
        const objectLength = range ? Number(ContentRange?.split('/')[1]) : contentLength;
        if (contentLength !== undefined && objectLength !== undefined && !Number.isNaN(objectLength)) {
          if (!range || range.end < objectLength) return { body: await begun(body), contentLength, objectLength };
          body.destroy();
          throw rangeOutsideObject(key, range);
        }
        body.destroy();
        throw withoutLength(key);
      } catch (error) {
        if (range && (error as Error).name === 'InvalidRange') throw rangeOutsideObject(key, range, error);
        throw error instanceof NoSuchKey ? missing(key, error) : error;
      }
    },

    async head(key) {
      try {
        const { ContentLength } = await s3.send(new HeadObjectCommand({ Bucket, Key: key }));
        if (ContentLength === undefined) throw withoutLength(key);
        return { contentLength: ContentLength };
      } catch (error) {
        // An answer without a body has no error code, so a missing bucket looks the same. GET tells the two apart.
        throw error instanceof NotFound ? missing(key, error) : error;
      }
    },

    async copyTo(key, path, options) {
      const { body } = checkOpenedLength(key, await store.get(key), options.contentLength);
      await saveBody(body, { key, path, ...options });
    },

    async digest(key) {
      const { body } = await store.get(key);
      const measured = measureBody(body);
      await finished(body);
      return measured();
    },

    async delete(key) {
      await s3.send(new DeleteObjectCommand({ Bucket, Key: key }));
    },

    async *list(prefix, after) {
      const input = { Bucket, Prefix: checkPrefix(prefix), ...(after && { StartAfter: after }) };
      for await (const { Contents = [] } of paginateListObjectsV2({ client: s3 }, input)) {
        for (const { Key, Size, LastModified } of Contents) {
          if (Key === undefined || Size === undefined || !LastModified) throw withoutLength(String(Key));
          yield { key: Key, contentLength: Size, lastModified: LastModified };
        }
      }
    },

    async deletePrefix(prefix) {
      const input = { Bucket, Prefix: checkPrefix(prefix) };
      let found = 0;
      for await (const { Contents = [] } of paginateListObjectsV2({ client: s3 }, input)) {
        found += Contents.length;
        if (Contents.length === 0) continue;
        const Objects = Contents.map(({ Key }) => ({ Key }));
        const { Errors = [] } = await s3.send(new DeleteObjectsCommand({ Bucket, Delete: { Objects, Quiet: true } }));
        if (Errors.length > 0) {
          const first = `${Errors[0]?.Key}: ${Errors[0]?.Code}`;
          throw new ImageServiceError('service_unavailable', `S3 kept ${Errors.length} objects (${first}). Try again.`);
        }
      }
      return found;
    },

    async check() {
      await s3.send(new HeadBucketCommand({ Bucket }));
    },
  };
  return store;
}

/** The SDK retries until the headers arrive, but not when the body fails after them. */
async function begun(body: Readable): Promise<Readable> {
  await waitForFirstByte(body).catch((cause: unknown) => {
    throw new ImageServiceError('service_unavailable', 'S3 ended its answer before the first byte. Try again.', {
      cause,
    });
  });
  return body;
}

function checkPrefix(prefix: string): string {
  if (!prefix.endsWith('/')) throw new Error(`the prefix ${JSON.stringify(prefix)} does not end in /`);
  return prefix;
}

const missing = (key: string, cause: unknown): ImageServiceError =>
  new ImageServiceError('object_missing', `There is no object ${key}.`, { cause });

/** S3 always sends Content-Length. Without this check a proxy that drops it would make every object look empty. */
const withoutLength = (key: string): Error => new Error(`The object store tells of ${key} without Content-Length.`);

/** The SDK computes this checksum while it sends, and S3 compares it. */
const ChecksumAlgorithm = 'CRC32';

interface PutInput {
  Bucket: string;
  Key: string;
  Body: Readable;
  ContentType: string;
}

/** Sends one PutObject if the length is known, and otherwise a multipart upload, one part at a time. */
async function send(
  client: S3Client,
  params: PutInput,
  { contentLength, signal }: PutOptions & { signal: AbortSignal },
): Promise<void> {
  if (contentLength !== undefined) {
    await client.send(new PutObjectCommand({ ...params, ContentLength: contentLength, ChecksumAlgorithm }), {
      abortSignal: signal,
    });
    return;
  }
  const upload = new Upload({
    client,
    params: { ...params, ChecksumAlgorithm },
    partSize: PART_SIZE,
    queueSize: 1,
    leavePartsOnError: false,
  });
  // Read part by part: a body that fails ends the upload from within, which aborts it at S3 too.
  signal.addEventListener('abort', () => params.Body.destroy(signal.reason));
  await upload.done();
}
