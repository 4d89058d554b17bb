import type { Socket } from 'node:net';
import { expect } from 'chai';
import { IMAGE_TABLE, partClaimSortKeyPrefix } from '../../../shared/contracts/table.ts';
import { LIMITS } from '../../../shared/domain/limits.ts';
import { claimPart, releasePartClaim } from '../../../shared/storage/table/part-claims.ts';
import { eventually } from '../../support/eventually.ts';
import { type Answered, expectProblem, jsonOf, openSocket } from '../../support/http/http-client.ts';
import { multipartClient } from '../../support/services/multipart-client.ts';
import { type Services, startServices } from '../../support/services/services.ts';
import { recordOf } from '../../support/services/upload-items.ts';
import { allItems } from '../../support/storage/table-items.ts';

const MiB = 1024 * 1024;

/** Seconds that the claim of a process that died lasts in these tests. */
const CLAIMED = { seconds: 300 };

describe('The size of an upload', () => {
  let services: Services;
  let bases: [one: string, other: string];
  const one = multipartClient(() => bases[0]);
  const other = multipartClient(() => bases[1]);
  before('two services on one table', async () => {
    services = await startServices();
    bases = [services.asyncUpload, await services.anotherAsyncUpload()];
  });
  after(() => services.stop());
  beforeEach(() => void services.logs.splice(0));
  afterEach('fails at nothing itself, and leaves no claim', async () => {
    expect(services.logs.filter(({ level }) => level >= 40)).to.deep.equal([]);
    await eventually('no claim is left', async () => (await claims()).length === 0);
  });

  const claims = async () => (await allItems(services.table)).filter(({ sk }) => sk.startsWith(partClaimSortKeyPrefix));
  const begin = async (contentLength: number) => (await one.begin({ contentLength })).uploadId;
  /** Requests in turn to the one service and to the other. */
  const putAll = (uploadId: string, parts: [partNumber: number, size: number][]): Promise<Answered[]> =>
    Promise.all(
      parts.map(([number, size], at) => [one, other][at % 2]?.put(uploadId, number, Buffer.alloc(size))),
    ).then((answers) => answers.filter((answer) => answer !== undefined));
  const storedBytes = async (uploadId: string) => (await one.stored(uploadId)).reduce((sum, [, size]) => sum + size, 0);
  const expectStored = (answers: Answered[]) => {
    for (const answer of answers) expect(answer.status, answer.body.toString()).to.equal(200);
  };

  /** A part of which all comes but the last byte. */
  async function onItsWay(base: string, uploadId: string, partNumber: number, size: number): Promise<Socket> {
    const before = (await claims()).length;
    const socket = await openSocket(base);
    socket.write(
      `PUT /v1/uploads/${uploadId}/parts/${partNumber} HTTP/1.1\r\nHost: localhost\r\nContent-Length: ${size}\r\n\r\n`,
    );
    socket.write(Buffer.alloc(size - 1));
    await eventually('it has room', async () => (await claims()).length > before);
    await eventually('it begins to come', async () =>
      (await services.leftovers()).some((name) => name.startsWith('incoming/')),
    );
    return socket;
  }
  async function finish(socket: Socket): Promise<string> {
    socket.write('a');
    const [chunk] = await socket.take(1).toArray();
    socket.destroy();
    return String(chunk);
  }
  async function breakOff(socket: Socket): Promise<void> {
    socket.destroy();
    await eventually('its room is given back', async () => (await claims()).length === 0);
  }

  describe('is never exceeded', () => {
    it('is never exceeded by forty parts at once that each have the whole declared length', async () => {
      const size = 6 * MiB;
      const uploadId = await begin(size);
      const answers = await putAll(
        uploadId,
        Array.from({ length: 40 }, (_, index) => [index + 1, size]),
      );
      const refused = answers.filter(({ status }) => status !== 200);
      expect(refused.length).to.be.at.least(39);
      for (const answer of refused) expectProblem(answer, 'upload_too_large');
      expect(await storedBytes(uploadId)).to.equal((40 - refused.length) * size);
      expectStored([await other.put(uploadId, (await one.stored(uploadId))[0]?.[0] ?? 7, Buffer.alloc(size))]);
    });

    it('is never exceeded by regular parts among irregular ones', async () => {
      const uploadId = await begin(8 * MiB + 100);
      for (let round = 0; round < 6; round += 1) {
        const answers = await putAll(uploadId, [
          [1, 8 * MiB],
          [5 + round, 8 * MiB],
          [2, 100],
          [20 + round, 100],
        ]);
        for (const answer of answers) if (answer.status !== 200) expectProblem(answer, 'upload_too_large');
        expect(await storedBytes(uploadId)).to.be.at.most(8 * MiB + 100);
      }
    });

    it('is never exceeded by an irregular part while another is on its way at the other service', async () => {
      const uploadId = await begin(1000);
      const socket = await onItsWay(bases[0], uploadId, 1, 1000);
      const problem = expectProblem(await other.put(uploadId, 3, Buffer.alloc(1)), 'upload_too_large');
      expect(problem).to.include({ limit: 1000, actual: 1001, unit: 'bytes' });
      expect((await recordOf(services.table, uploadId)).irregular).to.equal(undefined);
      expect(await finish(socket)).to.match(/^HTTP\/1\.1 200 /);
      expect(await one.stored(uploadId)).to.deep.equal([[1, 1000]]);
    });

    it('is never exceeded by a regular part at a service that has not heard of an irregular one', async () => {
      const uploadId = await begin(1000);
      // From now on this service knows the record for a second.
      await other.part(uploadId, 1, Buffer.alloc(1));
      const socket = await onItsWay(bases[0], uploadId, 3, 999);
      expectProblem(await other.put(uploadId, 1, Buffer.alloc(2)), 'upload_too_large');
      expect(await finish(socket)).to.match(/^HTTP\/1\.1 200 /);
      expect(await storedBytes(uploadId)).to.equal(1000);
    });

    it('is never exceeded when no length was declared', async () => {
      const { uploadId } = await one.begin();
      const claim = await claimPart(
        services.table,
        uploadId,
        { partNumber: 1, size: LIMITS.asyncUploadBytes - 10 },
        CLAIMED,
      );
      const problem = expectProblem(await one.put(uploadId, 9_000, Buffer.alloc(11)), 'upload_too_large');
      expect(problem).to.include({ limit: LIMITS.asyncUploadBytes, actual: LIMITS.asyncUploadBytes + 1 });
      expectStored([await other.put(uploadId, 9_000, Buffer.alloc(10))]);
      await releasePartClaim(services.table, claim);
    });
  });

  describe('has room', () => {
    it('has room for all parts of an upload at once, whatever their sizes, each sent twice', async () => {
      const sizes = Array.from({ length: 20 }, (_, index) => 1000 + index * 17);
      const uploadId = await begin(sizes.reduce((sum, size) => sum + size));
      const parts = sizes.map((size, index): [number, number] => [index * 3 + 1, size]);
      expectStored(
        await putAll(
          uploadId,
          [...parts, ...parts].sort(([a], [b]) => (a % 7) - (b % 7)),
        ),
      );
      expect(await one.stored(uploadId)).to.deep.equal(parts);
    });

    it('has room for all parts of the recommended size at once', async () => {
      const uploadId = await begin(24 * MiB + 5);
      const parts: [number, number][] = [
        [4, 5],
        [1, 8 * MiB],
        [3, 8 * MiB],
        [2, 8 * MiB],
      ];
      expectStored(await putAll(uploadId, parts));
      expect(await storedBytes(uploadId)).to.equal(24 * MiB + 5);
    });

    for (const [which, partNumber] of Object.entries({ 'a regular': 1, 'an irregular': 9 })) {
      it(`has room for ${which} part that is sent again while its first request still hangs`, async () => {
        const uploadId = await begin(1000);
        const hanging = await onItsWay(bases[0], uploadId, partNumber, 1000);
        expectStored([await one.put(uploadId, partNumber, Buffer.alloc(1000))]);
        expectStored([await other.put(uploadId, partNumber, Buffer.alloc(999))]);
        await breakOff(hanging);
        expect(await one.stored(uploadId)).to.deep.equal([[partNumber, 999]]);
      });
    }

    it('has room again once a part was refused, broken off or replaced by a smaller one', async () => {
      const uploadId = await begin(1000);
      expectProblem(await one.put(uploadId, 2, Buffer.alloc(1001)), 'upload_too_large');
      expectStored([await other.put(uploadId, 2, Buffer.alloc(900))]);
      await breakOff(await onItsWay(bases[0], uploadId, 3, 100));
      expectStored([await other.put(uploadId, 4, Buffer.alloc(100))]);
      expectStored([await one.put(uploadId, 2, Buffer.alloc(1))]);
      expectStored([await other.put(uploadId, 5, Buffer.alloc(899))]);
      const wrong = await one.put(uploadId, 2, Buffer.alloc(1), { 'content-digest': `sha-256=:${'A'.repeat(43)}=:` });
      expectProblem(wrong, 'digest_mismatch');
      expect(await storedBytes(uploadId)).to.equal(1000);
    });
  });

  describe('with the claim of a process that died', () => {
    const died = (uploadId: string, secondsAgo: number) =>
      claimPart(
        services.table,
        uploadId,
        { partNumber: 3, size: 100 },
        { ...CLAIMED, now: Date.now() - secondsAgo * 1000 },
      );

    it('keeps claimed bytes from other parts until the claim expires, and never from the same part', async () => {
      const uploadId = await begin(100);
      const claim = await died(uploadId, CLAIMED.seconds - 60);
      expectProblem(await one.put(uploadId, 2, Buffer.alloc(1)), 'upload_too_large');
      expectStored([await other.put(uploadId, 3, Buffer.alloc(100))]);
      expectStored([await one.put(uploadId, 3, Buffer.alloc(50))]);
      await releasePartClaim(services.table, claim);
    });

    it('frees claimed bytes for every part after the claim expires, whether the table has removed it or not', async () => {
      const uploadId = await begin(100);
      const claim = await died(uploadId, CLAIMED.seconds + 2);
      expectStored([await one.put(uploadId, 2, Buffer.alloc(100))]);
      await releasePartClaim(services.table, claim);
    });
  });

  describe('with a claim', () => {
    it('is claimed with a number of bytes and an expiry, beyond the longest request, and shown to nobody', async () => {
      const { uploadId } = await one.begin({ contentLength: 1000 });
      const before = [await one.read(uploadId), await one.list(uploadId)].map(jsonOf);
      const started = Math.floor(Date.now() / 1000);
      const socket = await onItsWay(bases[0], uploadId, 2, 500);
      const [claim, ...more] = await claims();
      expect(more).to.deep.equal([]);
      const { partitionKey, sortKey, timeToLiveAttribute } = IMAGE_TABLE;
      expect(claim).to.have.all.keys(partitionKey, sortKey, 'partNumber', 'size', timeToLiveAttribute);
      expect(claim).to.include({ partNumber: 2, size: 500 });
      const seconds = Number(claim?.[timeToLiveAttribute]) - started;
      expect(seconds).to.be.within(60 + 240, 60 + 600);
      expect([await one.read(uploadId), await one.list(uploadId)].map(jsonOf)).to.deep.equal(before);
      await breakOff(socket);
    });

    it('loses its claims when the upload is aborted meanwhile', async () => {
      const uploadId = await begin(1000);
      const socket = await onItsWay(bases[0], uploadId, 2, 500);
      expect((await other.abort(uploadId)).status).to.equal(204);
      expect(await finish(socket)).to.match(/^HTTP\/1\.1 410 [\s\S]*upload_aborted/);
    });

    it('is not claimed once URLs of parts are signed, when every part must be regular', async () => {
      const uploadId = await begin(1000);
      const claim = await claimPart(services.table, uploadId, { partNumber: 9, size: 1000 }, CLAIMED);
      const urls = await one.partUrls(uploadId, { parts: [{ partNumber: 1, contentLength: 1000 }] });
      expect(urls.status, urls.body.toString()).to.equal(200);
      expectProblem(await other.put(uploadId, 2, Buffer.alloc(1)), 'part_too_large');
      expectStored([await other.put(uploadId, 1, Buffer.alloc(1000))]);
      await releasePartClaim(services.table, claim);
    });
  });
});
