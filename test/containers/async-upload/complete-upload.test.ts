import { randomUUID } from 'node:crypto';
import { text } from 'node:stream/consumers';
import { gzipSync } from 'node:zlib';
import { expect } from 'chai';
import { imageViewSchema } from '../../../shared/contracts/api/image-view.ts';
import { LIMITS } from '../../../shared/domain/limits.ts';
import { BILLION_LAUGHS, drawing, drawingOf } from '../../support/drawings/drawings.ts';
import { eventually } from '../../support/eventually.ts';
import { expectProblem, jsonOf, openSocket, send } from '../../support/http/http-client.ts';
import { claimingSize, photograph } from '../../support/images/photographs.ts';
import { multipartClient, type Named, sha256, type Upload } from '../../support/services/multipart-client.ts';
import { type Services, startServices } from '../../support/services/services.ts';

const MiB = 1024 * 1024;
const jpeg = await photograph('jpeg');
const png = await photograph('png');
const svg = await photograph('svg');
const large = await photograph('jpeg', 101, 100);
const huge = await claimingSize(65_536, 65_536);

/** An image in two parts: the first has what a part must have, and bytes that no decoder minds. */
const first = Buffer.concat([jpeg, Buffer.alloc(5 * MiB - jpeg.length)]);
const last = Buffer.from('the last bytes');

describe('POST /v1/uploads/{uploadId}/complete', () => {
  let services: Services;
  const client = multipartClient(() => services.asyncUpload);
  before(async () => {
    services = await startServices({ maxInputPixels: 10_000 });
  });
  after(() => services.stop());
  beforeEach(async () => {
    services.logs.splice(0);
    await services.receiveAll();
  });
  afterEach('fails at nothing itself', () => {
    expect(services.logs.filter(({ level }) => level >= 50)).to.deep.equal([]);
  });

  const uploaded = (declaration: object = {}, body = jpeg) => client.uploaded([body], declaration);
  const read = async (imageId: string) => jsonOf(await send(services.download, { path: `/v1/images/${imageId}` }));
  const tracesOf = async ({ imageId }: Upload) =>
    (await services.leftovers()).filter((name) => name.includes(imageId) && !name.startsWith('UPLOAD#'));
  /** Of an upload that has parts and nothing else. */
  const expectStillOpen = async ({ uploadId, imageId }: Upload, parts: Named[]) => {
    expect(jsonOf(await client.read(uploadId)).status).to.equal('open');
    expect(jsonOf(await client.list(uploadId)).parts.length).to.be.at.least(1);
    expect(await services.receiveAll()).to.deep.equal([]);
    expect(await client.completed(uploadId, parts)).to.include({ imageId });
  };

  describe('makes an image', () => {
    it('makes an image of all parts, with the facts that its bytes show and those that were declared', async () => {
      const declaration = {
        contentLength: first.length + last.length,
        checksumSha256: sha256(first, last),
        metadata: { title: 'Größe' },
        renditions: ['thumb', { name: 'own', commands: [{ operation: 'flip' }] }],
      };
      const { upload, parts } = await client.uploaded([first, last], declaration);
      const answer = await client.complete(upload.uploadId, parts, { 'x-request-id': 'the-completion' });
      expect(answer.status, answer.body.toString()).to.equal(201);
      const image = jsonOf(answer);
      expect(imageViewSchema.validate(image, { convert: false }).error).to.equal(undefined);
      expect(image).to.deep.include({
        imageId: upload.imageId,
        status: 'stored',
        contentType: 'image/jpeg',
        contentLength: declaration.contentLength,
        checksumSha256: declaration.checksumSha256,
        metadata: declaration.metadata,
        width: 48,
        height: 32,
      });
      expect(answer.headers.location).to.equal(`/v1/images/${upload.imageId}`);
      expect(answer.headers['cache-control']).to.equal('no-store');

      expect(await read(upload.imageId)).to.deep.equal(image);
      const original = await send(services.download, { path: image.links.original });
      expect(original.body.equals(Buffer.concat([first, last])), 'the bytes').to.equal(true);
      const { images } = jsonOf(await send(services.download, { path: '/v1/images?limit=100' }));
      expect(images.map(({ imageId }: { imageId: string }) => imageId)).to.include(upload.imageId);

      const messages = await services.receiveAll();
      expect(messages).to.have.length(1);
      expect(messages[0]).to.include({ imageId: upload.imageId, requestId: 'the-completion' });
      expect(messages[0]?.renditions.map(({ name }) => name)).to.deep.equal(['thumb', 'own']);

      const ended = jsonOf(await client.read(upload.uploadId));
      expect(ended.status).to.equal('completed');
      expect(ended.links).to.deep.equal({ self: upload.links.self, image: `/v1/images/${upload.imageId}` });
      expect((await services.leftovers()).filter((name) => /^(uploads|incoming)\//.test(name))).to.deep.equal([]);
    });

    it('makes an image from the eTags of the part uploads or of ListParts, which count as the same list', async () => {
      const upload = await client.begin();
      const put = [];
      for (const [index, bytes] of [first, last].entries()) {
        put.push(jsonOf(await client.put(upload.uploadId, index + 1, bytes)));
      }
      const { parts } = jsonOf(await client.list(upload.uploadId));
      const image = await client.completed(upload.uploadId, put);
      expect(await client.completed(upload.uploadId, parts)).to.deep.equal(image);
    });

    it('makes an image from the whole answer of ListParts, unchanged', async () => {
      const declarations = [{}, { contentLength: first.length + last.length }];
      for (const declaration of declarations) {
        const { upload } = await client.uploaded([first, last], declaration);
        const listed = await client.list(upload.uploadId);
        const answer = await client.completeFrom(upload.uploadId, listed.body.toString());
        expect(answer.status, answer.body.toString()).to.equal(201);
        expect(jsonOf(answer)).to.include({ imageId: upload.imageId, checksumSha256: sha256(first, last) });
      }
    });

    it('makes an image from a part that was sent again, although its first copy arrives later', async () => {
      const upload = await client.begin();
      const late = await openSocket(services.asyncUpload);
      const head = [
        `PUT /v1/uploads/${upload.uploadId}/parts/1 HTTP/1.1`,
        'Host: localhost',
        `Content-Length: ${first.length}`,
        'Connection: close',
      ];
      late.write(`${head.join('\r\n')}\r\n\r\n`);
      late.write(first.subarray(0, MiB));
      const parts = [await client.part(upload.uploadId, 1, first), await client.part(upload.uploadId, 2, last)];
      late.write(first.subarray(MiB));
      expect(await text(late))
        .to.match(/^HTTP\/1\.1 200 /)
        .and.include(`"eTag":"${parts[0]?.eTag}"`);
      expect(await client.completed(upload.uploadId, parts)).to.include({ checksumSha256: sha256(first, last) });
    });

    it('makes an image without sending a message when no rendition is asked for', async () => {
      const { upload, parts } = await uploaded();
      expect((await client.completed(upload.uploadId, parts)).renditions).to.deep.equal([]);
      expect(await services.receiveAll()).to.deep.equal([]);
    });

    it('gives the image the type of its bytes when none or an alias was declared', async () => {
      for (const [contentType, body, shown] of [
        ['application/octet-stream', png, 'image/png'],
        ['image/jpg', jpeg, 'image/jpeg'],
        ['image/x-png', png, 'image/png'],
        ['application/octet-stream', svg, 'image/svg+xml'],
        ['image/svg+xml', svg, 'image/svg+xml'],
      ] as const) {
        const { upload, parts } = await uploaded({ contentType }, body);
        expect(await client.completed(upload.uploadId, parts)).to.include({ contentType: shown });
      }
    });

    it('makes an image of an SVG with the most bytes allowed, whatever its pixels', async () => {
      const { upload, parts } = await uploaded({ contentType: 'image/svg+xml' }, drawingOf(LIMITS.svgBytes));
      const facts = { width: 48, height: 32, contentLength: LIMITS.svgBytes };
      expect(await client.completed(upload.uploadId, parts)).to.include(facts);
      const large = await uploaded({ contentType: 'image/svg+xml' }, drawing({ width: 20_000, height: 20_000 }));
      expect(await client.completed(large.upload.uploadId, large.parts)).to.include({ width: 20_000, height: 20_000 });
    });

    it('makes an image of the listed parts only, with gaps in their numbers', async () => {
      const { upload } = await client.uploaded([]);
      const named = [];
      for (const [number, body] of [
        [3, first],
        [500, Buffer.from('left out')],
        [9_999, last],
      ] as const) {
        named.push(await client.part(upload.uploadId, number, body));
      }
      const image = await client.completed(
        upload.uploadId,
        named.filter(({ partNumber }) => partNumber !== 500),
      );
      expect(image).to.include({ checksumSha256: sha256(first, last) });
    });

    it('makes an image of the version of a part that was uploaded last', async () => {
      const { upload, parts } = await uploaded();
      const replaced = await client.part(upload.uploadId, 1, Buffer.concat([jpeg, last]));
      const problem = expectProblem(await client.complete(upload.uploadId, parts), 'invalid_part');
      expect(problem.errors?.map(({ path }) => path)).to.deep.equal(['parts[0]']);
      expect(await client.completed(upload.uploadId, [replaced])).to.include({ checksumSha256: sha256(jpeg, last) });
    });

    it('answers that the image is gone when a completion is repeated after its deletion', async () => {
      const { upload, parts } = await uploaded();
      await client.completed(upload.uploadId, parts);
      await send(services.upload, { method: 'DELETE', path: `/v1/images/${upload.imageId}` });
      expect(expectProblem(await client.complete(upload.uploadId, parts), 'image_deleted').detail).to.include(
        upload.imageId,
      );
      expect(await tracesOf(upload)).to.deep.equal([`IMAGE#${upload.imageId} RECORD`]);
    });
  });

  describe('answers again', () => {
    it('answers a repeated completion with the image as it is now, with eTags quoted or not', async () => {
      const { upload, parts } = await uploaded({ renditions: ['thumb'] });
      const quoted = parts.map(({ partNumber, eTag }) => ({ eTag: `"${eTag}"`, partNumber }));
      const answers = [await client.complete(upload.uploadId, quoted)];
      await send(services.upload, {
        method: 'POST',
        path: `/v1/images/${upload.imageId}/renditions`,
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ renditions: ['small'] }),
      });
      answers.push(await client.complete(upload.uploadId, parts), await client.complete(upload.uploadId, quoted));
      const now = jsonOf(await send(services.download, { path: `/v1/images/${upload.imageId}` }));
      for (const [index, answer] of answers.entries()) {
        expect(answer.status, answer.body.toString()).to.equal(201);
        const renditions = now.renditions.slice(0, index === 0 ? 1 : 2);
        expect(jsonOf(answer)).to.deep.equal({ ...now, renditions });
        expect(answer.headers.location).to.equal(`/v1/images/${upload.imageId}`);
      }
      const renditions = (await services.receiveAll()).flatMap((message) => message.renditions);
      expect(renditions.map(({ name }) => name)).to.deep.equal(['thumb', 'small']);
    });

    it('refuses a repeated completion from another list, and names the image', async () => {
      const { upload, parts } = await client.uploaded([first, last]);
      await client.completed(upload.uploadId, parts);
      for (const other of [parts.slice(0, 1), parts.slice(1), [...parts, { partNumber: 3, eTag: 'a' }]]) {
        const problem = expectProblem(await client.complete(upload.uploadId, other), 'upload_completed');
        expect(problem.imageId).to.equal(upload.imageId);
      }
    });

    it('refuses every other operation on a completed upload, and names the image', async () => {
      const { upload, parts } = await uploaded();
      await client.completed(upload.uploadId, parts);
      await client.expectRefused(upload.uploadId, 'upload_completed', ['put', 'list', 'partUrls', 'abort']);
      const problem = expectProblem(await client.abort(upload.uploadId), 'upload_completed');
      expect(problem.imageId).to.equal(upload.imageId);
      expect(await read(upload.imageId)).to.include({ status: 'stored' });
    });

    it('refuses a part that was on its way when the upload was completed', async () => {
      const { upload, parts } = await uploaded();
      const socket = await openSocket(services.asyncUpload);
      socket.write(
        `PUT /v1/uploads/${upload.uploadId}/parts/2 HTTP/1.1\r\nHost: localhost\r\nContent-Length: 10\r\n\r\n01234`,
      );
      await eventually('the part begins to come', async () =>
        (await services.leftovers()).some((name) => name.startsWith('incoming/')),
      );
      await client.completed(upload.uploadId, parts);
      socket.write('56789');
      const [chunk] = await socket.take(1).toArray();
      expect(String(chunk)).to.match(/^HTTP\/1\.1 409 /);
      expect(String(chunk)).to.include('upload_completed').and.include(upload.imageId);
      socket.destroy();
      expect((await services.leftovers()).filter((name) => /^(uploads|incoming)\//.test(name))).to.deep.equal([]);
    });
  });

  describe('asked by many at once', () => {
    for (const count of [2, 10]) {
      it(`answers ${count} completions at once with one and the same image, and sends one message`, async () => {
        const { upload, parts } = await client.uploaded([first, last], { renditions: ['thumb'] });
        const answers = await Promise.all(Array.from({ length: count }, () => client.complete(upload.uploadId, parts)));
        for (const answer of answers) {
          expect(answer.status, answer.body.toString()).to.equal(201);
          expect(jsonOf(answer)).to.deep.equal(jsonOf(answers[0] ?? answer));
        }
        expect(await services.receiveAll()).to.have.length(1);
        expect(await read(upload.imageId)).to.include({ checksumSha256: sha256(first, last) });
      });
    }

    it('completes from one of several different lists at once, and refuses the others', async () => {
      const { upload, parts } = await client.uploaded([first, last], { renditions: ['thumb'] });
      const lists = [parts, parts.slice(0, 1), parts, parts.slice(0, 1)];
      const answers = await Promise.all(lists.map((list) => client.complete(upload.uploadId, list)));
      const { contentLength } = await read(upload.imageId);
      for (const [index, answer] of answers.entries()) {
        const isWhole = lists[index]?.length === 2;
        if (isWhole === contentLength > first.length) expect(answer.status).to.equal(201);
        else expectProblem(answer, 'upload_completed');
      }
      expect(await services.receiveAll()).to.have.length(1);
    });

    it('completes from the right list when another request at the same time has a wrong one', async () => {
      const { upload, parts } = await uploaded();
      const wrong = [{ partNumber: 1, eTag: 'another' }];
      const [bad, good] = await Promise.all([
        client.complete(upload.uploadId, wrong),
        client.complete(upload.uploadId, parts),
      ]);
      expect(good.status, good.body.toString()).to.equal(201);
      expectProblem(bad, jsonOf(bad).code === 'invalid_part' ? 'invalid_part' : 'upload_completed');
    });
  });

  describe('refuses a list and leaves the upload open', () => {
    let upload: Upload;
    let parts: Named[];
    beforeEach(async () => {
      ({ upload, parts } = await client.uploaded([jpeg, Buffer.from('2'), Buffer.from('3')]));
    });
    afterEach('can still be completed', () => expectStillOpen(upload, parts.slice(0, 1)));

    const at = (partNumber: unknown, eTag: unknown) => ({ partNumber, eTag });
    const invalid: Record<string, [list: unknown, ...paths: string[]]> = {
      'that is empty': [[], 'parts'],
      'that is missing': [undefined, 'parts'],
      'that is an object': [{}, 'parts'],
      'that is null': [null, 'parts'],
      'with part 0': [[at(0, 'a')], 'parts[0].partNumber'],
      'with part 10,001': [[at(10_001, 'a')], 'parts[0].partNumber'],
      'with half a part': [[at(1.5, 'a')], 'parts[0].partNumber'],
      'without a number': [[{ eTag: 'a' }], 'parts[0].partNumber'],
      'without an eTag': [[{ partNumber: 1 }], 'parts[0].eTag'],
      'with an empty eTag': [[at(1, '')], 'parts[0].eTag'],
      'with nothing between the quotes of an eTag': [[at(1, '""')], 'parts[0].eTag'],
      'with an eTag of 257 characters': [[at(1, 'a'.repeat(257))], 'parts[0].eTag'],
      'with an eTag that is a number': [[at(1, 1)], 'parts[0].eTag'],
      'with an unknown field': [[{ ...at(1, 'a'), length: 1 }], 'parts[0].length'],
      'of numbers': [[1], 'parts[0]'],
      'with several wrong entries, of which it tells the first': [[at(0, 'a'), at(1, '')], 'parts[0].partNumber'],
    };
    for (const [name, [list, ...paths]] of Object.entries(invalid)) {
      it(`refuses a list ${name}`, async () => {
        const problem = expectProblem(await client.complete(upload.uploadId, list), 'invalid_request');
        expect(new Set(problem.errors?.map(({ path }) => path))).to.deep.equal(new Set(paths));
      });
    }

    it('refuses a list of 10,001 entries', async () => {
      const list = Array.from({ length: LIMITS.partsPerUpload + 1 }, (_, index) => at(index + 1, 'a'.repeat(32)));
      const problem = expectProblem(await client.complete(upload.uploadId, list), 'invalid_request');
      expect(problem.errors?.map(({ path }) => path)).to.deep.equal(['parts']);
    });

    it('refuses a list of 10,000 wrong entries, and names the first', async () => {
      const list = Array.from({ length: LIMITS.partsPerUpload }, () => at(0, ''));
      const problem = expectProblem(await client.complete(upload.uploadId, list), 'invalid_request');
      expect(problem.errors?.map(({ path }) => path)).to.deep.equal(['parts[0].partNumber']);
    });

    it('refuses a list of 10,000 entries with unknown eTags', async () => {
      const list = Array.from({ length: LIMITS.partsPerUpload }, (_, index) => at(index + 1, 'a'.repeat(32)));
      expectProblem(await client.complete(upload.uploadId, list), 'invalid_part');
    });

    it('refuses a list of more than 2 MiB', async () => {
      const list = [at(1, 'a'.repeat(LIMITS.partListBytes))];
      const problem = expectProblem(await client.complete(upload.uploadId, list), 'payload_too_large');
      expect(problem).to.include({ limit: LIMITS.partListBytes, unit: 'bytes' });
    });

    it('refuses a list that is no JSON, or that sets __proto__', async () => {
      const path = `/v1/uploads/${upload.uploadId}/complete`;
      const post = (body: string, type = 'application/json') =>
        client.call({ method: 'POST', path, headers: { 'content-type': type }, body });
      expectProblem(await post('{"parts":['), 'malformed_json');
      expectProblem(await post('{"parts":[{"partNumber":1,"eTag":"a","__proto__":{}}]}'), 'malformed_json');
      expectProblem(await post('{}', 'text/plain'), 'unsupported_content_type');
      expectProblem(await post('<CompleteMultipartUpload/>', 'application/xml'), 'unsupported_content_type');
    });

    it('refuses a list that is one page of several, or that belongs to another upload', async () => {
      const { uploadId } = upload;
      const other = await client.uploaded([jpeg]);
      const pages: [body: Buffer, path: string, message: RegExp][] = [
        [
          (await client.list(uploadId, '?max-parts=2')).body,
          'isTruncated',
          /not the last page: parts would be missing/,
        ],
        [
          (await client.list(uploadId, '?part-number-marker=2')).body,
          'partNumberMarker',
          /not the first page: parts would be missing/,
        ],
        [(await client.list(other.upload.uploadId)).body, 'uploadId', /the path names another upload/],
      ];
      for (const [body, path, message] of pages) {
        const problem = expectProblem(await client.completeFrom(uploadId, body.toString()), 'invalid_request');
        expect(problem.errors?.map((error) => error.path)).to.deep.equal([path]);
        expect(problem.detail).to.match(message);
      }
      await client.abort(other.upload.uploadId);
    });

    it('refuses a list that has a part twice', async () => {
      const list = [parts[0], parts[1], parts[1]];
      const problem = expectProblem(await client.complete(upload.uploadId, list), 'invalid_part_order');
      expect(problem.errors?.map(({ path }) => path)).to.deep.equal(['parts[2].partNumber']);
    });

    it('refuses a list whose part numbers do not ascend', async () => {
      const list = [parts[1], parts[0]];
      const problem = expectProblem(await client.complete(upload.uploadId, list), 'invalid_part_order');
      expect(problem.errors?.map(({ path }) => path)).to.deep.equal(['parts[1].partNumber']);
    });

    it('refuses a list with a part that was not uploaded', async () => {
      const problem = expectProblem(await client.complete(upload.uploadId, [at(7, 'a')]), 'invalid_part');
      expect(problem.errors?.map(({ path }) => path)).to.deep.equal(['parts[0]']);
      expect(problem.detail).to.match(/Part 7 was not uploaded/);
    });

    for (const [name, eTag] of Object.entries({
      another: 'a'.repeat(32),
      'a path as its': '../../x',
      'half a quote as its': '"',
    })) {
      it(`refuses a list with ${name} eTag`, async () => {
        const list = [at(1, eTag)];
        const problem = expectProblem(await client.complete(upload.uploadId, list), 'invalid_part');
        expect(problem.errors?.map(({ path }) => path)).to.deep.equal(['parts[0]']);
      });
    }

    it('refuses a list with the eTags of other bytes', async () => {
      const other = await uploaded({ contentType: 'image/png' }, png);
      expectProblem(await client.complete(upload.uploadId, other.parts), 'invalid_part');
      expectProblem(await client.complete(other.upload.uploadId, parts.slice(0, 1)), 'invalid_part');
      await expectStillOpen(other.upload, other.parts);
    });

    it('refuses a list with a part that is too small and not the last', async () => {
      const problem = expectProblem(await client.complete(upload.uploadId, parts), 'part_too_small');
      expect(problem).to.include({ limit: LIMITS.minPartBytes, actual: jpeg.length, unit: 'bytes' });
      expect(problem.errors?.map(({ path }) => path)).to.deep.equal(['parts[0]']);
    });

    it('refuses a list with a part number as text', async () => {
      const list = [at('1', parts[0]?.eTag)];
      expectProblem(await client.complete(upload.uploadId, list), 'invalid_request');
    });
  });

  it('refuses parts of another length than declared, and leaves the upload open', async () => {
    const contentLength = jpeg.length + last.length;
    const { upload, parts } = await uploaded({ contentLength });
    const problem = expectProblem(await client.complete(upload.uploadId, parts), 'upload_length_mismatch');
    expect(problem).to.include({ limit: contentLength, actual: jpeg.length, unit: 'bytes' });
    const whole = await client.part(upload.uploadId, 1, Buffer.concat([jpeg, last]));
    await expectStillOpen(upload, [whole]);
  });

  describe('refuses bytes for good', () => {
    const refused: Record<string, [body: Buffer, declaration: object, code: string, detail: RegExp]> = {
      'with another SHA-256 than declared': [
        jpeg,
        { checksumSha256: sha256(png) },
        'upload_checksum_mismatch',
        /another SHA-256/,
      ],
      'that are no image': [Buffer.from('no image'), {}, 'unsupported_image', /no image/],
      'that are no image, whatever was declared': [
        Buffer.from('no image'),
        { contentType: 'application/octet-stream', checksumSha256: sha256(Buffer.from('no image')) },
        'unsupported_image',
        /Accepted/,
      ],
      'of another type than declared': [png, { contentType: 'image/jpeg' }, 'image_type_mismatch', /image\/png/],
      'of too many pixels': [large, {}, 'too_many_pixels', /10100 pixels.*10000/],
      'whose header claims too many pixels': [huge, { contentType: 'image/png' }, 'too_many_pixels', /4294967296/],
      'of an SVG above its limit': [
        drawingOf(LIMITS.svgBytes + 1),
        { contentType: 'image/svg+xml' },
        'payload_too_large',
        new RegExp(`${LIMITS.svgBytes} bytes, the body has ${LIMITS.svgBytes + 1}.*as a PNG`),
      ],
      'of an SVG above its limit, not declared': [
        drawingOf(LIMITS.svgBytes + 1),
        { contentType: 'application/octet-stream', contentLength: LIMITS.svgBytes + 1 },
        'payload_too_large',
        /as a PNG/,
      ],
      'of an SVG whose entities make gigabytes': [
        drawing({ width: 9, height: 9 }, { prolog: BILLION_LAUGHS }),
        { contentType: 'image/svg+xml' },
        'image_unreadable',
        /entities/,
      ],
      'of an SVG that asks for very many pixels': [
        drawing({ width: '1e9', height: 9 }),
        { contentType: 'image/svg+xml' },
        'too_many_pixels',
        /1000000000 × 9 pixels/,
      ],
      'of an SVG that is compressed': [
        gzipSync(svg),
        { contentType: 'image/svg+xml' },
        'unsupported_image',
        /not compressed/,
      ],
      'that end within their header': [jpeg.subarray(0, 10), {}, 'image_unreadable', /header/],
    };
    for (const [name, [body, declaration, code, detail]] of Object.entries(refused)) {
      it(`rejects bytes ${name}`, async () => {
        const { upload, parts } = await uploaded({ ...declaration, renditions: ['thumb'] }, body);
        const problem = expectProblem(await client.complete(upload.uploadId, parts), 'upload_rejected');
        expect(problem.failure?.code).to.equal(code);
        expect(problem.failure?.detail).to.match(detail);
        expect(problem.detail).to.include(problem.failure?.detail);

        expect((await services.leftovers()).filter((file) => file.includes(upload.imageId))).to.deep.equal([]);
        expect((await services.leftovers()).filter((file) => /^(uploads|incoming)\//.test(file))).to.deep.equal([]);
        expect(await services.receiveAll()).to.deep.equal([]);
        expectProblem(await send(services.download, { path: `/v1/images/${upload.imageId}` }), 'image_not_found');

        const view = jsonOf(await client.read(upload.uploadId));
        expect(view).to.deep.include({ status: 'rejected', failure: problem.failure });
        expect(view.links).to.deep.equal({ self: upload.links.self });
        for (const list of [parts, [{ partNumber: 9, eTag: 'a' }]]) {
          const again = expectProblem(await client.complete(upload.uploadId, list), 'upload_rejected');
          expect(again.failure).to.deep.equal(problem.failure);
        }
        await client.expectRefused(upload.uploadId, 'upload_rejected', ['put', 'list', 'partUrls']);
        expect((await client.abort(upload.uploadId)).status).to.equal(204);
        expect(jsonOf(await client.read(upload.uploadId)).status).to.equal('rejected');
      });
    }

    it('answers many completions of rejected bytes at once with the same error', async () => {
      const { upload, parts } = await uploaded({}, png);
      const answers = await Promise.all(Array.from({ length: 5 }, () => client.complete(upload.uploadId, parts)));
      for (const answer of answers)
        expect(expectProblem(answer, 'upload_rejected').failure?.code).to.equal('image_type_mismatch');
    });
  });

  it('refuses an id that no upload has', async () => {
    expectProblem(await client.complete(randomUUID(), [{ partNumber: 1, eTag: 'a' }]), 'upload_not_found');
  });
});
