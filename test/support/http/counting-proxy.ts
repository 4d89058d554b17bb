import { once } from 'node:events';
import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { pipeline } from 'node:stream';

/** A proxy before an emulator of AWS that counts what is asked of it. */
export interface CountingProxy {
  url: string;
  /** How often each operation was asked for since the start or the last time. */
  take(): Record<string, number>;
  /** Answers the next request for an operation with 500, after which the SDK tries again. */
  failOnce(operation: string): void;
  stop(): Promise<void>;
}

/** S3's operations by method and what the query has, the first that fits; of a bucket where there is no key. */
const S3_OPERATIONS: readonly [method: string, query: string | undefined, of: 'bucket' | 'key', operation: string][] = [
  ['PUT', 'partNumber', 'key', 'UploadPart'],
  ['PUT', undefined, 'key', 'PutObject'],
  ['PUT', undefined, 'bucket', 'CreateBucket'],
  ['GET', 'uploads', 'bucket', 'ListMultipartUploads'],
  ['GET', 'list-type', 'bucket', 'ListObjectsV2'],
  ['GET', 'uploadId', 'key', 'ListParts'],
  ['GET', undefined, 'key', 'GetObject'],
  ['HEAD', undefined, 'key', 'HeadObject'],
  ['HEAD', undefined, 'bucket', 'HeadBucket'],
  ['POST', 'uploads', 'key', 'CreateMultipartUpload'],
  ['POST', 'uploadId', 'key', 'CompleteMultipartUpload'],
  ['POST', 'delete', 'bucket', 'DeleteObjects'],
  ['DELETE', 'uploadId', 'key', 'AbortMultipartUpload'],
  ['DELETE', undefined, 'key', 'DeleteObject'],
];

/** The operation that a request asks for: DynamoDB and SQS name it in a header, CloudFront in the path, S3 by method and query. */
function operationOf({ headers, method, url = '' }: IncomingMessage): string {
  if (/^\/2020-05-31\/distribution\/[^/]+\/invalidation$/.test(url)) return 'CreateInvalidation';
  const target = headers['x-amz-target'];
  if (target) return String(target).split('.').at(-1) ?? '';
  const { pathname, searchParams } = new URL(url, 'http://localhost');
  const of = pathname.split('/').filter(Boolean).length > 1 ? 'key' : 'bucket';
  const found = S3_OPERATIONS.find(
    ([verb, query, place]) => verb === method && place === of && (query === undefined || searchParams.has(query)),
  );
  return found?.[3] ?? `${method} ${pathname}${[...searchParams.keys()].map((name) => `?${name}`).join('')}`;
}

/** Starts a proxy before an endpoint. Bodies go through as they come. */
export async function startCountingProxy(endpoint: string): Promise<CountingProxy> {
  let counts: Record<string, number> = {};
  const failing = new Set<string>();
  const forward = (incoming: IncomingMessage, response: ServerResponse) => {
    const operation = operationOf(incoming);
    counts[operation] = (counts[operation] ?? 0) + 1;
    if (failing.delete(operation)) return void incoming.resume().on('end', () => response.writeHead(500).end());
    const { method, headers, url = '' } = incoming;
    const outgoing = request(new URL(url, endpoint), { method, headers });
    outgoing.on('response', (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      pipeline(answer, response, () => undefined);
    });
    // Whoever asks and goes, as at the end of a long poll, ends what was asked for too.
    response.on('close', () => outgoing.destroy());
    pipeline(incoming, outgoing, (error) => error && response.destroy());
  };
  const server = createServer(forward);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    failOnce: (operation) => void failing.add(operation),
    take() {
      const taken = counts;
      counts = {};
      return taken;
    },
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** Adds counts by operation. */
export function sumOfCounts(...all: readonly Readonly<Record<string, number>>[]): Record<string, number> {
  const sum: Record<string, number> = {};
  for (const counts of all)
    for (const [operation, count] of Object.entries(counts)) sum[operation] = (sum[operation] ?? 0) + count;
  return sum;
}
