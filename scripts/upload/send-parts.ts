import { hash } from 'node:crypto';
import pMap from 'p-map';
import type { NamedPart } from '../../shared/domain/multipart-upload.ts';
import { bodyOf } from './http-exchange.ts';
import type { PhotoFile } from './photo-file.ts';
import type { Progress } from './progress.ts';
import { Refusal } from './retries.ts';
import { type PartTarget, type ServiceClient, sendOnce } from './service-client.ts';

/** An upload whose parts are sent, and how to send them. */
export interface PartSending {
  client: ServiceClient;
  uploadId: string;
  partSize: number;
  photo: PhotoFile;
  progress: Progress;
  concurrency: number;
  /** Sends to presigned URLs, which bypass the service where S3 is the object store. */
  direct: boolean;
}

interface Part {
  partNumber: number;
  start: number;
  size: number;
}

function partsOf(size: number, partSize: number): Part[] {
  return Array.from({ length: Math.ceil(size / partSize) }, (_, index) => ({
    partNumber: index + 1,
    start: index * partSize,
    size: Math.min(partSize, size - index * partSize),
  }));
}

/** Sends every part that the service does not have yet. Returns the list of all parts, for completing the upload. */
export async function sendMissingParts(sending: PartSending): Promise<NamedPart[]> {
  const { client, uploadId, partSize, photo, progress, concurrency } = sending;
  const stored = new Map((await client.listParts(uploadId)).map((part) => [part.partNumber, part]));
  const parts = partsOf(photo.size, partSize);
  const isThere = ({ partNumber, size }: Part) => stored.get(partNumber)?.size === size;
  const missing = parts.filter((part) => !isThere(part));
  const there = parts.filter(isThere);
  progress.begin(
    'sending',
    photo.size,
    there.reduce((sum, { size }) => sum + size, 0),
  );
  // One buffer for each concurrent part, used again and again, so that memory does not grow with the image.
  const free: Buffer[] = [];
  const failed = new AbortController();
  const send = async (part: Part) => {
    const buffer = free.pop() ?? Buffer.allocUnsafeSlow(partSize);
    const bytes = buffer.subarray(0, part.size);
    await photo.read(bytes, part.start);
    const eTag = await sendPart(part.partNumber, bytes, sending, failed.signal);
    free.push(buffer);
    return { partNumber: part.partNumber, eTag };
  };
  try {
    const sent = await pMap(missing, send, { concurrency, signal: failed.signal });
    const known = there.map(({ partNumber }) => ({ partNumber, eTag: stored.get(partNumber)?.eTag ?? '' }));
    return [...known, ...sent].sort((a, b) => a.partNumber - b.partNumber);
  } finally {
    // When one part has failed for good, the others need not go on.
    failed.abort();
  }
}

/** Sends one part until it is stored. Returns its ETag. */
function sendPart(partNumber: number, bytes: Buffer, sending: PartSending, signal: AbortSignal): Promise<string> {
  const { client, progress, direct } = sending;
  const targetOf = direct ? presignedTargets(partNumber, bytes, sending) : ownTarget(partNumber, bytes, sending);
  return client.retrying(
    async () => {
      let counted = 0;
      const onSent = (sent: number) => {
        counted += sent;
        progress.add(sent);
      };
      try {
        const put = ({ url, headers }: PartTarget) =>
          sendOnce(url, { method: 'PUT', headers, body: bodyOf(bytes), onSent, signal });
        const { headers } = await put(await targetOf(signal)).catch(async (error: unknown) => {
          // The URL may have expired while its part waited. Asks for another one only once, since 403 has lasting reasons too.
          if (!direct || !(error instanceof Refusal) || error.status !== 403) throw error;
          progress.add(-counted);
          counted = 0;
          return put(await targetOf(signal));
        });
        if (!headers.etag) throw new Error(`The answer to part ${partNumber} has no ETag.`);
        return headers.etag.replaceAll('"', '');
      } catch (error) {
        progress.add(-counted);
        throw error;
      }
    },
    { signal },
  );
}

type TargetSource = (signal: AbortSignal) => PartTarget | Promise<PartTarget>;

function ownTarget(partNumber: number, bytes: Buffer, { client, uploadId }: PartSending): TargetSource {
  const target = client.partTarget(uploadId, partNumber, {
    'content-digest': `sha-256=:${hash('sha256', bytes, 'base64')}:`,
  });
  return () => target;
}

function presignedTargets(partNumber: number, bytes: Buffer, { client, uploadId }: PartSending): TargetSource {
  const part = { partNumber, contentLength: bytes.length, contentMd5: hash('md5', bytes, 'base64') };
  return (signal) => client.presignedTarget(uploadId, part, signal);
}
