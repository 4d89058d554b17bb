import type { Readable } from 'node:stream';
import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  ListMultipartUploadsCommand,
  ListPartsCommand,
  type S3Client,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import { type ErrorCode, hasCode, ImageServiceError } from '../../domain/errors.ts';
import { checkPartOrder } from '../../domain/multipart-upload.ts';
import { KEY_PREFIXES } from '../../domain/object-key.ts';
import { sendBody } from './object-bodies.ts';
import type { BegunUpload, MultipartVerbs, UploadName } from './object-store.ts';

/** Our codes for the errors of S3 (https://docs.aws.amazon.com/AmazonS3/latest/API/API_CompleteMultipartUpload.html). */
const CODES: Record<string, ErrorCode> = {
  NoSuchUpload: 'upload_not_found',
  InvalidPart: 'invalid_part',
  InvalidPartOrder: 'invalid_part_order',
  EntityTooSmall: 'part_too_small',
  RequestTimeout: 'request_timeout',
};

/** How often an upload is aborted while its parts still arrive. S3 asks for repetition until ListParts is empty; the lifecycle rule removes what is left. */
const ABORTS = 5;

const unquoted = (eTag: string | undefined): string => eTag?.replace(/^"(.*)"$/, '$1') ?? '';

/**
 * Multipart uploads of S3. IAM: s3:PutObject, s3:AbortMultipartUpload and s3:ListMultipartUploadParts on the objects,
 * s3:ListBucketMultipartUploads on the bucket. Parts carry no checksum of S3's: one in the request would bind the upload to its
 * algorithm and every list to complete from to all of its values. The digests that clients declare are verified before a part is complete.
 */
export function s3Multipart(s3: S3Client, Bucket: string): MultipartVerbs {
  const named = ({ key, storeUploadId }: UploadName) => ({ Bucket, Key: key, UploadId: storeUploadId });

  async function* listUploadsBelow(Prefix: string): AsyncGenerator<BegunUpload> {
    let markers: { KeyMarker?: string | undefined; UploadIdMarker?: string | undefined } = {};
    for (;;) {
      const page = await s3.send(new ListMultipartUploadsCommand({ Bucket, Prefix, ...markers }));
      for (const { Key: key, UploadId: storeUploadId, Initiated: begun } of page.Uploads ?? []) {
        if (key && storeUploadId && begun) yield { key, storeUploadId, begun };
      }
      if (!page.IsTruncated) return;
      markers = { KeyMarker: page.NextKeyMarker, UploadIdMarker: page.NextUploadIdMarker };
    }
  }

  const verbs: MultipartVerbs = {
    async createMultipartUpload(key, { contentType }) {
      const { UploadId } = await s3.send(
        new CreateMultipartUploadCommand({ Bucket, Key: key, ContentType: contentType }),
      );
      if (!UploadId) throw new Error('CreateMultipartUpload answered no UploadId');
      return UploadId;
    },

    async uploadPart(upload, { partNumber, contentLength }, body) {
      const send = async (Body: Readable, abortSignal: AbortSignal) => {
        const input = { ...named(upload), PartNumber: partNumber, ContentLength: contentLength, Body };
        const { ETag } = await s3.send(new UploadPartCommand(input), { abortSignal });
        return unquoted(ETag);
      };
      return sendBody(body, send, contentLength).catch(translate);
    },

    async listParts(upload, { maxParts, partNumberMarker }) {
      const page = await s3
        .send(
          new ListPartsCommand({
            ...named(upload),
            MaxParts: maxParts,
            ...(partNumberMarker > 0 && { PartNumberMarker: String(partNumberMarker) }),
          }),
        )
        .catch(translate);
      const parts = (page.Parts ?? []).map(({ PartNumber = 0, ETag, Size = 0, LastModified }) => ({
        partNumber: PartNumber,
        eTag: unquoted(ETag),
        size: Size,
        lastModified: (LastModified ?? new Date(0)).toISOString(),
      }));
      const isTruncated = page.IsTruncated ?? false;
      return { parts, isTruncated, ...(isTruncated && { nextPartNumberMarker: Number(page.NextPartNumberMarker) }) };
    },

    async completeMultipartUpload(upload, parts) {
      checkPartOrder(parts);
      const Parts = parts.map(({ partNumber, eTag }) => ({ PartNumber: partNumber, ETag: `"${eTag}"` }));
      await s3
        .send(new CompleteMultipartUploadCommand({ ...named(upload), MultipartUpload: { Parts } }))
        .catch(translate);
    },

    async abortMultipartUpload(upload) {
      const abort = () =>
        s3
          .send(new AbortMultipartUploadCommand(named(upload)))
          .catch(translate)
          .catch(ignoreNotFound);
      await abort();
      for (let again = 1; again < ABORTS && (await hasParts(upload)); again += 1) await abort();
    },

    async presignPart(upload, { partNumber, contentLength, contentMd5, expiresIn }) {
      const command = new UploadPartCommand({
        ...named(upload),
        PartNumber: partNumber,
        ContentLength: contentLength,
        ...(contentMd5 && { ContentMD5: contentMd5 }),
      });
      // Signed as headers, which S3 then demands: a URL without them would take any number of bytes.
      const signableHeaders = new Set(['content-length', 'content-md5', 'host']);
      return getSignedUrl(s3, command, { expiresIn, signableHeaders, unhoistableHeaders: signableHeaders });
    },

    async *listUploads() {
      for (const prefix of [KEY_PREFIXES.originals, KEY_PREFIXES.received]) yield* listUploadsBelow(prefix);
    },

    async removeExpiredUploads(begunBefore) {
      let removed = 0;
      for await (const { begun, ...upload } of verbs.listUploads()) {
        if (begun >= begunBefore) continue;
        await verbs.abortMultipartUpload(upload);
        removed += 1;
      }
      return removed;
    },
  };

  async function hasParts(upload: UploadName): Promise<boolean> {
    const page = await verbs.listParts(upload, { maxParts: 1, partNumberMarker: 0 }).catch(ignoreNotFound);
    return (page?.parts.length ?? 0) > 0;
  }

  return verbs;
}

function translate(error: unknown): never {
  const code = CODES[(error as Error).name];
  if (!code) throw error;
  throw new ImageServiceError(code, `S3 refuses: ${(error as Error).message.replace(/\.$/, '')}.`, { cause: error });
}

function ignoreNotFound(error: unknown): undefined {
  if (hasCode(error, 'upload_not_found')) return undefined;
  throw error;
}
