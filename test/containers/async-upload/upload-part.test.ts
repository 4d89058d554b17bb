import { open } from 'node:fs/promises';
import type { Socket } from 'node:net';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { expect } from 'chai';
import { LIMITS } from '../../../shared/domain/limits.ts';
import { markIrregular } from '../../../shared/storage/table/upload-table.ts';
import { eventually } from '../../support/eventually.ts';
import { expectProblem, jsonOf, openSocket } from '../../support/http/http-client.ts';
import { photograph } from '../../support/images/photographs.ts';
import { type MultipartClient, multipartClient } from '../../support/services/multipart-client.ts';
import { type Services, startServices } from '../../support/services/services.ts';
import { recordOf } from '../../support/services/upload-items.ts';

const MiB = 1024 * 1024;
const jpeg = await photograph('jpeg', 300, 300);

const ENDINGS: Record<string, (socket: Socket) => void> = {
  closed: (socket) => void socket.destroy(),
  reset: (socket) => void socket.resetAndDestroy(),
  'closed on one side': (socket) => void socket.end(),
};

describe('PUT /v1/uploads/{uploadId}/parts/{partNumber}', () => {
  let services: Services;
  let uploadId: string;
  const client: MultipartClient = multipartClient(() => services.asyncUpload);
  before(async () => {
    services = await startServices();
  });
  after(() => services.stop());
  beforeEach(async () => {
    services.logs.splice(0);
    ({ uploadId } = await client.begin());
  });
  afterEach('fails at nothing itself, and leaves nothing half written', async () => {
    expect(services.logs.filter(({ level }) => level >= 50)).to.deep.equal([]);
    await eventually('nothing is half written', async () => {
      const present = await services.leftovers();
      return !present.some((name) => name.startsWith('incoming/'));
    });
  });

  const head = (partNumber: number, headers: Record<string, string | number>) =>
    [
      `PUT /v1/uploads/${uploadId}/parts/${partNumber} HTTP/1.1`,
      'Host: localhost',
      ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`),
      '\r\n',
    ].join('\r\n');
  const isComing = () =>
    eventually('the part begins to come', async () =>
      (await services.leftovers()).some((name) => name.startsWith('incoming/')),
    );
  const logged = () =>
    eventually('the request is logged', () => services.logs.find(({ operation }) => operation === 'uploadPart'));

  describe('stores a part', () => {
    it('answers the number, size and eTag of a part, with the eTag in the header too', async () => {
      const answer = await client.put(uploadId, 7, jpeg);
      expect(answer.status, answer.body.toString()).to.equal(200);
      const part = jsonOf(answer);
      expect(part).to.have.all.keys('partNumber', 'eTag', 'size');
      expect(part).to.include({ partNumber: 7, size: jpeg.length });
      expect(part.eTag).to.match(/^[\w-]+$/);
      expect(answer.headers.etag).to.equal(`"${part.eTag}"`);
      expect(answer.headers['cache-control']).to.equal('no-store');
    });

    it('stores parts in any order and at once', async () => {
      const numbers = [10_000, 3, 1, 9, 2, 77];
      const answers = await Promise.all(numbers.map((number) => client.put(uploadId, number, `part ${number}`)));
      expect(answers.map(({ status }) => status)).to.deep.equal(numbers.map(() => 200));
      expect((await client.stored(uploadId)).map(([number]) => number)).to.deep.equal(numbers.sort((a, b) => a - b));
    });

    it('replaces a part of the same number, under another eTag', async () => {
      const first = await client.part(uploadId, 1, jpeg);
      const second = await client.part(uploadId, 1, Buffer.from('shorter'));
      expect(second.eTag).to.not.equal(first.eTag);
      expect(await client.stored(uploadId)).to.deep.equal([[1, 7]]);
    });

    it('stores one whole part when twenty of one number come at once, and lists its eTag', async () => {
      const bodies = Array.from({ length: 20 }, (_, index) => Buffer.alloc(10_000 + index, index));
      const parts = await Promise.all(bodies.map((body) => client.part(uploadId, 1, body)));
      const [listed] = jsonOf(await client.list(uploadId)).parts;
      const winner = parts.findIndex(({ eTag }) => eTag === listed.eTag);
      expect(listed.size).to.equal(bodies[winner]?.length);
    });

    it('stores a part of any Content-Type, and of none', async () => {
      for (const type of ['image/jpeg', 'application/octet-stream', 'application/json', 'text/plain; charset=x']) {
        expect(await client.put(uploadId, 1, jpeg, { 'content-type': type }), type).to.include({ status: 200 });
      }
    });

    it('stores a part that waits for 100 Continue', async () => {
      const socket = await openSocket(services.asyncUpload);
      socket.write(head(1, { 'Content-Length': jpeg.length, Expect: '100-continue' }));
      const chunks = socket.iterator({ destroyOnReturn: false });
      expect(String((await chunks.next()).value)).to.match(/^HTTP\/1\.1 100 /);
      socket.write(jpeg);
      expect(String((await chunks.next()).value)).to.match(/^HTTP\/1\.1 200 /);
      socket.destroy();
    });

    it('stores a part with Content-Encoding identity', async () => {
      expect(await client.put(uploadId, 1, jpeg, { 'content-encoding': 'identity' })).to.include({ status: 200 });
    });
  });

  describe('refuses', () => {
    for (const number of ['0', '10001', '-1', '1.5', 'abc', '0x1', '%201x', '1,000', '99999999999999999999']) {
      it(`refuses the part number ${number}`, async () => {
        const problem = expectProblem(await client.put(uploadId, number), 'invalid_request');
        expect(problem.errors?.map(({ path }) => path)).to.deep.equal(['params.partNumber']);
        expect(await client.stored(uploadId)).to.deep.equal([]);
      });
    }

    for (const number of ['1e3', '1.0', '%2B1', '01', '%201']) {
      it(`refuses the part number ${number}, which is not written as one`, async () => {
        const problem = expectProblem(await client.put(uploadId, number), 'invalid_request');
        expect(problem.errors?.map(({ path }) => path)).to.deep.equal(['params.partNumber']);
      });
    }

    it('refuses a chunked body, which has no length', async () => {
      const problem = expectProblem(await client.put(uploadId, 1, [jpeg, jpeg]), 'length_required');
      expect(problem.detail).to.match(/Content-Length/);
    });

    it('refuses an empty body', async () => {
      expectProblem(await client.put(uploadId, 1, ''), 'empty_body');
      expect(await client.stored(uploadId)).to.deep.equal([]);
    });

    it('refuses compressed bytes', async () => {
      for (const coding of ['gzip', 'aws-chunked', 'br, gzip']) {
        const answer = await client.put(uploadId, 1, gzipSync(jpeg), { 'content-encoding': coding });
        expect(expectProblem(answer, 'unsupported_content_type').detail).to.include(JSON.stringify(coding));
      }
    });

    it('refuses query parameters, and half of those of a part URL', async () => {
      for (const [query, path] of [
        ['a=1', 'query.a'],
        ['expires=1', 'query'],
        ['signature=a', 'query'],
        ['expires=a&signature=b', 'query.expires'],
        ['expires=1&signature=', 'query.signature'],
        ['expires=1&expires=2&signature=a', 'query.expires'],
      ]) {
        const problem = expectProblem(await client.put(uploadId, `1?${query}`), 'invalid_request');
        expect(
          problem.errors?.map((error) => error.path),
          query,
        ).to.deep.equal([path]);
      }
    });

    it('refuses more than 512 MiB before they come', async () => {
      const actual = LIMITS.maxPartBytes + 1;
      const socket = await openSocket(services.asyncUpload);
      socket.write(head(1, { 'Content-Length': actual }));
      const [first] = await socket.take(1).toArray();
      expect(String(first)).to.match(/^HTTP\/1\.1 413 /);
      expect(String(first)).to.include('payload_too_large');
      expect(String(first)).to.include(`"limit":${LIMITS.maxPartBytes},"actual":${actual},"unit":"bytes"`);
      socket.destroy();
    });

    it('refuses a body that is on its way, and lets the client send all of it before the answer ends', async () => {
      const { uploadId: small } = await client.begin({ contentLength: 10 });
      const body = Buffer.alloc(20 * MiB);
      const problem = expectProblem(await client.put(small, 1, body), 'upload_too_large');
      expect(problem).to.include({ limit: 10, actual: body.length });
    });
  });

  describe('stores nothing of a part', () => {
    for (const [ending, end] of Object.entries(ENDINGS)) {
      for (const [when, sent] of Object.entries({
        'before its first byte': Buffer.alloc(0),
        'before its last byte': jpeg.subarray(0, -1),
      })) {
        it(`stores nothing of a part whose connection is ${ending} ${when}`, async () => {
          const kept = await client.part(uploadId, 1, Buffer.from('earlier'));
          services.logs.splice(0);
          const socket = await openSocket(services.asyncUpload);
          socket.write(head(1, { 'Content-Length': jpeg.length }));
          socket.write(sent);
          await isComing();
          end(socket);
          expect(await logged()).to.include({ disconnected: true });
          const [part] = jsonOf(await client.list(uploadId)).parts;
          expect(part).to.include({ ...kept, size: 7 });
        });
      }
    }

    it('stores nothing of a part whose connection is closed at once', async () => {
      for (let round = 0; round < 5; round += 1) {
        const socket = await openSocket(services.asyncUpload);
        socket.write(`${head(1, { 'Content-Length': 10 })}abc`, () => socket.destroy());
      }
      await eventually('all are logged', () => services.logs.filter(({ disconnected }) => disconnected).length === 5);
      expect(await client.stored(uploadId)).to.deep.equal([]);
    });

    it('stores nothing of a part that comes short, until the client gives up', async () => {
      const socket = await openSocket(services.asyncUpload);
      socket.write(head(2, { 'Content-Length': 100 }));
      socket.write('x'.repeat(99));
      await isComing();
      expect(await client.stored(uploadId)).to.deep.equal([]);
      socket.destroy();
      await logged();
      expect(await client.stored(uploadId)).to.deep.equal([]);
    });
  });

  it('stores as many bytes as declared, or none, when bytes follow that are no request', async () => {
    const socket = await openSocket(services.asyncUpload);
    socket.write(head(1, { 'Content-Length': 10 }));
    socket.write('0123456789and more\r\n\r\n');
    expect(Buffer.concat(await socket.toArray()).toString()).to.match(/HTTP\/1\.1 400 [\s\S]*malformed_request/);
    expect(await client.stored(uploadId)).to.be.deep.oneOf([[], [[1, 10]]]);
  });

  it('takes one part after the other on one connection', async () => {
    const socket = await openSocket(services.asyncUpload);
    for (const number of [1, 2]) socket.write(`${head(number, { 'Content-Length': 3 })}abc`);
    await eventually('both parts are stored', async () => (await client.stored(uploadId)).length === 2);
    socket.destroy();
  });

  it('refuses a Content-Length beside chunks, and one that is no number, as malformed HTTP', async () => {
    for (const headers of [{ 'Content-Length': 3, 'Transfer-Encoding': 'chunked' }, { 'Content-Length': 'abc' }]) {
      const socket = await openSocket(services.asyncUpload);
      socket.write(`${head(1, headers)}abc`);
      const answer = Buffer.concat(await socket.toArray()).toString();
      expect(answer).to.match(/^HTTP\/1\.1 400 [\s\S]*malformed_request/);
    }
    expect(await client.stored(uploadId)).to.deep.equal([]);
  });

  describe('refuses the part with which there would be more than declared', () => {
    const begin = async (contentLength: number) => (await client.begin({ contentLength })).uploadId;
    const expectTooLarge = async (
      upload: string,
      partNumber: number,
      size: number,
      [limit, actual]: [number, number],
    ) => {
      const problem = expectProblem(await client.put(upload, partNumber, Buffer.alloc(size)), 'upload_too_large');
      expect(problem).to.include({ limit, actual, unit: 'bytes' });
    };

    it('refuses the first part if it is more than declared', async () => {
      const upload = await begin(100);
      await expectTooLarge(upload, 1, 101, [100, 101]);
      expect(await client.stored(upload)).to.deep.equal([]);
      expect(await client.put(upload, 1, Buffer.alloc(100))).to.include({ status: 200 });
    });

    it('refuses a part smaller than recommended beyond the declared length, and keeps the earlier ones', async () => {
      const upload = await begin(100);
      for (const [number, size] of [
        [5, 40],
        [2, 60],
      ] as const) {
        expect(await client.put(upload, number, Buffer.alloc(size))).to.include({ status: 200 });
      }
      await expectTooLarge(upload, 9, 1, [100, 101]);
      expect(await client.stored(upload)).to.deep.equal([
        [2, 60],
        [5, 40],
      ]);
    });

    it('refuses a part that replaces a smaller one beyond the declared length, and takes it in place of a larger one', async () => {
      const upload = await begin(100);
      for (const number of [2, 3]) await client.part(upload, number, Buffer.alloc(50));
      await expectTooLarge(upload, 3, 51, [100, 101]);
      expect(await client.put(upload, 3, Buffer.alloc(10))).to.include({ status: 200 });
      expect(await client.put(upload, 4, Buffer.alloc(40))).to.include({ status: 200 });
      await expectTooLarge(upload, 5, 1, [100, 101]);
    });

    it('refuses a part of the recommended size beyond the declared length', async () => {
      const partSize = 8 * MiB;
      const upload = await begin(partSize + 10);
      await client.part(upload, 1, Buffer.alloc(partSize));
      await expectTooLarge(upload, 2, 11, [partSize + 10, partSize + 11]);
      expect(await client.put(upload, 2, Buffer.alloc(10))).to.include({ status: 200 });
      await expectTooLarge(upload, 3, 1, [partSize + 10, partSize + 11]);
      await expectTooLarge(upload, 1, partSize + 1, [partSize + 10, partSize + 11]);
    });

    it('refuses a regular part beyond the declared length after an irregular one', async () => {
      const partSize = 8 * MiB;
      const upload = await begin(partSize + 10);
      await client.part(upload, 3, Buffer.alloc(20));
      await expectTooLarge(upload, 1, partSize, [partSize + 10, partSize + 20]);
    });
  });

  it('refuses the part with which an upload would have more than 5 GiB', async () => {
    const { storeUploadId, imageId } = await recordOf(services.table, uploadId);
    const folder = join(
      services.objectsFolder,
      'uploads',
      `${encodeURIComponent(`originals/${imageId}`)}.${storeUploadId}`,
    );
    await client.part(uploadId, 20, Buffer.from('a'));
    for (let number = 1; number <= 10; number += 1) {
      const file = await open(join(folder, String(number).padStart(5, '0')), 'w');
      await file.truncate(LIMITS.maxPartBytes + 16);
      await file.close();
    }
    await markIrregular(services.table, uploadId);
    const problem = expectProblem(await client.put(uploadId, 9_000, 'abc'), 'upload_too_large');
    expect(problem).to.include({
      limit: LIMITS.asyncUploadBytes,
      actual: LIMITS.asyncUploadBytes + 4,
      unit: 'bytes',
    });
    expect(await client.put(uploadId, 10, 'abc')).to.include({ status: 200 });
    expect(await client.put(uploadId, 9_000, 'abc')).to.include({ status: 200 });
  });
});
