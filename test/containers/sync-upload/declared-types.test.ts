import { expect } from 'chai';
import {
  IMAGE_FORMATS,
  type ImageFormat,
  UNDECLARED_MEDIA_TYPES,
} from '../../../shared/domain/formats/image-format.ts';
import { FORM_TYPE, type FormPart, formBody, renditionsPart } from '../../support/http/form-body.ts';
import { expectProblem, jsonOf, send } from '../../support/http/http-client.ts';
import { photograph } from '../../support/images/photographs.ts';
import { type Services, startServices } from '../../support/services/services.ts';

const FORMATS = Object.keys(IMAGE_FORMATS) as ImageFormat[];

/** What clients say of an image in a form: nothing, a guess from a name, or what their library says of any file. */
const DECLARED: (string | undefined)[] = [
  undefined,
  ...UNDECLARED_MEDIA_TYPES,
  ...Object.values(IMAGE_FORMATS).map(({ mediaType }) => mediaType),
  'image/bmp',
  'text/plain; charset=utf-8',
  'application/json',
  'multipart/mixed; boundary=Y',
  'garbage',
  ';',
];

const NAMED: (string | undefined)[] = [
  undefined,
  '',
  'photo.png',
  'photo.jpg',
  'photo',
  'photo.txt',
  'a path/photo.svg',
];

describe('The type that a form declares for its image', () => {
  let services: Services;
  before(async () => {
    services = await startServices({ heic: true });
  });
  after(() => services.stop());

  const post = (parts: FormPart[]) =>
    send(services.upload, {
      method: 'POST',
      path: '/v1/images',
      headers: { 'content-type': FORM_TYPE },
      body: formBody(parts),
    });
  const partOf = (content: Buffer, contentType?: string, filename?: string): FormPart => ({
    name: 'file',
    content,
    ...(contentType !== undefined && { contentType }),
    ...(filename !== undefined && { filename }),
  });

  for (const format of FORMATS) {
    it(`is ignored, because the bytes show ${format}`, async () => {
      const bytes = await photograph(format);
      for (const declared of DECLARED) {
        for (const filename of NAMED) {
          const answer = await post([renditionsPart(['thumb']), partOf(bytes, declared, filename)]);
          expect(answer.status, `${declared} ${filename} ${answer.body}`).to.equal(201);
          const { contentType, contentLength, renditions } = jsonOf(answer);
          expect({ contentType, contentLength, renditions: renditions.length }).to.deep.equal({
            contentType: IMAGE_FORMATS[format].mediaType,
            contentLength: bytes.length,
            renditions: 1,
          });
        }
      }
    });
  }

  it('makes no image of bytes that are none', async () => {
    for (const declared of ['image/jpeg', undefined]) {
      expectProblem(await post([partOf(Buffer.from('not an image'), declared)]), 'unsupported_image');
      expectProblem(await post([partOf(Buffer.alloc(0), declared)]), 'empty_body');
    }
  });

  it('makes no image of a field with another name than file', async () => {
    const jpeg = await photograph('jpeg');
    for (const filename of NAMED) {
      for (const name of ['photo', 'File', 'file[]', '', undefined]) {
        const { name: _file, ...part } = partOf(jpeg, 'image/jpeg', filename);
        const problem = expectProblem(
          await post([{ ...part, ...(name !== undefined && { name }) }]),
          'invalid_request',
        );
        expect(problem.errors?.map(({ path }) => path)).to.deep.equal([name || 'form']);
      }
    }
  });
});

describe('The type that is declared for a raw body', () => {
  let services: Services;
  before(async () => {
    services = await startServices({ heic: true });
  });
  after(() => services.stop());

  it('is refused when it is wrong, because no client guesses it from a name', async () => {
    for (const format of FORMATS) {
      const body = await photograph(format);
      const wrong = FORMATS.filter((other) => other !== format).map((other) => IMAGE_FORMATS[other].mediaType);
      for (const type of [...wrong, 'text/plain', 'image/bmp', 'application/json']) {
        const headers = { 'content-type': type };
        const answer = await send(services.upload, { method: 'POST', path: '/v1/images', headers, body });
        expectProblem(answer, 'image_type_mismatch');
      }
    }
  });
});
