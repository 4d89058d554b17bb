import { expect } from 'chai';
import { signPartUrl } from '../../../containers/async-upload/part-url.ts';
import { partUrlsSchema } from '../../../shared/contracts/api/upload-view.ts';
import type { ErrorCode } from '../../../shared/domain/errors.ts';
import { LIMITS } from '../../../shared/domain/limits.ts';
import { type Answered, expectProblem, jsonOf, send } from '../../support/http/http-client.ts';
import { photograph } from '../../support/images/photographs.ts';
import { md5, multipartClient } from '../../support/services/multipart-client.ts';
import { PART_URL_SECRET, type Services, startServices } from '../../support/services/services.ts';
import { writtenUpload } from '../../support/services/upload-items.ts';

const jpeg = await photograph('jpeg', 200, 200);

describe('POST /v1/uploads/{uploadId}/part-urls', () => {
  let services: Services;
  let uploadId: string;
  const client = multipartClient(() => services.asyncUpload);
  before(async () => {
    services = await startServices();
  });
  after(() => services.stop());
  beforeEach(async () => {
    services.logs.splice(0);
    ({ uploadId } = await client.begin());
  });
  afterEach('fails at nothing itself', () => {
    expect(services.logs.filter(({ level }) => level >= 50)).to.deep.equal([]);
  });

  const ask = async (body: object, upload = uploadId) => {
    const answer = await client.partUrls(upload, body);
    expect(answer.status, answer.body.toString()).to.equal(200);
    expect(partUrlsSchema.validate(jsonOf(answer), { convert: false }).error).to.equal(undefined);
    return jsonOf(answer);
  };
  const urlFor = async (part: object, more: object = {}, upload = uploadId): Promise<string> =>
    (await ask({ parts: [part], ...more }, upload)).parts[0].url;
  /** A request to a part URL as any client would send it. */
  const put = (
    url: string,
    body: Buffer | Buffer[] = jpeg,
    headers: Record<string, string> = {},
  ): Promise<Answered> => {
    const { origin, pathname, search } = new URL(url);
    return send(origin, { method: 'PUT', path: `${pathname}${search}`, headers, body });
  };
  const whole = { partNumber: 1, contentLength: jpeg.length };

  it('answers a URL for each part, in the order asked for, with its expiry', async () => {
    const parts = [3, 1, 2].map((partNumber) => ({ partNumber, contentLength: 10, contentMd5: md5(jpeg) }));
    const before = Math.floor(Date.now() / 1000);
    const answered = await ask({ parts, expiresIn: 60 });
    const after = Math.floor(Date.now() / 1000);
    expect(answered).to.have.all.keys('uploadId', 'parts');
    expect(answered.uploadId).to.equal(uploadId);
    expect(answered.parts.map(({ partNumber }: { partNumber: number }) => partNumber)).to.deep.equal([3, 1, 2]);
    for (const { method, headers, expiresAt } of answered.parts) {
      expect(method).to.equal('PUT');
      expect(headers).to.deep.equal({ 'content-md5': md5(jpeg) });
      expect(Date.parse(expiresAt) / 1000).to.be.within(before + 60, after + 60);
    }
  });

  it('gives 15 minutes without expiresIn, and never more than the upload has left', async () => {
    const before = Math.floor(Date.now() / 1000);
    const [part] = (await ask({ parts: [whole] })).parts;
    expect(Date.parse(part.expiresAt) / 1000 - 900).to.be.within(before, Date.now() / 1000);
    expect(part.headers).to.deep.equal({});
    const ending = await writtenUpload(services, { validUntil: new Date(Date.now() + 100_000).toISOString() });
    const [short] = (await ask({ parts: [whole], expiresIn: 3600 }, ending.uploadId)).parts;
    expect(Date.parse(short.expiresAt)).to.be.at.most(Date.parse(ending.validUntil));
  });

  it('takes exactly the signed length, from plain fetch without other headers', async () => {
    const url = await urlFor(whole);
    const response = await fetch(url, { method: 'PUT', body: new Uint8Array(jpeg) });
    expect(response.status).to.equal(200);
    const part = (await response.json()) as { eTag: string };
    expect(response.headers.get('etag')).to.equal(`"${part.eTag}"`);
    expect(await client.completed(uploadId, [{ partNumber: 1, eTag: part.eTag }])).to.include({
      contentLength: jpeg.length,
    });
  });

  it('takes a part again while the URL is valid', async () => {
    const url = await urlFor(whole);
    for (let round = 0; round < 2; round += 1) expect(await put(url)).to.include({ status: 200 });
  });

  it('refuses another length than was signed', async () => {
    const url = await urlFor(whole);
    for (const body of [jpeg.subarray(1), Buffer.concat([jpeg, Buffer.of(0)]), Buffer.alloc(0), [jpeg]]) {
      expectProblem(await put(url, body), 'part_url_invalid');
    }
    expect(await client.stored(uploadId)).to.deep.equal([]);
  });

  it('takes only the bytes of the signed Content-MD5, sent with that header', async () => {
    const url = await urlFor({ ...whole, contentMd5: md5(jpeg) });
    const other = Buffer.from(jpeg).fill('x', 100);
    expectProblem(await put(url), 'part_url_invalid');
    expectProblem(await put(url, other, { 'content-md5': md5(other) }), 'part_url_invalid');
    expectProblem(await put(url, other, { 'content-md5': md5(jpeg) }), 'digest_mismatch');
    expect(await client.stored(uploadId)).to.deep.equal([]);
    expect(await put(url, jpeg, { 'content-md5': md5(jpeg) })).to.include({ status: 200 });
  });

  it('refuses a Content-MD5 that was not signed, and takes other checksums', async () => {
    const url = await urlFor(whole);
    expectProblem(await put(url, jpeg, { 'content-md5': md5(jpeg) }), 'part_url_invalid');
    expect(await put(url, jpeg, { 'x-amz-checksum-md5': md5(jpeg) })).to.include({ status: 200 });
    expectProblem(await put(url, jpeg, { 'x-amz-checksum-md5': md5(Buffer.from('a')) }), 'digest_mismatch');
  });

  const tampered: Record<string, (url: string, other: string) => string> = {
    'another part': (url) => url.replace('/parts/1', '/parts/2'),
    'another spelling of the part': (url) => url.replace('/parts/1', '/parts/%31%30'),
    'another upload': (url, other) => url.replace(uploadId, other),
    'a later end': (url) => url.replace(/expires=(\d+)/, (_, end) => `expires=${Number(end) + 1}`),
    'another signature': (url) => url.replace(/signature=(.)/, (_, first) => `signature=${first === 'a' ? 'b' : 'a'}`),
    'half a signature': (url) => url.slice(0, -10),
    'a signature that is longer': (url) => `${url}a`,
    'a signature of many bytes': (url) => url.replace(/signature=.*/, `signature=${'%C3%A9'.repeat(43)}`),
    'an end before time began': (url) => url.replace(/expires=\d+/, 'expires=-1'),
    'an end that no date has': (url) => url.replace(/expires=\d+/, 'expires=9007199254740991'),
  };
  for (const [name, tamper] of Object.entries(tampered)) {
    it(`refuses a URL with ${name}`, async () => {
      const { uploadId: other } = await client.begin();
      const url = tamper(await urlFor(whole), other);
      expectProblem(await put(url), 'part_url_invalid');
      for (const upload of [uploadId, other]) expect(await client.stored(upload)).to.deep.equal([]);
    });
  }

  /** Each means the same to a parser that is lenient. What no URL says is no request; what another URL would say was not signed. */
  const respelled: Record<string, [spell: (url: string) => string, code: ErrorCode]> = {
    'a leading zero': [(url) => url.replace('expires=', 'expires=0'), 'invalid_request'],
    'many leading zeros': [(url) => url.replace('expires=', 'expires=00000000'), 'invalid_request'],
    'a plus sign': [(url) => url.replace('expires=', 'expires=%2B'), 'invalid_request'],
    'a space before its end': [(url) => url.replace('expires=', 'expires=+'), 'invalid_request'],
    'a space behind its end': [(url) => url.replace(/expires=\d+/, '$&%20'), 'invalid_request'],
    'a line break': [(url) => url.replace(/expires=\d+/, '$&%0A'), 'invalid_request'],
    'an exponent': [(url) => url.replace(/expires=\d+/, '$&e0'), 'invalid_request'],
    'a fraction of nothing': [(url) => url.replace(/expires=\d+/, '$&.0'), 'invalid_request'],
    'a point': [(url) => url.replace(/expires=\d+/, '$&.'), 'invalid_request'],
    'hexadecimal digits': [
      (url) => url.replace(/expires=(\d+)/, (_, end) => `expires=0x${Number(end).toString(16)}`),
      'invalid_request',
    ],
    'a minus sign before 0': [(url) => url.replace(/expires=\d+/, 'expires=-0'), 'invalid_request'],
    'a list of one': [(url) => url.replace('expires=', 'expires[]='), 'invalid_request'],
    'its end twice': [(url) => url.replace(/expires=\d+/, '$&&$&'), 'invalid_request'],
    'its signature twice': [(url) => url.replace(/signature=.*/, '$&&$&'), 'invalid_request'],
    'a capital letter in a name': [(url) => url.replace('expires=', 'Expires='), 'invalid_request'],
    'a parameter of nobody': [(url) => `${url}&a=`, 'invalid_request'],
    'a signature that is padded': [(url) => `${url}=`, 'part_url_invalid'],
    'a space behind its signature': [(url) => `${url}+`, 'part_url_invalid'],
    'a leading zero in the part': [(url) => url.replace('/parts/1', '/parts/01'), 'invalid_request'],
  };
  for (const [name, [spell, code]] of Object.entries(respelled)) {
    it(`refuses another spelling of a URL, with ${name}`, async () => {
      const url = await urlFor(whole);
      expectProblem(await put(spell(url)), code);
      expect(await client.stored(uploadId)).to.deep.equal([]);
      expect(await put(url)).to.include({ status: 200 });
    });
  }

  it('refuses a part after the URL has expired', async () => {
    const expires = Math.floor(Date.now() / 1000) - 1;
    const url = signPartUrl(uploadId, whole, { base: services.asyncUpload, expires, secret: PART_URL_SECRET });
    const problem = expectProblem(await put(url), 'part_url_expired');
    expect(problem.detail).to.match(/expired at .*Z/);
    expectProblem(await put(url.replace('/parts/1', '/parts/2')), 'part_url_invalid');
    expect(await client.stored(uploadId)).to.deep.equal([]);
  });

  it('refuses a part of an upload that has ended', async () => {
    const url = await urlFor(whole);
    expect((await client.abort(uploadId)).status).to.equal(204);
    expectProblem(await put(url), 'upload_aborted');
  });

  it('keeps to the declared length when URLs are asked for one at a time', async () => {
    const contentLength = 100_000;
    const { uploadId: small } = await client.begin({ contentLength });
    const body = Buffer.alloc(contentLength, 'a');
    const urls: string[] = [];
    for (let partNumber = 1; partNumber <= 12; partNumber += 1) {
      const answer = await client.partUrls(small, { parts: [{ partNumber, contentLength }] });
      if (answer.status === 200) urls.push(jsonOf(answer).parts[0].url);
      else expect(expectProblem(answer, 'part_too_large')).to.include({ actual: contentLength, unit: 'bytes' });
    }
    // Only now: what is stored already the service could see.
    for (const url of urls) expect(await put(url, body)).to.include({ status: 200 });
    expect(await client.stored(small)).to.deep.equal([[1, contentLength]]);
  });

  it('signs only parts of their regular size, and says what each may have', async () => {
    const { uploadId: small, partSize } = await client.begin({ contentLength: 10_000_000 });
    const left = 10_000_000 - partSize;
    const asked = [
      [1, partSize, true],
      [1, partSize + 1, false],
      [2, left, true],
      [2, left + 1, false],
      [2, 1, true],
      [3, 1, false],
    ] as const;
    for (const [partNumber, contentLength, isTaken] of asked) {
      const answer = await client.partUrls(small, { parts: [whole, { partNumber, contentLength }] });
      if (isTaken) expect(answer.status, answer.body.toString()).to.equal(200);
      else {
        const { detail, limit } = expectProblem(answer, 'part_too_large');
        expect(limit).to.equal({ 1: partSize, 2: left, 3: 0 }[partNumber]);
        expect(detail).to.include(`Part ${partNumber}`).and.include(String(partSize));
      }
    }
  });

  it('signs no more parts than an upload may have when no length was declared', async () => {
    const { partSize } = await client.begin();
    const most = LIMITS.asyncUploadBytes / partSize;
    const parts = Array.from({ length: most }, (_, index) => ({ partNumber: index + 1, contentLength: partSize }));
    await ask({ parts });
    for (const partNumber of [most + 1, LIMITS.partsPerUpload]) {
      const behind = await client.partUrls(uploadId, { parts: [{ partNumber, contentLength: 1 }] });
      expect(expectProblem(behind, 'part_too_large').detail).to.match(/behind the end/);
    }
  });

  it('holds the upload to regular parts in every other way too, from the first URL on', async () => {
    const { uploadId: small, partSize } = await client.begin({ contentLength: 10_000_000 });
    // Known a moment ago, when nobody had a URL.
    await client.part(small, 2, Buffer.alloc(10));
    await urlFor(whole, {}, small);
    const larger = Buffer.alloc(partSize + 1);
    for (let time = 0; time < 2; time += 1) {
      expect(expectProblem(await client.put(small, 1, larger), 'part_too_large')).to.include({ limit: partSize });
    }
    expect(await client.stored(small)).to.deep.equal([[2, 10]]);
    await client.part(small, 1, jpeg);
  });

  it('refuses URLs for an upload that has an irregular part, and says what to do', async () => {
    const { uploadId: small, partSize } = await client.begin({ contentLength: 10_000_000 });
    await client.part(small, 1, Buffer.alloc(partSize + 1));
    const problem = expectProblem(await client.partUrls(small, { parts: [whole] }), 'part_urls_refused');
    expect(problem.detail)
      .to.include(String(partSize))
      .and.match(/new upload/);
    await client.part(small, 1, Buffer.alloc(partSize + 2));
  });

  it('signs as many parts at once as a page has, and no more', async () => {
    const parts = Array.from({ length: LIMITS.partsPerPage + 1 }, () => whole);
    expect((await ask({ parts: parts.slice(1) })).parts).to.have.length(LIMITS.partsPerPage);
    const problem = expectProblem(await client.partUrls(uploadId, { parts }), 'invalid_request');
    expect(problem.errors?.map(({ path }) => path)).to.deep.equal(['parts']);
  });

  const refused: Record<string, [body: unknown, path: string]> = {
    'no parts': [{}, 'parts'],
    'an empty list': [{ parts: [] }, 'parts'],
    'a list as the body': [[whole], 'body'],
    'part 0': [{ parts: [{ ...whole, partNumber: 0 }] }, 'parts[0].partNumber'],
    'part 10,001': [{ parts: [{ ...whole, partNumber: 10_001 }] }, 'parts[0].partNumber'],
    'half a part': [{ parts: [whole, { ...whole, partNumber: 1.5 }] }, 'parts[1].partNumber'],
    'no length': [{ parts: [{ partNumber: 1 }] }, 'parts[0].contentLength'],
    'a length of 0': [{ parts: [{ ...whole, contentLength: 0 }] }, 'parts[0].contentLength'],
    'a length above 512 MiB': [
      { parts: [{ ...whole, contentLength: LIMITS.maxPartBytes + 1 }] },
      'parts[0].contentLength',
    ],
    'a Content-MD5 in hex': [{ parts: [{ ...whole, contentMd5: 'a'.repeat(32) }] }, 'parts[0].contentMd5'],
    'an empty Content-MD5': [{ parts: [{ ...whole, contentMd5: '' }] }, 'parts[0].contentMd5'],
    'an unknown field': [{ parts: [{ ...whole, sha: 'a' }] }, 'parts[0].sha'],
    'no time': [{ parts: [whole], expiresIn: 0 }, 'expiresIn'],
    'more than an hour': [{ parts: [whole], expiresIn: LIMITS.partUrlSeconds + 1 }, 'expiresIn'],
    'half a second': [{ parts: [whole], expiresIn: 0.5 }, 'expiresIn'],
  };
  for (const [name, [body, path]] of Object.entries(refused)) {
    it(`refuses ${name}`, async () => {
      const problem = expectProblem(await client.partUrls(uploadId, body), 'invalid_request');
      expect(new Set(problem.errors?.map((error) => error.path))).to.deep.equal(new Set([path]));
    });
  }

  for (const [name, body] of Object.entries({
    'a length as text': { parts: [{ partNumber: 1, contentLength: '10' }] },
    'a part number as text': { parts: [{ partNumber: '1', contentLength: 10 }] },
    'a time as text': { parts: [whole], expiresIn: '60' },
  })) {
    it(`refuses ${name}`, async () => {
      expectProblem(await client.partUrls(uploadId, body), 'invalid_request');
    });
  }
});
