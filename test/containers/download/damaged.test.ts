import { readdir, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { expect } from 'chai';
import { LIMITS } from '../../../shared/domain/limits.ts';
import { originalKey } from '../../../shared/domain/object-key.ts';
import { expectProblem, jsonOf, openSocket } from '../../support/http/http-client.ts';
import { photograph } from '../../support/images/photographs.ts';
import { type Downloads, downloadsOf } from '../../support/services/downloads.ts';
import { multipartClient } from '../../support/services/multipart-client.ts';
import { startServices } from '../../support/services/services.ts';

const jpeg = await photograph('jpeg', 60, 40);
const webp = await photograph('webp', 20, 20);

/** The kinds of damage to a file of the store, with the number of bytes that are left. */
const DAMAGES: Record<string, (length: number) => number> = {
  'is empty': () => 0,
  'has lost its last byte': (length) => length - 1,
  'has lost its second half': (length) => Math.floor(length / 2),
};

/** The ways to request an object, by its length. */
const REQUESTS: Record<string, (length: number) => [method: string, headers: Record<string, string>]> = {
  whole: () => ['GET', {}],
  'by HEAD': () => ['HEAD', {}],
  'for its last byte': () => ['GET', { range: 'bytes=-1' }],
  'for its first byte': () => ['GET', { range: 'bytes=0-0' }],
  'for its second half': (length) => ['GET', { range: `bytes=${Math.floor(length / 2) + 1}-` }],
};

describe('A stored file that was damaged', () => {
  let downloads: Downloads;
  before(async () => {
    downloads = downloadsOf(await startServices());
  });
  after(() => downloads.services.stop());

  const fileOf = (key: string) => join(downloads.services.objectsFolder, 'objects', key);
  /** Also returns the last file of the original, and how many bytes of that belong to the image. */
  const ORIGINALS: Record<string, () => Promise<{ path: string; file: string; length: number; held: number }>> = {
    'an original': async () => {
      const { imageId, links } = await downloads.upload(jpeg);
      return { path: links.original, file: fileOf(originalKey(imageId)), length: jpeg.length, held: jpeg.length };
    },
    'an original that came in parts': async () => {
      const bytes = Buffer.alloc(2 * LIMITS.minPartBytes);
      jpeg.copy(bytes);
      const client = multipartClient(() => downloads.services.asyncUpload);
      const { uploadId, imageId, partSize } = await client.begin({ contentLength: bytes.length });
      const named = [];
      for (let partNumber = 1; (partNumber - 1) * partSize < bytes.length; partNumber += 1) {
        const part = bytes.subarray((partNumber - 1) * partSize, partNumber * partSize);
        named.push({ partNumber, eTag: String((await client.put(uploadId, partNumber, part)).headers.etag) });
      }
      const { links } = jsonOf(await client.complete(uploadId, named));
      const folder = `${fileOf(originalKey(imageId))}.parts`;
      const last = String((await readdir(folder)).sort().at(-1));
      return { path: links.original, file: join(folder, last), length: bytes.length, held: Number(last.split('-')[1]) };
    },
  };

  for (const [what, store] of Object.entries(ORIGINALS)) {
    for (const [damage, leftOf] of Object.entries(DAMAGES)) {
      it(`is served neither whole nor in ranges, and no cache keeps the answer: ${what} ${damage}`, async () => {
        const { path, file, length, held } = await store();
        await truncate(file, leftOf(held));
        for (const [how, requestOf] of Object.entries(REQUESTS)) {
          const [method, headers] = requestOf(length);
          const answer = await downloads.get(path, headers, method);
          // The undamaged parts of an object in parts are still served.
          if (how === 'for its first byte' && file.includes('.parts')) {
            expect([answer.status, answer.body.length]).to.deep.equal([206, 1]);
            continue;
          }
          if (method === 'HEAD') expect(answer.status, how).to.equal(500);
          else expectProblem(answer, 'object_damaged');
          expect(answer.headers, how).to.include({ 'cache-control': 'no-store' }).and.not.have.any.keys('etag');
        }
      });
    }
  }

  it('is not served when it has become longer', async () => {
    const { imageId, links } = await downloads.upload(jpeg);
    await writeFile(fileOf(originalKey(imageId)), Buffer.concat([jpeg, Buffer.from('x')]));
    for (const range of [undefined, 'bytes=0-9'])
      expectProblem(await downloads.get(links.original, range ? { range } : {}), 'object_damaged');
  });

  it('is made again if it is a rendition, by whatever URL it is requested', async () => {
    for (const [damage, leftOf] of Object.entries(DAMAGES)) {
      const { imageId, links } = await downloads.upload(jpeg, ['thumb']);
      const named = { imageId, name: 'thumb' };
      const { key } = await downloads.make(named, { bytes: webp, format: 'webp' });
      await truncate(fileOf(key), leftOf(webp.length));
      expect((await downloads.get(`${links.self}/renditions/thumb`)).status, damage).to.equal(202);
      expect(downloads.timesQueued(named)).to.equal(2);
      await downloads.make(named, { bytes: webp, format: 'webp' });
      expect((await downloads.get(`${links.self}/renditions/thumb`)).body.equals(webp)).to.equal(true);
    }
  });

  it('ends the connection when it becomes shorter while it is read', async () => {
    const large = Buffer.alloc(48 * 1024 ** 2);
    jpeg.copy(large);
    const { imageId, links } = await downloads.upload(large);
    const reader = await openSocket(downloads.services.download);
    reader.write(`GET ${links.original} HTTP/1.1\r\nHost: localhost\r\n\r\n`);
    await new Promise((resolve) => reader.once('readable', resolve));
    await truncate(fileOf(originalKey(imageId)), large.length - 1);
    const read = await buffer(reader);
    expect(read.length - read.indexOf('\r\n\r\n') - 4).to.equal(large.length - 1);
  });
});
