import { createHash } from 'node:crypto';
import { expect } from 'chai';
import { FORM_TYPE, filePart, formBody } from '../../support/http/form-body.ts';
import { expectProblem, jsonOf, send } from '../../support/http/http-client.ts';
import { photograph } from '../../support/images/photographs.ts';
import { type Services, startServices } from '../../support/services/services.ts';

const jpeg = await photograph('jpeg', 300, 300);
const form = formBody([filePart(jpeg)]);
const digest = (algorithm: string, body: Buffer) => createHash(algorithm).update(body).digest('base64');

/** Each header, as it is written for a body. */
const HEADERS: Record<string, (body: Buffer) => [name: string, value: string]> = {
  'Content-MD5': (body) => ['content-md5', digest('md5', body)],
  'x-amz-checksum-sha256': (body) => ['x-amz-checksum-sha256', digest('sha256', body)],
  'Content-Digest with sha-256': (body) => ['content-digest', `sha-256=:${digest('sha256', body)}:`],
  'Content-Digest with sha-512': (body) => ['content-digest', `sha-512=:${digest('sha512', body)}:`],
  'Content-Digest with both': (body) => [
    'content-digest',
    `sha-256=:${digest('sha256', body)}:, sha-512=:${digest('sha512', body)}:`,
  ],
  'Content-Digest with another beside it': (body) => [
    'content-digest',
    `unixsum=12, sha-256=:${digest('sha256', body)}:`,
  ],
};

const MALFORMED: Record<string, [name: string, value: string, detail: RegExp]> = {
  'a Content-MD5 that is too short': ['content-md5', 'AAAA', /content-md5/i],
  'a Content-MD5 in hex': ['content-md5', createHash('md5').update(jpeg).digest('hex'), /content-md5/i],
  'an x-amz-checksum-sha256 that is no base64': ['x-amz-checksum-sha256', '?'.repeat(44), /x-amz-checksum-sha256/i],
  'an x-amz-checksum-sha256 in hex': ['x-amz-checksum-sha256', 'a'.repeat(64), /x-amz-checksum-sha256/i],
  'a Content-Digest that is no dictionary': ['content-digest', '=:=', /RFC 9530/],
  'a Content-Digest that is text': ['content-digest', 'sha-256="abc"', /sha-256 must be a byte sequence/],
  'a Content-Digest of an unknown algorithm': ['content-digest', 'crc32=:AAAAAA==:', /sha-256, sha-512/],
  'a Content-Digest without members': ['content-digest', '', /content-digest/i],
  'a Content-Digest with one good and one bad member': [
    'content-digest',
    `sha-256=:${digest('sha256', jpeg)}:, sha-512=1`,
    /sha-512 must be a byte sequence/,
  ],
};

describe('Digests of an upload', () => {
  let services: Services;
  before(async () => {
    services = await startServices();
  });
  after(() => services.stop());

  const ways: Record<string, [body: Buffer, headers: Record<string, string>]> = {
    'raw bytes': [jpeg, { 'content-type': 'image/jpeg' }],
    'a form': [form, { 'content-type': FORM_TYPE }],
  };
  const post = (body: Buffer | Buffer[], headers: Record<string, string>) =>
    send(services.upload, { method: 'POST', path: '/v1/images', headers, body });

  describe('when they are wrong', () => {
    afterEach('leaves nothing behind', async () => expect(await services.leftovers()).to.deep.equal([]));

    for (const [way, [body, type]] of Object.entries(ways)) {
      for (const [header, write] of Object.entries(HEADERS)) {
        it(`refuse ${way} because of its ${header}`, async () => {
          const [name, value] = write(Buffer.from('other bytes'));
          const problem = expectProblem(await post(body, { ...type, [name]: value }), 'digest_mismatch');
          expect(problem.detail.toLowerCase()).to.match(new RegExp(`${name} promised .* the bytes received have`));
        });
      }
    }

    it('refuse a chunked body of many chunks', async () => {
      const chunks = Array.from({ length: 20 }, (_, index) => jpeg.subarray(index * 1000, index * 1000 + 1000));
      const [name, value] = ['content-md5', digest('md5', jpeg.subarray(0, -1))];
      expectProblem(await post(chunks.slice(0, 20), { [name]: value }), 'digest_mismatch');
    });

    it('refuse an upload because of the wrong one of two headers', async () => {
      const headers = { 'content-md5': digest('md5', jpeg), 'x-amz-checksum-sha256': digest('sha256', form) };
      const problem = expectProblem(await post(jpeg, headers), 'digest_mismatch');
      expect(problem.detail).to.match(/^x-amz-checksum-sha256 promised/);
    });

    it('refuse a form whose header has the digest of the image alone', async () => {
      expectProblem(
        await post(form, { 'content-type': FORM_TYPE, 'content-md5': digest('md5', jpeg) }),
        'digest_mismatch',
      );
    });

    for (const [name, [header, value, detail]] of Object.entries(MALFORMED)) {
      it(`refuse ${name}`, async () => {
        const problem = expectProblem(await post(jpeg, { [header]: value }), 'invalid_request');
        expect(problem.errors?.map(({ path }) => path)).to.deep.equal([`headers.${header}`]);
        expect(problem.detail).to.match(detail);
      });
    }
  });

  describe('when they are right', () => {
    for (const [way, [body, type]] of Object.entries(ways)) {
      for (const [header, write] of Object.entries(HEADERS)) {
        it(`accept ${way} with ${header}`, async () => {
          const [name, value] = write(body);
          const answer = await post(body, { ...type, [name]: value });
          expect(answer.status, answer.body.toString()).to.equal(201);
          expect(jsonOf(answer)).to.include({ contentLength: jpeg.length, checksumSha256: digest('sha256', jpeg) });
        });
      }
    }

    it('accept an upload with all headers at once, in chunks', async () => {
      const headers = Object.fromEntries(Object.values(HEADERS).map((write) => write(jpeg)));
      const answer = await post([jpeg.subarray(0, 3), jpeg.subarray(3)], headers);
      expect(answer.status, answer.body.toString()).to.equal(201);
    });
  });
});
