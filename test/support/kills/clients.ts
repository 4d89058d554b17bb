import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { jsonOf, send } from '../http/http-client.ts';
import { paddedTo, photograph } from '../images/photographs.ts';
import { multipartClient } from '../services/multipart-client.ts';
import { digestOf, type Ledger } from './ledger.ts';

const KiB = 1024;
const MiB = 1024 * KiB;

/** The number of images above which old ones are deleted. */
const KEPT = 150;

/** Concurrent clients. */
const CLIENTS = 4;

export interface Clients {
  /** Wrong answers. Closed connections and unavailable services are expected and not recorded. */
  faults: string[];
  /** Lets all clients finish. */
  stop(): Promise<void>;
}

/** A unique JPEG of about the given size, with its own comment after the first marker. */
async function newPhotograph(bytes: number): Promise<Buffer> {
  const jpeg = await photograph('jpeg', 120, 80);
  const comment = Buffer.concat([Buffer.from([0xff, 0xfe, 0, 18]), randomBytes(16)]);
  const whole = Buffer.concat([jpeg.subarray(0, 2), comment, jpeg.subarray(2)]);
  return Buffer.concat([...paddedTo(whole, bytes)]);
}

/** Clients that upload, delete and download as fast as they get answers, and record the answers. */
export function startClients(url: string, ledger: Ledger, random: (least: number, most: number) => number): Clients {
  const faults: string[] = [];
  const parts = multipartClient(() => url);
  const among = (state: string): string | undefined => {
    const ids = [...ledger].filter(([, told]) => told.state === state).map(([imageId]) => imageId);
    return ids[random(0, ids.length - 1)];
  };
  const note = ({ status, body }: { status: number; body: Buffer }, bytes: Buffer): void => {
    if (status === 201) ledger.set(JSON.parse(body.toString()).imageId, { digest: digestOf(bytes), state: 'kept' });
    else if (status < 500) faults.push(`upload: ${status} ${body.toString().slice(0, 300)}`);
  };

  const DEEDS = {
    async upload() {
      const body = await newPhotograph(random(20, 400) * KiB);
      const query = random(0, 1) ? '?rendition=thumb' : '';
      note(await send(url, { method: 'POST', path: `/v1/images${query}`, body }), body);
    },
    async uploadInParts() {
      const bytes = await newPhotograph(5.5 * MiB);
      const created = await parts.create({ contentType: 'image/jpeg', contentLength: bytes.length });
      if (created.status !== 201) return;
      const { uploadId, partSize } = jsonOf(created);
      const named = [];
      for (let at = 0, partNumber = 1; at < bytes.length; at += partSize, partNumber += 1) {
        const put = await parts.put(uploadId, partNumber, bytes.subarray(at, at + partSize));
        if (put.status !== 200) return;
        named.push({ partNumber, eTag: jsonOf(put).eTag });
      }
      const completed = await parts.complete(uploadId, named);
      if (completed.status === 201) note(completed, bytes);
    },
    async remove() {
      const imageId = among('kept');
      const told = imageId && ledger.get(imageId);
      if (!imageId || !told) return;
      told.state = 'deleting';
      const { status } = await send(url, { method: 'DELETE', path: `/v1/images/${imageId}` }).catch((error) => {
        // The request did not reach the service.
        if (error.code === 'ECONNREFUSED') told.state = 'kept';
        throw error;
      });
      if (status < 300) told.state = 'deleted';
      else if (status < 500) faults.push(`delete: ${status} of an image that is kept`);
    },
    async download() {
      const imageId = among('kept');
      if (!imageId) return;
      const { status, body } = await send(url, { path: `/v1/images/${imageId}/original` });
      const told = ledger.get(imageId);
      if (status >= 500 || told?.state !== 'kept') return;
      if (status !== 200 || digestOf(body) !== told.digest) faults.push(`download: ${status} of an image that is kept`);
    },
  };
  const choose = (): (() => Promise<void>) => {
    const kept = [...ledger.values()].filter(({ state }) => state === 'kept').length;
    const drawn = random(0, 99);
    if (drawn < 5) return DEEDS.uploadInParts;
    if (drawn < 30) return DEEDS.download;
    return drawn < (kept > KEPT ? 85 : 40) ? DEEDS.remove : DEEDS.upload;
  };

  let isStopping = false;
  const client = async () => {
    while (!isStopping) {
      // Broken connections are expected, since npm start is being killed.
      await choose()().catch(() => sleep(20));
      await sleep(random(0, 10));
    }
  };
  const clients = Promise.all(Array.from({ length: CLIENTS }, client));
  return {
    faults,
    async stop() {
      isStopping = true;
      await clients;
    },
  };
}
