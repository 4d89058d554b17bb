import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { runLoad } from '../../../scripts/bench/http-load.ts';
import { jsonOf, send } from '../http/http-client.ts';
import { paddedTo, photograph } from '../images/photographs.ts';
import { multipartClient } from '../services/multipart-client.ts';
import { accessDeeds, type Caller, type OwnImage } from './callers.ts';

const KiB = 1024;
const MiB = 1024 * KiB;

/** The number of images above which the oldest are deleted. */
const KEPT = 40;

export interface SoakLoad {
  /** Counts of requests by kind. */
  counts: Record<string, number>;
  /** Whatever was not answered as it should be. */
  faults: string[];
  /** Images that were made. */
  made: number;
  /** Does all of it until the time comes. */
  run(until: number): Promise<void>;
  /** Reads one image so often, half of it its record and half its original. Rejects when one is not answered. */
  read(times: number): Promise<void>;
  /** Deletes everything. */
  clear(): Promise<void>;
}

/** Connections over which images are read again and again. */
const READERS = 16;

const among = <Item>(items: readonly Item[]): Item | undefined => items[Math.floor(Math.random() * items.length)];

const whole = (chunks: Iterable<Buffer>): Buffer => Buffer.concat([...chunks]);

/** A mixed load of several callers at full speed with pauses: uploads, parts, downloads, lists, deletes, changes, links, tokens, and clients that disconnect. */
export async function soakLoad(url: string, callers: readonly Caller[]): Promise<SoakLoad> {
  const { hostname, port } = new URL(url);
  const sizes = [50 * KiB, 120 * KiB, 400 * KiB, 1.2 * MiB, 4 * MiB];
  const originals = await Promise.all(
    sizes.map(async (size, index) =>
      whole(paddedTo(await photograph('jpeg', 400 + 300 * index, 300 + 200 * index), size)),
    ),
  );
  const images: OwnImage[] = [];
  const anybody = (): Caller => among(callers) ?? { authorization: '' };
  const load: SoakLoad = { counts: {}, faults: [], made: 0, run, read, clear };

  /** The answer, if it is one of those that there may be: an image may be gone by now, but nothing may fail. */
  async function ask(what: string, request: Parameters<typeof send>[1], ...wanted: number[]) {
    const answer = await send(url, request);
    if (!wanted.includes(answer.status))
      load.faults.push(`${what}: ${answer.status} ${answer.body.toString().slice(0, 300)}`);
    return answer;
  }

  /** A request whose client goes away after so many bytes of the answer, or reads them slowly until then. */
  async function leave(
    head: string,
    { caller, body, bytes, rest = 0 }: { caller: Caller | undefined; body?: Buffer; bytes: number; rest?: number },
  ) {
    const socket = connect(Number(port), hostname);
    socket.on('error', () => undefined);
    const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()));
    const credentials = caller ? `Authorization: ${caller.authorization}\r\n` : '';
    socket.write(`${head}\r\nHost: localhost\r\n${credentials}${body ? `Content-Length: ${body.length}\r\n` : ''}\r\n`);
    if (body) socket.write(body.subarray(0, bytes));
    let read = 0;
    if (body) await sleep(50);
    else
      for await (const chunk of socket) {
        read += chunk.length;
        if (read >= bytes) break;
        await sleep(rest);
      }
    socket.destroy();
    await closed;
  }

  const newImage = (answer: { status: number; body: Buffer }, caller: Caller) => {
    if (answer.status !== 201) return;
    images.push({ imageId: JSON.parse(answer.body.toString()).imageId, caller });
    load.made += 1;
  };

  const DEEDS: Record<string, () => Promise<unknown>> = {
    ...accessDeeds({ callers, image: () => among(images), ask, made: newImage }),
    async upload() {
      const headers = anybody();
      const body = among(originals);
      const query = among(['', '?rendition=thumb', '?rendition=thumb&rendition=small', '?rendition=avatar']);
      const path = `/v1/images${query}`;
      newImage(await ask('upload', { method: 'POST', path, headers, ...(body && { body }) }, 201), headers);
    },
    async 'upload in parts'() {
      const bytes = whole(paddedTo(await photograph('jpeg', 600, 400), 6 * MiB));
      const caller = anybody();
      const parts = multipartClient(() => url, caller);
      const { uploadId, partSize } = await parts.begin({ contentLength: bytes.length });
      if (Math.random() < 0.2) {
        await parts.abort(uploadId);
        return;
      }
      const named = [];
      for (let at = 0, partNumber = 1; at < bytes.length; at += partSize, partNumber += 1) {
        const put = await parts.put(uploadId, partNumber, bytes.subarray(at, at + partSize));
        named.push({ partNumber, eTag: String(put.headers.etag) });
      }
      newImage(await parts.complete(uploadId, named), caller);
    },
    async download() {
      const own = among(images);
      if (!own) return;
      const path = `/v1/images/${own.imageId}${among(['', '/original', '/renditions/thumb'])}`;
      const { headers } = await ask('download', { path, headers: own.caller }, 200, 202, 404, 410);
      const known = { ...own.caller, 'if-none-match': String(headers.etag) };
      if (headers.etag) await ask('download again', { path, headers: known }, 200, 202, 304, 404, 410);
    },
    list: () => ask('list', { path: '/v1/images?limit=20', headers: anybody() }, 200),
    async delete() {
      while (images.length > KEPT) {
        const own = images.shift();
        if (own) await remove(own);
      }
    },
    async 'upload that breaks off'() {
      const body = among(originals) ?? Buffer.alloc(1);
      await leave('POST /v1/images HTTP/1.1', {
        caller: anybody(),
        body,
        bytes: Math.floor(Math.random() * body.length),
      });
    },
    async 'download that breaks off'() {
      const own = among(images);
      await leave(`GET /v1/images/${own?.imageId}/original HTTP/1.1`, { caller: own?.caller, bytes: 40 * KiB });
    },
    async 'slow reader'() {
      const own = among(images);
      await leave(`GET /v1/images/${own?.imageId}/original HTTP/1.1`, {
        caller: own?.caller,
        bytes: 2 * MiB,
        rest: 100,
      });
    },
    async 'event listener'() {
      const leaving = AbortSignal.timeout(Math.round(Math.random() * 4000));
      const own = among(images);
      await fetch(`${url}/v1/images/${own?.imageId}/events`, { signal: leaving, headers: { ...own?.caller } })
        .then((answer) => answer.text())
        .catch(() => undefined);
    },
  };

  async function run(until: number): Promise<void> {
    const keepDoing = async ([name, deed]: [string, () => Promise<unknown>]) => {
      while (performance.now() < until) {
        try {
          await deed();
        } catch (error) {
          load.faults.push(`${name}: ${error}`);
        }
        load.counts[name] = (load.counts[name] ?? 0) + 1;
        await sleep(30 + Math.random() * 200);
      }
    };
    await Promise.all(Object.entries(DEEDS).map(keepDoing));
  }

  async function read(times: number): Promise<void> {
    const [body = Buffer.alloc(0)] = originals;
    const headers = anybody();
    const { links } = jsonOf(await ask('upload', { method: 'POST', path: '/v1/images', headers, body }, 201));
    const readers = [links.self, links.original].map((path: string) =>
      runLoad(
        { url: new URL(path, url).href, method: 'GET', headers, expectedStatus: 200 },
        { count: times / 2, concurrency: READERS / 2 },
      ),
    );
    await Promise.all(readers);
    load.counts.read = times;
  }

  const remove = ({ imageId, caller }: OwnImage) =>
    ask('delete', { method: 'DELETE', path: `/v1/images/${imageId}`, headers: caller }, 202, 204, 404, 410);

  async function clear(): Promise<void> {
    for (const caller of callers)
      for (;;) {
        const page = jsonOf(await ask('list', { path: '/v1/images?limit=100', headers: caller }, 200));
        if (page.images.length === 0) break;
        for (const { imageId } of page.images) await remove({ imageId, caller });
      }
    images.length = 0;
  }

  return load;
}
