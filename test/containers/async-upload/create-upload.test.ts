import { expect } from 'chai';
import { parseDictionary } from 'structured-headers';
import type { ErrorCode } from '../../../shared/domain/errors.ts';
import { IMAGE_FORMATS } from '../../../shared/domain/formats/image-format.ts';
import { LIMITS } from '../../../shared/domain/limits.ts';
import { eventually } from '../../support/eventually.ts';
import { type Answered, expectProblem, jsonOf, send } from '../../support/http/http-client.ts';
import { photograph } from '../../support/images/photographs.ts';
import { multipartClient, sha256, type Upload } from '../../support/services/multipart-client.ts';
import { type Services, startServices } from '../../support/services/services.ts';
import { recordOf, rewriteUpload } from '../../support/services/upload-items.ts';

const MiB = 1024 * 1024;
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
const jpeg = await photograph('jpeg');
const octets = { contentType: 'application/octet-stream' };

const limitsOf = ({ headers }: Answered): Record<string, unknown> =>
  Object.fromEntries([...parseDictionary(String(headers['upload-limit']))].map(([name, [value]]) => [name, value]));

describe('POST /v1/uploads', () => {
  let services: Services;
  const client = multipartClient(() => services.asyncUpload);
  before(async () => {
    services = await startServices({ heic: true });
  });
  after(() => services.stop());
  beforeEach(() => void services.logs.splice(0));
  afterEach('fails at nothing itself', () => {
    expect(services.logs.filter(({ level }) => level >= 50)).to.deep.equal([]);
  });

  describe('begins an upload', () => {
    it('answers everything that was declared, where the upload is and until when it is valid', async () => {
      const declared = {
        contentType: 'image/png',
        contentLength: 123_456_789,
        checksumSha256: sha256(jpeg),
        metadata: { title: 'Größe', 'x.y_z-1': '' },
      };
      const before = Date.now();
      const answer = await client.create({ ...declared, renditions: ['thumb'] });
      expect(answer.status, answer.body.toString()).to.equal(201);
      const upload = jsonOf(answer);
      expect(upload).to.deep.include({ ...declared, status: 'open', partSize: 8 * MiB });
      expect(upload.uploadId).to.match(UUID);
      expect(upload.imageId).to.match(UUID).and.not.equal(upload.uploadId);
      const self = `/v1/uploads/${upload.uploadId}`;
      expect(upload.links).to.deep.equal({
        self,
        parts: `${self}/parts`,
        partUrls: `${self}/part-urls`,
        complete: `${self}/complete`,
      });
      expect(answer.headers.location).to.equal(self);
      expect(answer.headers['cache-control']).to.equal('no-store');
      expect(Date.parse(upload.createdAt)).to.be.within(before, Date.now());
      expect(Date.parse(upload.expiresAt) - Date.parse(upload.createdAt)).to.equal(LIMITS.uploadSeconds * 1000);
      expect(jsonOf(await client.read(upload.uploadId))).to.deep.equal(upload);
    });

    it('begins an upload of which only the type is declared', async () => {
      const upload = jsonOf(await client.create(octets));
      expect(upload).to.have.all.keys(
        ...[
          'uploadId',
          'imageId',
          'status',
          'contentType',
          'partSize',
          'createdAt',
          'expiresAt',
          'links',
          'visibility',
        ],
      );
      expect((await recordOf(services.table, upload.uploadId)).renditions).to.deep.equal([]);
    });

    it('names the limits of the upload in Upload-Limit', async () => {
      const before = Date.now();
      const limits = limitsOf(await client.create({ ...octets, contentLength: 1000 }));
      const passed = Math.ceil((Date.now() - before) / 1000);
      expect(limits['max-age']).to.be.within(LIMITS.uploadSeconds - passed, LIMITS.uploadSeconds);
      expect(limits).to.deep.include({
        'max-size': 1000,
        'min-size': 1,
        'max-append-size': LIMITS.maxPartBytes,
        'min-append-size': LIMITS.minPartBytes,
      });
      expect(limitsOf(await client.create(octets))['max-size']).to.equal(LIMITS.asyncUploadBytes);
    });

    for (const contentLength of [1, 8 * MiB, LIMITS.asyncUploadBytes]) {
      it(`divides ${contentLength} bytes into few enough parts`, async () => {
        const { partSize } = await client.begin({ contentLength });
        expect(partSize).to.be.at.least(LIMITS.minPartBytes).and.at.most(LIMITS.maxPartBytes);
        expect(contentLength / partSize).to.be.at.most(LIMITS.partsPerUpload);
      });
    }

    for (const { mediaType, aliases } of Object.values(IMAGE_FORMATS)) {
      for (const contentType of [mediaType, ...aliases, mediaType.toUpperCase()]) {
        it(`begins an upload of the type ${contentType}`, async () => {
          expect(jsonOf(await client.create({ contentType })).contentType).to.equal(contentType.toLowerCase());
        });
      }
    }

    it('keeps renditions by preset and of one’s own, with their defaults', async () => {
      const own = { name: 'card', commands: [{ operation: 'resize', width: 30 }], output: { format: 'png' } };
      const { uploadId } = await client.begin({ renditions: ['thumb', own] });
      const { renditions } = await recordOf(services.table, uploadId);
      expect(renditions.map(({ name }) => name)).to.deep.equal(['thumb', 'card']);
      expect(renditions[1]?.commands[0]).to.include({ operation: 'resize', width: 30, fit: 'cover' });
    });

    it('takes 2 KiB of metadata, counted in bytes of names and values', async () => {
      const metadata = { name: 'é'.repeat((LIMITS.metadataBytes - 4) / 2) };
      expect(jsonOf(await client.create({ ...octets, metadata })).metadata).to.deep.equal(metadata);
    });

    it('refuses metadata under the name constructor', async () => {
      const problem = expectProblem(
        await client.create({ ...octets, metadata: { constructor: 'a' } }),
        'invalid_request',
      );
      expect(problem.errors?.map(({ path }) => path)).to.deep.equal(['metadata.constructor']);
    });

    it('takes metadata under other names that every object has', async () => {
      const metadata = { toString: 'b', hasOwnProperty: 'c', 'a.b-c_d': '\u0000\u{1f600}' };
      const { uploadId } = await client.begin({ metadata });
      expect(jsonOf(await client.read(uploadId)).metadata).to.deep.equal(metadata);
    });

    it('refuses half a surrogate pair in metadata', async () => {
      const answer = await client.create('{"contentType":"image/png","metadata":{"a":"\\ud800"}}');
      const [error] = expectProblem(answer, 'invalid_request').errors ?? [];
      expect(error?.path).to.equal('metadata.a');
      expect(error?.message).to.match(/half a surrogate pair/);
    });

    it('gives each upload another id', async () => {
      const uploads = await Promise.all(Array.from({ length: 5 }, () => client.begin()));
      expect(new Set(uploads.flatMap(({ uploadId, imageId }) => [uploadId, imageId])).size).to.equal(10);
    });
  });

  describe('refuses', () => {
    let present: string[];
    beforeEach(async () => {
      present = await services.leftovers();
    });
    afterEach('leaves nothing behind', async () => expect(await services.leftovers()).to.deep.equal(present));

    const long = LIMITS.metadataBytes;
    const fields: Record<string, [declaration: object, ...paths: string[]]> = {
      'a type that is no image': [{ contentType: 'text/plain' }, 'contentType'],
      'a type with parameters': [{ contentType: 'image/png; a=b' }, 'contentType'],
      'a BMP': [{ contentType: 'image/bmp' }, 'contentType'],
      'a type that is a number': [{ contentType: 1 }, 'contentType'],
      'a type that is null': [{ contentType: null }, 'contentType'],
      'a length of 0': [{ ...octets, contentLength: 0 }, 'contentLength'],
      'a negative length': [{ ...octets, contentLength: -1 }, 'contentLength'],
      'a broken length': [{ ...octets, contentLength: 1.5 }, 'contentLength'],
      'a length that is null': [{ ...octets, contentLength: null }, 'contentLength'],
      'a length beyond safe integers': [{ ...octets, contentLength: 2 ** 60 }, 'contentLength'],
      'a checksum in hex': [{ ...octets, checksumSha256: 'a'.repeat(64) }, 'checksumSha256'],
      'a checksum that is too short': [{ ...octets, checksumSha256: 'AAAA' }, 'checksumSha256'],
      'a checksum that is no base64': [{ ...octets, checksumSha256: '?'.repeat(44) }, 'checksumSha256'],
      'an empty checksum': [{ ...octets, checksumSha256: '' }, 'checksumSha256'],
      'metadata that is a list': [{ ...octets, metadata: ['a'] }, 'metadata'],
      'metadata that is text': [{ ...octets, metadata: 'a' }, 'metadata'],
      'metadata beyond 2 KiB': [{ ...octets, metadata: { a: 'x'.repeat(long) } }, 'metadata'],
      'metadata beyond 2 KiB in two values': [
        { ...octets, metadata: { a: 'x'.repeat(long / 2), b: 'x'.repeat(long / 2) } },
        'metadata',
      ],
      'metadata beyond 2 KiB in UTF-8': [{ ...octets, metadata: { a: 'é'.repeat(long / 2) } }, 'metadata'],
      'metadata with a number': [{ ...octets, metadata: { a: 1 } }, 'metadata.a'],
      'metadata with an object': [{ ...octets, metadata: { a: {} } }, 'metadata.a'],
      'metadata with null': [{ ...octets, metadata: { a: null } }, 'metadata.a'],
      'a name in metadata with a space': [{ ...octets, metadata: { 'a b': '' } }, 'metadata.a b'],
      'an empty name in metadata': [{ ...octets, metadata: { '': 'a' } }, 'metadata.'],
      'a long name in metadata': [{ ...octets, metadata: { ['a'.repeat(129)]: '' } }, `metadata.${'a'.repeat(129)}`],
      'a name in metadata that begins with a dot': [{ ...octets, metadata: { '.a': '' } }, 'metadata..a'],
      'an unknown field': [{ ...octets, partSize: 5 }, 'partSize'],
      'renditions that are null': [{ ...octets, renditions: null }, 'renditions'],
      'a parameter out of range': [
        { ...octets, renditions: [{ name: 'a', commands: [{ operation: 'resize', width: 99_999 }] }] },
        'renditions[0].commands[0].width',
      ],
      'several wrong fields': [
        { contentType: 'a', contentLength: 0, metadata: { a: 1 }, b: 1 },
        'contentType',
        'contentLength',
        'metadata.a',
        'b',
      ],
      'a list': [[], 'body'],
    };
    for (const [name, [declaration, ...paths]] of Object.entries(fields)) {
      it(`refuses ${name}`, async () => {
        const problem = expectProblem(await client.create(declaration), 'invalid_request');
        expect(new Set(problem.errors?.map(({ path }) => path))).to.deep.equal(new Set(paths));
      });
    }

    it('refuses a length as text', async () => {
      const problem = expectProblem(await client.create({ ...octets, contentLength: '10' }), 'invalid_request');
      expect(problem.errors?.map(({ path }) => path)).to.deep.equal(['contentLength']);
    });

    it('refuses an unknown preset and an unknown command with their own codes', async () => {
      const preset = await client.create({ ...octets, renditions: ['thumb', 'tiny'] });
      expect(expectProblem(preset, 'unknown_preset').errors?.[0]?.path).to.equal('renditions[1]');
      const renditions = [{ name: 'a', commands: [{ operation: 'explode' }] }];
      const command = await client.create({ ...octets, renditions });
      expect(expectProblem(command, 'unknown_operation').errors?.[0]?.path).to.equal(
        'renditions[0].commands[0].operation',
      );
    });

    it('refuses a declared length above 5 GiB, naming the limit and the length', async () => {
      const actual = LIMITS.asyncUploadBytes + 1;
      const problem = expectProblem(await client.create({ ...octets, contentLength: actual }), 'upload_too_large');
      expect(problem).to.include({ limit: LIMITS.asyncUploadBytes, actual, unit: 'bytes' });
    });

    it('refuses a declared length of an SVG above the limit of SVGs', async () => {
      const limit = LIMITS.svgBytes;
      for (const contentType of ['image/svg+xml', 'image/svg']) {
        const declaration = { contentType, contentLength: limit + 1 };
        const problem = expectProblem(await client.create(declaration), 'upload_too_large');
        expect(problem).to.include({ limit, actual: limit + 1, unit: 'bytes' });
        expect(problem.detail).to.match(/for an SVG/);
      }
    });

    it('leaves an Idempotency-Key free when the declared length is refused', async () => {
      const key = { 'idempotency-key': 'too-long' };
      const declaration = { ...octets, contentLength: LIMITS.asyncUploadBytes + 1 };
      expectProblem(await client.create(declaration, key), 'upload_too_large');
    });

    const typed = (type: string) => ({ 'content-type': type });
    const bodies: Record<
      string,
      [body: string, code: Parameters<typeof expectProblem>[1], headers?: Record<string, string>]
    > = {
      'JSON that is none': ['{"contentType":', 'malformed_json'],
      '__proto__ at the top': ['{"contentType":"image/png","__proto__":{"a":1}}', 'malformed_json'],
      '__proto__ in the metadata': ['{"contentType":"image/png","metadata":{"__proto__":"a"}}', 'malformed_json'],
      'an empty body': ['', 'invalid_request'],
      'JSON that is null': ['null', 'invalid_request'],
      'JSON that is text': ['"image/png"', 'invalid_request'],
      'text/plain': ['{}', 'unsupported_content_type', typed('text/plain')],
      'a form': ['contentType=image/png', 'unsupported_content_type', typed('application/x-www-form-urlencoded')],
      'a type that is none': ['{}', 'unsupported_content_type', typed('garbage')],
      'more than 64 KiB': [`{${' '.repeat(LIMITS.jsonBytes)}}`, 'payload_too_large'],
      'deeply nested JSON': [`{"metadata":${'['.repeat(30_000)}${']'.repeat(30_000)}}`, 'invalid_request'],
      'a Content-Encoding that the body does not have': ['{}', 'malformed_json', { 'content-encoding': 'gzip' }],
    };
    for (const [name, [body, code, headers]] of Object.entries(bodies)) {
      it(`refuses ${name} as ${code}`, async () => {
        expectProblem(await client.create(body, headers), code);
      });
    }

    it('refuses query parameters', async () => {
      const headers = typed('application/json');
      const answer = await client.call({
        method: 'POST',
        path: '/v1/uploads?a=1',
        headers,
        body: JSON.stringify(octets),
      });
      expect(expectProblem(answer, 'invalid_request').errors?.map(({ path }) => path)).to.deep.equal(['query.a']);
    });

    for (const [name, key] of Object.entries({
      empty: '',
      'with a space': 'a b',
      'of 256 characters': 'k'.repeat(256),
    })) {
      it(`refuses an Idempotency-Key ${name}`, async () => {
        const problem = expectProblem(await client.create(octets, { 'idempotency-key': key }), 'invalid_request');
        expect(problem.errors?.map(({ path }) => path)).to.deep.equal(['headers.idempotency-key']);
      });
    }
  });

  describe('with an Idempotency-Key', () => {
    let count = 0;
    let key: Record<string, string>;
    beforeEach(() => {
      count += 1;
      key = { 'idempotency-key': `key-${count}` };
    });
    const begun = async () => (await services.leftovers()).filter((name) => name.startsWith('UPLOAD#')).length;

    it('answers a repeated request the same, and begins one upload', async () => {
      const before = await begun();
      const declaration = { ...octets, contentLength: 10, renditions: ['thumb'], metadata: { a: 'b' } };
      const first = await client.create(declaration, key);
      const reordered = { metadata: { a: 'b' }, renditions: ['thumb'], contentLength: 10, ...octets };
      const second = await client.create(reordered, key);
      expect([first.status, second.status]).to.deep.equal([201, 201]);
      expect(jsonOf(second)).to.deep.equal(jsonOf(first));
      expect(second.headers.location).to.equal(first.headers.location);
      expect(second.headers['upload-limit']).to.be.a('string');
      expect(await begun()).to.equal(before + 1);
    });

    it('refuses a key that another request has used', async () => {
      const first = jsonOf(await client.create(octets, key));
      const before = await services.leftovers();
      for (const other of [
        { contentLength: 1 },
        { renditions: ['thumb'] },
        { metadata: {} },
        { contentType: 'image/png' },
      ]) {
        expectProblem(await client.create({ ...octets, ...other }, key), 'idempotency_key_reused');
      }
      expect(await services.leftovers()).to.deep.equal(before);
      expect(jsonOf(await client.create(octets, key))).to.deep.equal(first);
    });

    it('begins one upload for ten requests with one key at once', async () => {
      const before = await begun();
      const answers = await Promise.all(Array.from({ length: 10 }, () => client.create(octets, key)));
      const created = answers.filter(({ status }) => status === 201);
      expect(new Set(created.map((answer) => jsonOf(answer).uploadId))).to.have.property('size', 1);
      for (const answer of answers) if (answer.status !== 201) expectProblem(answer, 'idempotency_key_in_use');
      expect(await begun()).to.equal(before + 1);
      const [first] = created;
      const again = await eventually('the key is answered', async () => {
        const answer = await client.create(octets, key);
        return answer.status === 201 && answer;
      });
      expect(jsonOf(again)).to.deep.equal(first && jsonOf(first));
    });

    it('takes a key again for the corrected request after a refusal', async () => {
      expectProblem(await client.create({ contentType: 'none' }, key), 'invalid_request');
      expect((await client.create(octets, key)).status).to.equal(201);
    });

    it('refuses a key that an image uploaded whole has used', async () => {
      expect((await client.create(octets, key)).status).to.equal(201);
      const path = '/v1/images';
      const whole = { method: 'POST', path, headers: { ...key, 'content-type': 'image/jpeg' }, body: jpeg };
      const other = multipartClient(() => services.upload);
      expectProblem(await other.call(whole), 'idempotency_key_reused');
    });

    it('answers a repeated request with the upload as it is now', async () => {
      const { uploadId } = jsonOf(await client.create(octets, key));
      const named = [await client.part(uploadId, 1, jpeg)];
      await client.completed(uploadId, named);
      const again = await client.create(octets, key);
      expect(again.status, again.body.toString()).to.equal(201);
      expect(jsonOf(again)).to.include({ uploadId, status: 'completed' });
      expect(jsonOf(again)).to.deep.equal(jsonOf(await client.read(uploadId)));
      expectProblem(await client.create({ ...octets, renditions: ['thumb'] }, key), 'idempotency_key_reused');
    });

    const gone: Record<
      string,
      [code: ErrorCode, end: (upload: { uploadId: string; imageId: string }) => Promise<unknown>]
    > = {
      aborted: ['upload_aborted', ({ uploadId }) => client.abort(uploadId)],
      'over its time': [
        'upload_expired',
        ({ uploadId }) => rewriteUpload(services.table, uploadId, { validUntil: new Date(0).toISOString() }),
      ],
      rejected: [
        'upload_rejected',
        async ({ uploadId }) => client.complete(uploadId, [await client.part(uploadId, 1, Buffer.from('no image'))]),
      ],
      'an image that was deleted': [
        'image_deleted',
        async ({ uploadId, imageId }) => {
          await client.completed(uploadId, [await client.part(uploadId, 1, jpeg)]);
          await send(services.upload, { method: 'DELETE', path: `/v1/images/${imageId}` });
        },
      ],
    };
    for (const [what, [code, end]] of Object.entries(gone)) {
      it(`says that an upload is ${what} when its key is repeated, and begins no other`, async () => {
        const declaration = { ...octets, metadata: { customer: 'somebody@example.org' } };
        const first = jsonOf(await client.create(declaration, key));
        await end(first);
        const before = await services.leftovers();
        for (let time = 0; time < 2; time += 1) {
          const { detail } = expectProblem(await client.create(declaration, key), code);
          expect(detail).to.match(/\. This Idempotency-Key stands for it: take a new Idempotency-Key/);
        }
        expect(await services.leftovers()).to.deep.equal(before);
      });
    }
  });
});

describe('POST /v1/uploads with a limit of open uploads', () => {
  let services: Services;
  const client = multipartClient(() => services.asyncUpload);
  before(async () => {
    services = await startServices({ ownerLimits: { openUploads: 3 } });
  });
  after(() => services.stop());

  it('refuses an upload beyond the limit, names the limit, and begins the next when one has ended', async () => {
    const uploads = [await client.begin(), await client.begin(), await client.begin()];
    const before = await services.leftovers();
    const ends = [
      ({ uploadId }: Upload) => client.abort(uploadId),
      async ({ uploadId }: Upload) => client.completed(uploadId, [await client.part(uploadId, 1, jpeg)]),
      async ({ uploadId }: Upload) =>
        client.complete(uploadId, [await client.part(uploadId, 1, Buffer.from('no image'))]),
    ];
    for (const [index, end] of ends.entries()) {
      const refused = await client.create();
      const problem = expectProblem(refused, 'too_many_uploads');
      expect(problem).to.include({ limit: 3, unit: 'uploads' });
      expect(problem.detail).to.match(/abort/i);
      expect(refused.headers['retry-after']).to.equal(String(problem.retryAfterSeconds));
      if (index === 0) expect(await services.leftovers()).to.deep.equal(before);
      await end(uploads[index] as Upload);
      await client.begin();
    }
  });

  it('begins no more than the limit when many ask at once', async () => {
    const answers = await Promise.all(Array.from({ length: 10 }, () => client.create()));
    for (const answer of answers) expectProblem(answer, 'too_many_uploads');
  });
});
