import { gzipSync } from 'node:zlib';
import type { ErrorCode } from '../../../shared/domain/errors.ts';
import { LIMITS } from '../../../shared/domain/limits.ts';
import { BILLION_LAUGHS, drawing, drawingOf } from '../drawings/drawings.ts';
import { claimingSize, paddedTo, photograph } from '../images/photographs.ts';
import { BOUNDARY, FORM_TYPE, filePart, formBody, renditionsPart } from './form-body.ts';
import type { Outgoing } from './http-client.ts';

/** An upload that must be refused, and the expected problem. */
export interface BadUpload extends Omit<Outgoing, 'path'> {
  path?: string;
  code: ErrorCode;
  detail: RegExp;
  /** The field that the problem must name. */
  field?: string;
  /** The limit that the problem must name, in bytes, with what was counted. */
  limit?: number;
}

const SIDES = { width: 48, height: 32 };
const jpeg = await photograph('jpeg');
const png = await photograph('png');
const { syncUploadBytes, svgBytes, svgDimension, inputPixels, jsonBytes } = LIMITS;
const tooLong = () => paddedTo(jpeg, syncUploadBytes + 1);
const oneTooMany = new RegExp(`${syncUploadBytes} bytes.*${syncUploadBytes + 1}`);

type Expected = Pick<BadUpload, 'code' | 'detail' | 'field' | 'limit'>;

const typed = (contentType: string, body: Buffer, expected: Expected): BadUpload => ({
  headers: { 'content-type': contentType },
  body,
  ...expected,
});

const form = (parts: Parameters<typeof formBody>[0], expected: Expected): BadUpload =>
  typed(FORM_TYPE, formBody(parts), expected);

/** A form with a good image and these renditions. */
const asking = (renditions: unknown, expected: Expected): BadUpload =>
  form([filePart(jpeg), renditionsPart(renditions)], expected);

const resizing = (width: unknown) => [{ name: 'a', commands: [{ operation: 'flip' }, { operation: 'resize', width }] }];

function* formTooLong(): Generator<Buffer> {
  const [start, end] = formBody([filePart(Buffer.from('|'))])
    .toString()
    .split('|');
  yield Buffer.from(start ?? '');
  yield* tooLong();
  yield Buffer.from(end ?? '');
}

const bytes: Record<string, BadUpload> = {
  'an empty body': { body: '', code: 'empty_body', detail: /no bytes/ },
  'no body and no length': { headers: { 'transfer-encoding': 'chunked' }, code: 'empty_body', detail: /no bytes/ },
  'an empty form': typed(FORM_TYPE, Buffer.alloc(0), { code: 'empty_body', detail: /no bytes/ }),
  'a form with an empty file': form([filePart(Buffer.alloc(0))], { code: 'empty_body', detail: /image has no bytes/ }),
  'text called image/jpeg': typed('image/jpeg', Buffer.from('not an image'), {
    code: 'unsupported_image',
    detail: /declared as image\/jpeg.*Accepted: image\/jpeg, image\/png/,
  }),
  'text in a form': form([filePart(Buffer.from('not an image'))], { code: 'unsupported_image', detail: /Accepted/ }),
  'a BMP': typed('image/bmp', Buffer.from('424d460000000000000036000000', 'hex'), {
    code: 'unsupported_image',
    detail: /although declared as image\/bmp/,
  }),
  'one byte': { body: 'x', code: 'unsupported_image', detail: /no image/ },
  'a PNG called JPEG': typed('image/jpeg', png, {
    code: 'image_type_mismatch',
    detail: /Declared as image\/jpeg, but the bytes are image\/png/,
  }),
  'a PNG called text': typed('text/plain', png, { code: 'image_type_mismatch', detail: /text\/plain.*image\/png/ }),
  'a header of 65,536 × 65,536 pixels': typed('image/png', await claimingSize(65_536, 65_536), {
    code: 'too_many_pixels',
    detail: new RegExp(`65536 × 65536 = 4294967296 pixels; the limit is ${inputPixels}`),
  }),
  'a header of 0 × 0 pixels': { body: await claimingSize(0, 0), code: 'image_unreadable', detail: /dimensions/ },
  'the first 10 bytes of a JPEG': { body: jpeg.subarray(0, 10), code: 'image_unreadable', detail: /header/ },
  'the first 20 bytes of a PNG': { body: png.subarray(0, 20), code: 'image_unreadable', detail: /header/ },
  '100 MiB and 1 byte': { body: Buffer.concat([...tooLong()]), code: 'payload_too_large', detail: oneTooMany },
  '100 MiB and 1 byte in chunks': { body: tooLong(), code: 'payload_too_large', detail: oneTooMany },
  '100 MiB and 1 byte in a form': {
    headers: { 'content-type': FORM_TYPE },
    body: formTooLong(),
    code: 'payload_too_large',
    detail: oneTooMany,
  },
  'a compressed body': {
    headers: { 'content-encoding': 'gzip' },
    body: gzipSync(jpeg),
    code: 'unsupported_content_type',
    detail: /Content-Encoding "gzip".*Send the bytes/,
  },
  'a Content-Type that is none': typed('garbage', jpeg, {
    code: 'unsupported_content_type',
    detail: /is not a media type/,
  }),
};

const svgTooLong: Expected = {
  code: 'payload_too_large',
  detail: new RegExp(`${svgBytes} bytes.*as a PNG`),
  limit: svgBytes,
};

const svg = (body: Buffer, code: ErrorCode, detail: RegExp): BadUpload =>
  typed('image/svg+xml', body, { code, detail });

const svgs: Record<string, BadUpload> = {
  'an SVG that is compressed': svg(gzipSync(drawing(SIDES)), 'unsupported_image', /not compressed/),
  'an SVG in UTF-16 that has no byte order mark': svg(
    Buffer.from(drawing(SIDES).toString(), 'utf16le'),
    'unsupported_image',
    /byte order mark/,
  ),
  'an SVG in another encoding': svg(
    drawing(SIDES, { prolog: '<?xml version="1.0" encoding="UTF-7"?>' }),
    'image_unreadable',
    /UTF-7.*Save it as UTF-8/,
  ),
  'an SVG in a page': svg(
    Buffer.from(`<!DOCTYPE html><p>${drawing(SIDES)}`),
    'unsupported_image',
    /first element <svg>/,
  ),
  'a page called text/html': typed('text/html', Buffer.from(`<html>${drawing(SIDES)}</html>`), {
    code: 'unsupported_image',
    detail: /no image/,
  }),
  'an SVG called text/html': typed('text/html', drawing(SIDES), { code: 'image_type_mismatch', detail: /svg\+xml/ }),
  'an SVG whose entities make gigabytes': svg(
    drawing(SIDES, { prolog: BILLION_LAUGHS }),
    'image_unreadable',
    /entities in its DOCTYPE/,
  ),
  'an SVG of no width': svg(drawing({ width: 0, height: 9 }), 'image_unreadable', /0 × 9 pixels/),
  'an SVG that asks for very many pixels': svg(
    drawing({ width: '1e9', height: 9 }),
    'too_many_pixels',
    new RegExp(`1000000000 × 9 pixels, and a side may have ${svgDimension}`),
  ),
  'an SVG above its limit': typed('image/svg+xml', drawingOf(svgBytes + 1), svgTooLong),
  'an SVG above its limit, not declared': { body: drawingOf(svgBytes + 1), ...svgTooLong },
  'an SVG above its limit in chunks': { body: [drawingOf(svgBytes), Buffer.from('\n')], ...svgTooLong },
  'an SVG above its limit in a form': form([filePart(drawingOf(svgBytes + 1), 'image/svg+xml')], svgTooLong),
};

const query: Record<string, BadUpload> = {
  'an unknown preset in the query': {
    path: '/v1/images?rendition=thumb&rendition=tiny',
    body: jpeg,
    code: 'unknown_preset',
    detail: /rendition\[1\].*thumb, small/,
    field: 'query.rendition[1]',
  },
  'a preset twice in the query': {
    path: '/v1/images?rendition=thumb&rendition=thumb',
    body: jpeg,
    code: 'invalid_request',
    detail: /earlier rendition/,
    field: 'query.rendition[1]',
  },
  'a query parameter that does not exist': {
    path: '/v1/images?renditions=thumb',
    body: jpeg,
    code: 'invalid_request',
    detail: /renditions is not allowed/,
    field: 'query.renditions',
  },
  'presets in the query of a form': {
    ...form([filePart(jpeg)], { code: 'invalid_request', detail: /field `renditions`/, field: 'query.rendition' }),
    path: '/v1/images?rendition=thumb',
  },
};

const forms: Record<string, BadUpload> = {
  'two files': form([filePart(jpeg), filePart(jpeg)], { code: 'invalid_request', detail: /one image/, field: 'file' }),
  'no file': form([renditionsPart(['thumb'])], { code: 'invalid_request', detail: /required/, field: 'file' }),
  'a file under another name': form([filePart(jpeg, 'image/jpeg', 'photo')], {
    code: 'invalid_request',
    detail: /"photo".*`file`/,
    field: 'photo',
  }),
  'a path in place of a file': form([{ name: 'file', content: 'a path' }], {
    code: 'unsupported_image',
    detail: /no image/,
  }),
  'an unknown field': form([{ name: 'title', content: 'x' }, filePart(jpeg)], {
    code: 'invalid_request',
    detail: /"title".*`file` and `renditions`/,
    field: 'title',
  }),
  'an unknown field after the file': form([filePart(jpeg), { name: 'title', content: 'x' }], {
    code: 'invalid_request',
    detail: /"title"/,
    field: 'title',
  }),
  'a rendition twice in two parts': form([renditionsPart(['thumb']), filePart(jpeg), renditionsPart('thumb')], {
    code: 'invalid_request',
    detail: /earlier rendition/,
    field: 'renditions[1]',
  }),
  'more parts of renditions than there may be renditions': form(
    [...Array.from({ length: 21 }, (_, index) => renditionsPart({ name: `r${index}` })), filePart(jpeg)],
    { code: 'invalid_request', detail: /20/, field: 'renditions' },
  ),
  'renditions that are too long together': form(
    [filePart(jpeg), ...['thumb', 'small'].map((name) => renditionsPart(`["${name}"${' '.repeat(jsonBytes / 2)}]`))],
    { code: 'invalid_request', detail: /longer/, field: 'renditions' },
  ),
  ...Object.fromEntries(
    ['renditions[0][name]', 'renditions[][name]', 'renditions[name]', 'renditions.0.name', 'renditions{}'].map(
      (name) => [
        `a rendition whose value is in a part ${name}`,
        form([filePart(jpeg), { name, content: 'card' }], {
          code: 'invalid_request',
          detail: /JSON in a part `renditions`.*JSON\.stringify/,
          field: name,
        }),
      ],
    ),
  ),
  'a list of renditions in files of values': form(
    [filePart(jpeg), filePart(Buffer.from('card'), 'text/plain', 'renditions[0][name]')],
    { code: 'invalid_request', detail: /JSON\.stringify/, field: 'renditions[0][name]' },
  ),
  'a bare name of no preset': asking('huge', { code: 'unknown_preset', detail: /thumb/, field: 'renditions[0]' }),
  'bare names in one part': asking('thumb,small', { code: 'malformed_json', detail: /preset/, field: 'renditions' }),
  'a renditions field that is too long': asking(`[${' '.repeat(jsonBytes)}]`, {
    code: 'invalid_request',
    detail: new RegExp(`longer than ${jsonBytes} bytes`),
    field: 'renditions',
  }),
  'a form without a boundary': typed('multipart/form-data', formBody([filePart(jpeg)]), {
    code: 'malformed_form',
    detail: /[Bb]oundary/,
  }),
  'a form with another boundary': typed('multipart/form-data; boundary=other', formBody([filePart(jpeg)]), {
    code: 'malformed_form',
    detail: /form/,
  }),
  'a form that ends before its last boundary': typed(FORM_TYPE, formBody([filePart(jpeg)], { closed: false }), {
    code: 'malformed_form',
    detail: /end/,
  }),
  'a form that ends within the image': typed(FORM_TYPE, formBody([filePart(jpeg)]).subarray(0, 700), {
    code: 'malformed_form',
    detail: /end/,
  }),
  'a form that ends within a header': typed(FORM_TYPE, formBody([filePart(jpeg)]).subarray(0, 60), {
    code: 'malformed_form',
    detail: /end/,
  }),
  'a part whose disposition has no name': typed(
    FORM_TYPE,
    Buffer.from(`--${BOUNDARY}\r\ncontent-disposition: form-data; filename="a"\r\n\r\nx\r\n--${BOUNDARY}--\r\n`),
    { code: 'invalid_request', detail: /a part without a name.*`file` and `renditions`/, field: 'form' },
  ),
  'a part of an empty name': form([{ name: '', content: 'x' }], {
    code: 'invalid_request',
    detail: /a part without a name/,
    field: 'form',
  }),
  'a part without a disposition': typed(FORM_TYPE, Buffer.from(`--${BOUNDARY}\r\n\r\nx\r\n--${BOUNDARY}--\r\n`), {
    code: 'invalid_request',
    detail: /required/,
    field: 'file',
  }),
};

const renditions: Record<string, BadUpload> = {
  'an unknown preset in a form': asking(['thumb', 'tiny'], {
    code: 'unknown_preset',
    detail: /renditions\[1\].*thumb, small/,
    field: 'renditions[1]',
  }),
  'an unknown command': asking([{ name: 'a', commands: [{ operation: 'explode' }] }], {
    code: 'unknown_operation',
    detail: /resize/,
    field: 'renditions[0].commands[0].operation',
  }),
  'a command with a missing field': asking([{ name: 'a', commands: [{ operation: 'rotate' }] }], {
    code: 'invalid_request',
    detail: /required/,
    field: 'renditions[0].commands[0].angle',
  }),
  'a command with half of what goes together': asking(
    [{ name: 'a', commands: [{ operation: 'crop', left: 0, top: 0, width: 5 }] }],
    {
      code: 'invalid_request',
      detail: /renditions\[0\]\.commands\[0\]: width goes only with height/,
      field: 'renditions[0].commands[0]',
    },
  ),
  'a command whose fields contradict each other': asking(
    [{ name: 'a', commands: [{ operation: 'normalise', lower: 60, upper: 40 }] }],
    {
      code: 'invalid_request',
      detail: /renditions\[0\]\.commands\[0\]: lower must be less than upper/,
      field: 'renditions[0].commands[0]',
    },
  ),
  'an output option of other formats': asking([{ name: 'a', output: { format: 'gif', quality: 80 } }], {
    code: 'invalid_request',
    detail: /goes only with the formats jpeg, png, webp/,
    field: 'renditions[0].output.quality',
  }),
  'a command with a field out of range': asking(resizing(99_999), {
    code: 'invalid_request',
    detail: /16383/,
    field: 'renditions[0].commands[1].width',
  }),
  'a number written as text': asking(resizing('40'), {
    code: 'invalid_request',
    detail: /number/,
    field: 'renditions[0].commands[1].width',
  }),
  'a command with an unknown field': asking([{ name: 'a', commands: [{ operation: 'flip', twice: true }] }], {
    code: 'invalid_request',
    detail: /not allowed/,
    field: 'renditions[0].commands[0].twice',
  }),
  'a rendition without a name': asking([{ commands: [] }], {
    code: 'invalid_request',
    detail: /required/,
    field: 'renditions[0].name',
  }),
  'a rendition with a name that is a path': asking([{ name: '../a' }], {
    code: 'invalid_request',
    detail: /name/,
    field: 'renditions[0].name',
  }),
  'an output in an unknown format': asking([{ name: 'a', output: { format: 'bmp' } }], {
    code: 'invalid_request',
    detail: /jpeg, png, webp, avif/,
    field: 'renditions[0].output.format',
  }),
  '21 renditions': asking(
    Array.from({ length: 21 }, (_, index) => ({ name: `r${index}` })),
    { code: 'invalid_request', detail: /20/, field: 'renditions' },
  ),
  'eleven commands': asking([{ name: 'a', commands: Array.from({ length: 11 }, () => ({ operation: 'flip' })) }], {
    code: 'invalid_request',
    detail: /10/,
    field: 'renditions[0].commands',
  }),
  'duplicate names': asking([{ name: 'thumb' }, 'small', 'thumb'], {
    code: 'invalid_request',
    detail: /earlier/,
    field: 'renditions[2]',
  }),
  'renditions that are a number': asking('5', {
    code: 'invalid_request',
    detail: /preset, or an object/,
    field: 'renditions[0]',
  }),
  'renditions that are null': asking('null', {
    code: 'invalid_request',
    detail: /preset, or an object/,
    field: 'renditions[0]',
  }),
  'null among the renditions': asking(['thumb', null], {
    code: 'invalid_request',
    detail: /renditions\[1\] must be/,
    field: 'renditions[1]',
  }),
  'renditions that are no JSON': asking('["thumb"', {
    code: 'malformed_json',
    detail: /neither valid JSON/,
    field: 'renditions',
  }),
  '__proto__ in the renditions': asking('[{"name":"a","__proto__":{"commands":[]}}]', {
    code: 'malformed_json',
    detail: /prototype/,
  }),
  'deeply nested renditions': asking(`${'['.repeat(20_000)}${']'.repeat(20_000)}`, {
    code: 'invalid_request',
    detail: /renditions/,
  }),
};

export const BAD_UPLOADS: Record<string, BadUpload> = { ...bytes, ...svgs, ...query, ...forms, ...renditions };
