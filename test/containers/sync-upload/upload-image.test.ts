import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import {
  IMAGE_FORMATS,
  type ImageFormat,
  UNDECLARED_MEDIA_TYPES,
} from '../../../shared/domain/formats/image-format.ts';
import { LIMITS } from '../../../shared/domain/limits.ts';
import { FORM_TYPE, type FormPart, filePart, formBody, renditionsPart } from '../../support/http/form-body.ts';
import { type Answered, jsonOf, type Outgoing, send } from '../../support/http/http-client.ts';
import { paddedTo, photograph } from '../../support/images/photographs.ts';
import { mostMemoryMore } from '../../support/memory.ts';
import { type Services, startServices } from '../../support/services/services.ts';

const extensionOf = (mediaType: string): string | undefined =>
  Object.values(IMAGE_FORMATS).find((format) => format.mediaType === mediaType)?.extension;
const sha256 = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('base64');

describe('POST /v1/images', () => {
  let services: Services;
  before(async () => {
    services = await startServices({ heic: true });
  });
  after(() => services.stop());
  afterEach(() => services.receiveAll());

  const post = (outgoing: Omit<Outgoing, 'path'> & { path?: string }): Promise<Answered> =>
    send(services.upload, { method: 'POST', path: '/v1/images', ...outgoing });
  const postForm = (body: Buffer, headers = {}) => post({ headers: { 'content-type': FORM_TYPE, ...headers }, body });
  const stored = (imageId: string) => readFile(join(services.objectsFolder, 'objects/originals', imageId));

  const expectStored = async (answer: Answered, bytes: Buffer, contentType: string) => {
    expect(answer.status, answer.body.toString()).to.equal(201);
    const image = jsonOf(answer);
    expect(image).to.include({
      status: 'stored',
      contentType,
      contentLength: bytes.length,
      checksumSha256: sha256(bytes),
      width: 48,
      height: 32,
    });
    expect(answer.headers.location).to.equal(`/v1/images/${image.imageId}`);
    expect(image.links).to.deep.equal({
      self: `/v1/images/${image.imageId}`,
      original: `/v1/images/${image.imageId}/original`,
      file: `/v1/images/${image.imageId}/files/${createHash('sha256').update(bytes).digest('hex').slice(0, 32)}.${extensionOf(contentType)}`,
      events: `/v1/images/${image.imageId}/events`,
    });
    expect(answer.headers['cache-control']).to.equal('no-store');
    expect((await stored(image.imageId)).equals(bytes), 'the bytes in the store').to.equal(true);
    const read = await send(services.download, { path: image.links.self });
    const record = jsonOf(read);
    expect(record.renditions).to.have.deep.members(image.renditions);
    expect({ ...record, renditions: image.renditions }).to.deep.equal(image);
    return image;
  };

  for (const format of Object.keys(IMAGE_FORMATS) as ImageFormat[]) {
    const { mediaType, aliases } = IMAGE_FORMATS[format];
    for (const declared of [
      mediaType,
      ...aliases,
      ...UNDECLARED_MEDIA_TYPES,
      'application/x-www-form-urlencoded; charset=utf-8',
      undefined,
    ]) {
      it(`stores a raw ${format} declared as ${declared ?? 'nothing'}`, async () => {
        const body = await photograph(format);
        const answer = await post({ headers: declared === undefined ? {} : { 'content-type': declared }, body });
        await expectStored(answer, body, mediaType);
      });
    }

    it(`stores a ${format} from a form`, async () => {
      const bytes = await photograph(format);
      await expectStored(await postForm(formBody([filePart(bytes, mediaType)])), bytes, mediaType);
    });
  }

  it('stores a body that comes in chunks, the first of them single bytes', async () => {
    const bytes = await photograph('jpeg');
    const chunks = [...bytes.subarray(0, 200)].map((byte) => Buffer.of(byte));
    await expectStored(await post({ body: [...chunks, bytes.subarray(200)] }), bytes, 'image/jpeg');
  });

  it('queues the presets of the query, each once, in one message with the id of the request', async () => {
    const headers = { 'x-request-id': 'the-upload' };
    const answer = await post({
      path: '/v1/images?rendition=thumb&rendition=small',
      headers,
      body: await photograph('jpeg'),
    });
    const { imageId, renditions } = jsonOf(answer);
    expect(
      renditions.map(({ name, status, attempts }: Record<string, unknown>) => [name, status, attempts]),
    ).to.deep.equal([
      ['thumb', 'queued', 0],
      ['small', 'queued', 0],
    ]);
    const messages = await services.receiveAll();
    expect(messages).to.have.length(1);
    expect(messages[0]).to.include({ imageId, requestId: 'the-upload' });
    expect(messages[0]?.renditions.map(({ name }) => name)).to.deep.equal(['thumb', 'small']);
  });

  it('sends no message when no rendition is asked for', async () => {
    expect(await post({ body: await photograph('jpeg') })).to.include({ status: 201 });
    expect(await services.receiveAll()).to.deep.equal([]);
  });

  const own = {
    name: 'card',
    commands: [{ operation: 'resize', width: 30 }, { operation: 'flip' }],
    output: { format: 'png' },
  };
  const orders: Record<string, (file: Buffer) => Buffer> = {
    'before the file': (file) => formBody([renditionsPart(['thumb', own]), filePart(file)]),
    'after the file': (file) => formBody([filePart(file), renditionsPart(['thumb', own])]),
    'after a preamble and before an epilogue': (file) =>
      Buffer.concat([
        Buffer.from('preamble\r\n'),
        formBody([filePart(file), renditionsPart(['thumb', own])]),
        Buffer.from('epilogue'),
      ]),
  };
  it('accepts renditions as the file that browsers make of a JSON Blob, and says what is wrong with them', async () => {
    const bytes = await photograph('jpeg');
    const blob = (content: string) =>
      formBody([filePart(Buffer.from(content), 'application/json', 'renditions'), filePart(bytes)]);
    const image = await expectStored(await postForm(blob('["thumb"]')), bytes, 'image/jpeg');
    expect(image.renditions.map(({ name }: { name: string }) => name)).to.deep.equal(['thumb']);
    const refused = jsonOf(await postForm(blob('["tiny"]')));
    expect([refused.code, refused.errors[0].path]).to.deep.equal(['unknown_preset', 'renditions[0]']);
  });

  for (const [order, form] of Object.entries(orders)) {
    it(`queues the renditions of a form that come ${order}`, async () => {
      const bytes = await photograph('jpeg');
      const image = await expectStored(await postForm(form(bytes)), bytes, 'image/jpeg');
      const [message] = await services.receiveAll();
      expect(message?.imageId).to.equal(image.imageId);
      expect(message?.renditions.map(({ name }) => name)).to.deep.equal(['thumb', 'card']);
      expect(image.renditions[1]).to.deep.include({ name: 'card', status: 'queued', output: { format: 'png' } });
      expect(image.renditions[1].commands.map(({ operation }: { operation: string }) => operation)).to.deep.equal([
        'resize',
        'flip',
      ]);
      expect(image.renditions[1].commands[0]).to.include({ width: 30, fit: 'cover', position: 'centre' });
    });
  }

  const card = JSON.stringify({ name: 'card', output: { format: 'png' } });
  const inParts: Record<string, FormPart[]> = {
    'as bare names of presets': [renditionsPart('thumb'), renditionsPart(card)],
    'as lists of one': [renditionsPart(['thumb']), renditionsPart(`[${card}]`)],
    'as files and fields': [
      { name: 'renditions', filename: 'blob', contentType: 'application/json', content: '["thumb"]' },
      renditionsPart(card),
    ],
    'as fields and files': [
      renditionsPart('thumb'),
      { name: 'renditions', filename: 'blob', contentType: 'application/json', content: card },
    ],
    'under the name of a list': ['thumb', card].map((content) => ({ name: 'renditions[]', content })),
    'under the names of its items': ['thumb', card].map((content, index) => ({
      name: `renditions[${index}]`,
      content,
    })),
    'with empty ones among them': [
      renditionsPart('thumb'),
      renditionsPart(''),
      renditionsPart([]),
      { name: 'renditions[]', filename: 'blob', contentType: 'application/json', content: card },
    ],
  };
  for (const [way, parts] of Object.entries(inParts)) {
    it(`accepts renditions in several parts of a form, ${way}`, async () => {
      const bytes = await photograph('jpeg');
      const answer = await postForm(formBody([...parts.slice(0, 1), filePart(bytes), ...parts.slice(1)]));
      expect(answer.status, answer.body.toString()).to.equal(201);
      const names = jsonOf(answer).renditions.map(({ name }: { name: string }) => name);
      expect(names).to.deep.equal(['thumb', 'card']);
    });
  }

  it('queues nothing for empty renditions parts, in whatever way they come', async () => {
    const bytes = await photograph('jpeg');
    // As Swagger UI sends what was left empty, as curl, as browsers send a file that nobody chose, and an empty list.
    const empty: FormPart[] = [
      { name: 'renditions', contentType: 'application/json', content: '' },
      { name: 'renditions', content: '' },
      { name: 'renditions', content: ' \r\n' },
      { name: 'renditions', filename: '', contentType: 'application/octet-stream', content: '' },
      { name: 'renditions', filename: 'blob', contentType: 'application/json', content: '' },
      { name: 'renditions[]', content: '' },
      renditionsPart([]),
    ];
    for (const part of empty) {
      for (const parts of [
        [part, filePart(bytes)],
        [filePart(bytes), part, part],
      ]) {
        const answer = await postForm(formBody(parts));
        expect(answer.status, `${JSON.stringify(part)} ${answer.body}`).to.equal(201);
        expect(jsonOf(answer).renditions).to.deep.equal([]);
      }
    }
    expect(await services.receiveAll()).to.deep.equal([]);
  });

  it('lists renditions in the order in which they were asked for', async () => {
    const asked = ['thumb', own, 'small', 'large', 'medium'];
    const { links, renditions } = jsonOf(
      await postForm(formBody([filePart(await photograph('jpeg')), renditionsPart(asked)])),
    );
    const names = (views: { name: string }[]) => views.map(({ name }) => name);
    expect(names(renditions)).to.deep.equal(['thumb', 'card', 'small', 'large', 'medium']);
    expect(names(jsonOf(await send(services.download, { path: links.self })).renditions)).to.deep.equal(
      names(renditions),
    );
  });

  it('stores a form that arrives in pieces of 7 bytes', async () => {
    const bytes = await photograph('png');
    const form = formBody([renditionsPart(['small']), filePart(bytes, 'image/png')]);
    const body = Array.from({ length: Math.ceil(form.length / 7) }, (_, index) =>
      form.subarray(index * 7, index * 7 + 7),
    );
    await expectStored(await post({ headers: { 'content-type': FORM_TYPE }, body }), bytes, 'image/png');
  });

  it('gives each upload an id of its own, even for the same bytes', async () => {
    const body = await photograph('jpeg');
    const [first, second] = await Promise.all([post({ body }), post({ body })]);
    expect(jsonOf(first).imageId).to.not.equal(jsonOf(second).imageId);
    expect(jsonOf(first).checksumSha256).to.equal(jsonOf(second).checksumSha256);
  });

  it('accepts twenty renditions', async () => {
    const renditions = Array.from({ length: LIMITS.renditionsPerRequest }, (_, index) => ({
      ...own,
      name: `card-${index}`,
    }));
    const answer = await postForm(formBody([filePart(await photograph('jpeg')), renditionsPart(renditions)]));
    expect(jsonOf(answer).renditions).to.have.length(20);
    expect((await services.receiveAll())[0]?.renditions).to.have.length(20);
  });

  describe('with 100 MiB', () => {
    const whole = async () => paddedTo(await photograph('jpeg'), LIMITS.syncUploadBytes);
    const bodies: Record<string, () => Promise<Pick<Outgoing, 'headers' | 'body'>>> = {
      'as raw bytes with Content-Length': async () => ({
        headers: { 'content-length': String(LIMITS.syncUploadBytes) },
        body: await whole(),
      }),
      'as raw bytes in chunks': async () => ({ body: await whole() }),
      'in a form': async () => {
        const empty = formBody([filePart(Buffer.alloc(0))]).toString();
        const [start = '', end = ''] = empty.split('\r\n\r\n');
        return {
          headers: { 'content-type': FORM_TYPE },
          body: (function* (image) {
            yield Buffer.from(`${start}\r\n\r\n`);
            yield* image;
            yield Buffer.from(end);
          })(await whole()),
        };
      },
    };
    for (const [way, body] of Object.entries(bodies)) {
      it(`stores 100 MiB ${way} in little memory`, async () => {
        const made = await body();
        const more = await mostMemoryMore(['rss'], async () => {
          const answer = await post(made);
          expect(answer.status, answer.body.toString()).to.equal(201);
          expect(jsonOf(answer)).to.include({ contentLength: LIMITS.syncUploadBytes, width: 48, height: 32 });
        });
        expect(more).to.be.lessThan(LIMITS.syncUploadBytes);
      });
    }
  });
});
