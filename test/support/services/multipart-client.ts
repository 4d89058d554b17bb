import { createHash } from 'node:crypto';
import { expect } from 'chai';
import type { ErrorCode } from '../../../shared/domain/errors.ts';
import { type Answered, expectProblem, jsonOf, type Outgoing, send } from '../http/http-client.ts';

/** A part in the list for completion. */
export interface Named {
  partNumber: number;
  eTag: string;
}

/** The fields of an upload's view that tests read. */
export interface Upload {
  uploadId: string;
  imageId: string;
  status: string;
  partSize: number;
  expiresAt: string;
  links: Record<string, string>;
}

export const sha256 = (...bytes: Buffer[]): string =>
  createHash('sha256').update(Buffer.concat(bytes)).digest('base64');

export const md5 = (bytes: Buffer): string => createHash('md5').update(bytes).digest('base64');

type Headers = NonNullable<Outgoing['headers']>;

/** A client for all requests of uploads in parts, which sends its credentials with each. `base` is called for each request, because services start after suites are defined. */
export function multipartClient(base: () => string, credentials: Headers = {}) {
  const call = (outgoing: Outgoing): Promise<Answered> =>
    send(base(), { ...outgoing, headers: { ...credentials, ...outgoing.headers } });
  const post = (path: string, body: unknown, headers: Headers = {}) =>
    call({
      method: 'POST',
      path,
      headers: { 'content-type': 'application/json', ...headers },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    });
  const path = (uploadId: string, below = '') => `/v1/uploads/${uploadId}${below}`;

  const client = {
    call,
    create: (declaration: unknown = { contentType: 'image/jpeg' }, headers: Headers = {}) =>
      post('/v1/uploads', declaration, headers),
    read: (uploadId: string) => call({ path: path(uploadId) }),
    put: (uploadId: string, partNumber: number | string, body: Outgoing['body'] = 'a', headers: Headers = {}) =>
      call({
        method: 'PUT',
        path: path(uploadId, `/parts/${partNumber}`),
        headers,
        ...(body !== undefined && { body }),
      }),
    list: (uploadId: string, query = '') => call({ path: path(uploadId, `/parts${query}`) }),
    partUrls: (uploadId: string, body: unknown) => post(path(uploadId, '/part-urls'), body),
    complete: (uploadId: string, parts: unknown, headers: Headers = {}) =>
      post(path(uploadId, '/complete'), { parts }, headers),
    /** Completes with a raw body. */
    completeFrom: (uploadId: string, body: string) => post(path(uploadId, '/complete'), body),
    abort: (uploadId: string) => call({ method: 'DELETE', path: path(uploadId) }),

    /** An upload that has begun. */
    async begin(declaration: object = {}): Promise<Upload> {
      const answer = await client.create({ contentType: 'image/jpeg', ...declaration });
      expect(answer.status, answer.body.toString()).to.equal(201);
      return jsonOf(answer);
    },

    /** Uploads a part and returns its entry in the list for completion. */
    async part(uploadId: string, partNumber: number, body: Buffer): Promise<Named> {
      const answer = await client.put(uploadId, partNumber, body);
      expect(answer.status, answer.body.toString()).to.equal(200);
      return { partNumber, eTag: jsonOf(answer).eTag };
    },

    /** An upload of these bytes with all parts, not yet completed. */
    async uploaded(parts: Buffer[], declaration: object = {}): Promise<{ upload: Upload; parts: Named[] }> {
      const upload = await client.begin(declaration);
      const named: Named[] = [];
      for (const [index, bytes] of parts.entries()) named.push(await client.part(upload.uploadId, index + 1, bytes));
      return { upload, parts: named };
    },

    /** The image that an upload becomes. */
    async completed(uploadId: string, parts: Named[]) {
      const answer = await client.complete(uploadId, parts);
      expect(answer.status, answer.body.toString()).to.equal(201);
      return jsonOf(answer);
    },

    /** Part numbers and sizes of all that is stored. */
    async stored(uploadId: string): Promise<[number, number][]> {
      const answer = await client.list(uploadId);
      expect(answer.status, answer.body.toString()).to.equal(200);
      return jsonOf(answer).parts.map(({ partNumber, size }: { partNumber: number; size: number }) => [
        partNumber,
        size,
      ]);
    },

    /** Sends all requests about parts; each must be refused with this code. */
    async expectRefused(
      uploadId: string,
      code: ErrorCode,
      requests: readonly (keyof typeof requestsOf)[] = ALL,
    ): Promise<void> {
      for (const name of requests) expectProblem(await requestsOf[name](uploadId), code);
    },
  };

  const requestsOf = {
    put: (uploadId: string) => client.put(uploadId, 1, 'a'),
    list: (uploadId: string) => client.list(uploadId),
    partUrls: (uploadId: string) => client.partUrls(uploadId, { parts: [{ partNumber: 1, contentLength: 1 }] }),
    complete: (uploadId: string) => client.complete(uploadId, [{ partNumber: 1, eTag: 'a' }]),
    read: (uploadId: string) => client.read(uploadId),
    abort: (uploadId: string) => client.abort(uploadId),
  };
  const ALL: (keyof typeof requestsOf)[] = ['put', 'list', 'partUrls', 'complete', 'read'];

  return client;
}

export type MultipartClient = ReturnType<typeof multipartClient>;
