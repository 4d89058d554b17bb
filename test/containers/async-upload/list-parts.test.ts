import { expect } from 'chai';
import { parseDictionary } from 'structured-headers';
import { partListSchema } from '../../../shared/contracts/api/upload-view.ts';
import { LIMITS } from '../../../shared/domain/limits.ts';
import { expectProblem, jsonOf } from '../../support/http/http-client.ts';
import { multipartClient, type Named } from '../../support/services/multipart-client.ts';
import { type Services, startServices } from '../../support/services/services.ts';

const NUMBERS = [1, 2, 5, 7, 10, 9_999, 10_000];

const BEGUN = Date.now();

describe('GET /v1/uploads/{uploadId}/parts', () => {
  let services: Services;
  let uploadId: string;
  let parts: Named[];
  const client = multipartClient(() => services.asyncUpload);
  before(async () => {
    services = await startServices();
    ({ uploadId } = await client.begin({ contentLength: 1000 }));
    parts = [];
    for (const number of NUMBERS.toReversed()) {
      parts.unshift(await client.part(uploadId, number, Buffer.alloc(number % 97 || 1)));
    }
  });
  after(() => services.stop());

  const page = async (query = '') => {
    const answer = await client.list(uploadId, query);
    expect(answer.status, answer.body.toString()).to.equal(200);
    expect(partListSchema.validate(jsonOf(answer), { convert: false }).error).to.equal(undefined);
    return jsonOf(answer);
  };
  const numbers = ({ parts: listed }: { parts: Named[] }) => listed.map(({ partNumber }) => partNumber);

  it('lists every part in ascending order, with its eTag, size and time', async () => {
    const listed = await page();
    expect(listed).to.deep.include({
      uploadId,
      contentLength: 1000,
      partSize: 8 * 1024 * 1024,
      maxParts: LIMITS.partsPerPage,
      partNumberMarker: 0,
      isTruncated: false,
    });
    expect(listed).to.not.have.property('nextPartNumberMarker');
    expect(listed.parts).to.have.length(NUMBERS.length);
    for (const [index, part] of listed.parts.entries()) {
      expect(part).to.include({ ...parts[index], size: Number(NUMBERS[index]) % 97 || 1 });
      expect(Date.parse(part.lastModified)).to.be.within(BEGUN, Date.now());
    }
  });

  it('lists nothing for an upload without parts', async () => {
    const { uploadId: empty } = await client.begin();
    const listed = jsonOf(await client.list(empty));
    expect(listed).to.deep.include({ parts: [], isTruncated: false });
    expect(listed).to.not.have.property('contentLength');
  });

  for (const size of [1, 2, 3, 7, 1000]) {
    it(`lists the parts in pages of ${size}`, async () => {
      const seen: number[] = [];
      for (let marker: number | undefined = 0; marker !== undefined; ) {
        const listed = await page(`?max-parts=${size}&part-number-marker=${marker}`);
        expect(listed).to.include({ maxParts: size, partNumberMarker: marker });
        expect(listed.parts.length).to.be.at.most(size);
        expect(listed.isTruncated).to.equal(listed.nextPartNumberMarker !== undefined);
        if (listed.isTruncated) expect(listed.nextPartNumberMarker).to.equal(numbers(listed).at(-1));
        seen.push(...numbers(listed));
        marker = listed.nextPartNumberMarker;
      }
      expect(seen).to.deep.equal(NUMBERS);
    });
  }

  it('begins a page after a number that no part has, and ends after the last part', async () => {
    expect(numbers(await page('?part-number-marker=6'))).to.deep.equal([7, 10, 9_999, 10_000]);
    expect(await page('?part-number-marker=10000')).to.deep.include({ parts: [], isTruncated: false });
  });

  for (const [query, path] of [
    ['max-parts=0', 'query.max-parts'],
    ['max-parts=1001', 'query.max-parts'],
    ['max-parts=-1', 'query.max-parts'],
    ['max-parts=1.5', 'query.max-parts'],
    ['max-parts=all', 'query.max-parts'],
    ['max-parts=', 'query.max-parts'],
    ['max-parts=1&max-parts=2', 'query.max-parts'],
    ['part-number-marker=-1', 'query.part-number-marker'],
    ['part-number-marker=10001', 'query.part-number-marker'],
    ['part-number-marker=a', 'query.part-number-marker'],
    ['marker=1', 'query.marker'],
  ]) {
    it(`refuses ${query}`, async () => {
      const problem = expectProblem(await client.list(uploadId, `?${query}`), 'invalid_request');
      expect(problem.errors?.map((error) => error.path)).to.deep.equal([path]);
    });
  }

  it('names the limits of the upload in Upload-Limit', async () => {
    const { headers } = await client.list(uploadId);
    const limits = parseDictionary(String(headers['upload-limit']));
    expect(limits.get('max-size')?.[0]).to.equal(1000);
    expect(limits.get('max-append-size')?.[0]).to.equal(LIMITS.maxPartBytes);
    const passed = Math.ceil((Date.now() - BEGUN) / 1000);
    expect(limits.get('max-age')?.[0]).to.be.within(LIMITS.uploadSeconds - passed, LIMITS.uploadSeconds);
    expect(headers['cache-control']).to.equal('no-store');
  });

  it('answers HEAD without the list', async () => {
    const answer = await client.call({ method: 'HEAD', path: `/v1/uploads/${uploadId}/parts` });
    expect(answer.status).to.equal(200);
    expect(answer.headers['upload-limit']).to.be.a('string');
    expect(answer.body).to.have.length(0);
  });

  it('lists whole parts only while parts are replaced', async () => {
    const { uploadId: busy } = await client.begin();
    const puts = Promise.all(
      Array.from({ length: 40 }, (_, index) => client.put(busy, (index % 3) + 1, 'x'.repeat(index + 1))),
    );
    for (let round = 0; round < 10; round += 1) {
      const answer = await client.list(busy);
      expect(answer.status, answer.body.toString()).to.equal(200);
      for (const { size, eTag } of jsonOf(answer).parts) {
        expect(size).to.be.within(1, 40);
        expect(eTag).to.match(/^[0-9a-f]{32}$/);
      }
    }
    await puts;
    expect(services.logs.filter(({ level }) => level >= 50)).to.deep.equal([]);
  });
});
