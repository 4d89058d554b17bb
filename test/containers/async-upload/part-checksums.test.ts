import { expect } from 'chai';
import { CHECKED_BYTES, CHECKSUMS, DIGEST_HEADERS, wrong } from '../../support/http/checksum-vectors.ts';
import { expectProblem, jsonOf } from '../../support/http/http-client.ts';
import { md5, multipartClient, sha256 } from '../../support/services/multipart-client.ts';
import { type Services, startServices } from '../../support/services/services.ts';

describe('Checksums of a part', () => {
  let services: Services;
  let uploadId: string;
  const client = multipartClient(() => services.asyncUpload);
  before(async () => {
    services = await startServices();
    ({ uploadId } = await client.begin());
  });
  after(() => services.stop());
  beforeEach(() => void services.logs.splice(0));
  afterEach('fails at nothing itself, and leaves nothing half written', async () => {
    expect(services.logs.filter(({ level }) => level >= 50)).to.deep.equal([]);
    expect((await services.leftovers()).filter((name) => name.startsWith('incoming/'))).to.deep.equal([]);
  });

  const put = (headers: Record<string, string>, body = CHECKED_BYTES, partNumber = 1) =>
    client.put(uploadId, partNumber, body, headers);
  const listed = async () => jsonOf(await client.list(uploadId)).parts;

  for (const [name, right, other] of DIGEST_HEADERS) {
    it(`are accepted in ${name} when they are right: ${right.slice(0, 40)}`, async () => {
      const answer = await put({ [name]: right });
      expect(answer.status, answer.body.toString()).to.equal(200);
    });

    it(`refuse a part in ${name} when they are wrong, and keep the former one: ${other.slice(0, 40)}`, async () => {
      const kept = await client.part(uploadId, 1, Buffer.from('earlier'));
      const before = await listed();
      expect(before[0]).to.include(kept);
      const problem = expectProblem(await put({ [name]: other }), 'digest_mismatch');
      expect(problem.detail.toLowerCase()).to.match(new RegExp(`^${name} promised .* the bytes received have`));
      expect(await listed()).to.deep.equal(before);
    });
  }

  const all = Object.fromEntries(DIGEST_HEADERS.map(([name, right]) => [name, right]));

  it('are accepted in every header at once', async () => {
    expect(await put(all)).to.include({ status: 200 });
  });

  for (const [name, , other] of DIGEST_HEADERS.slice(3)) {
    it(`refuse a part for the one wrong ${name} among others that are right`, async () => {
      const problem = expectProblem(await put({ ...all, [name]: other }, CHECKED_BYTES, 2), 'digest_mismatch');
      expect(problem.detail.toLowerCase()).to.match(new RegExp(`^${name} promised`));
      expect((await listed()).map(({ partNumber }: { partNumber: number }) => partNumber)).to.not.include(2);
    });
  }

  it('cover all bytes of a large part', async () => {
    const bytes = Buffer.alloc(1_000_001, 'large');
    const right = { 'content-md5': md5(bytes), 'x-amz-checksum-sha256': sha256(bytes) };
    expect(await put(right, bytes)).to.include({ status: 200 });
    expectProblem(await put(right, bytes.fill('x', 1_000_000)), 'digest_mismatch');
  });

  const malformed: Record<string, [name: string, value: string]> = {
    'of an algorithm that is not known': ['x-amz-checksum-foo', 'AAAA'],
    'of no algorithm': ['x-amz-checksum-', 'AAAA'],
    'of the type that S3 declares with an upload': ['x-amz-checksum-type', 'COMPOSITE'],
    'in hex': ['x-amz-checksum-sha256', Buffer.from(CHECKSUMS.sha256, 'base64').toString('hex')],
    'that are too short': ['x-amz-checksum-crc64nvme', CHECKSUMS.crc32],
    'that are too long': ['x-amz-checksum-crc32', CHECKSUMS.crc64nvme],
    'that are no base64': ['x-amz-checksum-crc32', '!!!!!!=='],
    'that are empty': ['x-amz-checksum-md5', ''],
    'with an empty Content-MD5': ['content-md5', ''],
    'with a Content-MD5 in hex': ['content-md5', Buffer.from(CHECKSUMS.md5, 'base64').toString('hex')],
    'with a Content-Digest of another algorithm': ['content-digest', `md5=:${CHECKSUMS.md5}:`],
    'with a Content-Digest that is none': ['content-digest', CHECKSUMS.sha256],
  };
  for (const [name, [header, value]] of Object.entries(malformed)) {
    it(`refuse a part when they are malformed: ${name}`, async () => {
      const problem = expectProblem(await put({ [header]: value }), 'invalid_request');
      expect(new Set(problem.errors?.map(({ path }) => path))).to.deep.equal(new Set([`headers.${header}`]));
    });
  }

  it('refuse a part when a header holds two', async () => {
    const header = 'x-amz-checksum-crc32';
    const answer = await client.call({
      method: 'PUT',
      path: `/v1/uploads/${uploadId}/parts/1`,
      headers: { [header]: [CHECKSUMS.crc32, wrong(CHECKSUMS.crc32)] },
      body: CHECKED_BYTES,
    });
    expectProblem(answer, 'invalid_request');
  });

  it('refuse a part when a header names an algorithm like a property of every object', async () => {
    expectProblem(await put({ 'x-amz-checksum-constructor': 'AAAA' }), 'invalid_request');
  });

  it('ignore headers of S3 that hold no checksum of the body', async () => {
    const headers = { 'x-amz-content-sha256': 'UNSIGNED-PAYLOAD', 'x-amz-date': '20260101T000000Z' };
    expect(await put(headers)).to.include({ status: 200 });
  });
});
