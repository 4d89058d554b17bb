import { expect } from 'chai';
import { LIMITS } from '../../../../shared/domain/limits.ts';
import { type Answered, expectProblem } from '../../../support/http/http-client.ts';
import { photograph } from '../../../support/images/photographs.ts';
import { type Downloads, expectSameHead, type Headers } from '../../../support/services/downloads.ts';
import { multipartClient, sha256 } from '../../../support/services/multipart-client.ts';
import { knownOf } from './preconditions.contract.ts';

const jpeg = await photograph('jpeg', 60, 40);
const webp = await photograph('webp', 20, 20);

/** A JPEG with bytes after its end, in two parts that have no four bytes in common. */
const parts = [Buffer.alloc(LIMITS.minPartBytes), Buffer.from('behind the border '.repeat(50))] as const;
for (let index = 0; index < parts[0].length; index += 4) parts[0].writeUInt32BE(index, index);
jpeg.copy(parts[0]);

const BYTES = { 'an original': jpeg, 'a rendition': webp, 'an original that came in parts': Buffer.concat(parts) };

/** The first and the last byte; `whole` stands for 200, `none` for 416. */
type Expected = [first: number, last: number] | 'whole' | 'none';

/** Range headers by the length of the object. */
const RANGES: [what: string, range: (length: number) => string, expected: (length: number) => Expected][] = [
  ['the first byte', () => 'bytes=0-0', () => [0, 0]],
  ['bytes of the middle', () => 'bytes=7-100', () => [7, 100]],
  ['all bytes after the seventh', () => 'bytes=7-', (length) => [7, length - 1]],
  ['all bytes from the first', () => 'bytes=0-', (length) => [0, length - 1]],
  ['the last byte', (length) => `bytes=${length - 1}-${length - 1}`, (length) => [length - 1, length - 1]],
  ['a suffix of one byte', () => 'bytes=-1', (length) => [length - 1, length - 1]],
  ['a suffix', () => 'bytes=-100', (length) => [length - 100, length - 1]],
  ['a suffix longer than the whole', (length) => `bytes=-${length + 1}`, (length) => [0, length - 1]],
  ['an end beyond the end', (length) => `bytes=7-${length + 7}`, (length) => [7, length - 1]],
  ['an end too large for a number', () => `bytes=7-${'9'.repeat(400)}`, (length) => [7, length - 1]],
  ['a unit in capitals', () => 'Bytes=7-100', () => [7, 100]],
  ['a start at the end', (length) => `bytes=${length}-`, () => 'none'],
  ['a start far beyond the end', (length) => `bytes=${length + 7}-${length + 100}`, () => 'none'],
  ['a suffix of zero bytes', () => 'bytes=-0', () => 'none'],
  ['several, all beyond the end', (length) => `bytes=${length}-,${length + 7}-`, () => 'none'],
  ['several', () => 'bytes=0-0,7-100', () => 'whole'],
  ['several that overlap', () => 'bytes=0-100, 7-, -1', () => 'whole'],
  ['a thousand ranges', () => `bytes=${'0-,'.repeat(1000)}0-`, () => 'whole'],
  ['another unit', () => 'pixels=0-100', () => 'whole'],
  ['an end before the start', () => 'bytes=100-7', () => 'whole'],
  ['no numbers', () => 'bytes=a-b', () => 'whole'],
  ['a number with a sign', () => 'bytes=+7-100', () => 'whole'],
  ['a fraction', () => 'bytes=0.5-7', () => 'whole'],
  ['two dashes', () => 'bytes=--7', () => 'whole'],
  ['no dash', () => 'bytes=7', () => 'whole'],
  ['an invalid one among others', () => 'bytes=0-7,x', () => 'whole'],
  ['nothing', () => 'bytes=', () => 'whole'],
  ['a unit alone', () => 'bytes', () => 'whole'],
];

type Known = ReturnType<typeof knownOf>;

const BEYOND = 'bytes=1000000-';

/** If-Range (RFC 9110, 13.1.5) and preconditions, sent with a satisfiable range unless they name another. */
const CONDITIONS: [what: string, headers: (known: Known) => Headers, status: number][] = [
  ['If-Range of the ETag', ({ eTag }) => ({ 'if-range': eTag }), 206],
  ['If-Range of the weak ETag', ({ eTag }) => ({ 'if-range': `W/${eTag}` }), 200],
  ['If-Range of another ETag', () => ({ 'if-range': '"0123"' }), 200],
  ['If-Range of its date', ({ at }) => ({ 'if-range': at(0) }), 206],
  ['If-Range of an earlier date', ({ at }) => ({ 'if-range': at(-1) }), 200],
  ['If-Range of a later date, which is not that of this version', ({ at }) => ({ 'if-range': at(1) }), 200],
  ['If-Range of garbage', () => ({ 'if-range': 'garbage' }), 200],
  ['If-Match of the ETag', ({ eTag }) => ({ 'if-match': eTag }), 206],
  ['If-Match of another ETag', () => ({ 'if-match': '"0123"' }), 412],
  ['If-None-Match of the ETag', ({ eTag }) => ({ 'if-none-match': eTag }), 304],
  ['If-None-Match of another ETag', () => ({ 'if-none-match': '"0123"' }), 206],
  ['If-Modified-Since of its date', ({ at }) => ({ 'if-modified-since': at(0) }), 304],
  ['If-Range of another ETag, beyond the end', () => ({ 'if-range': '"0123"', range: BEYOND }), 200],
  ['If-None-Match of the ETag, beyond the end', ({ eTag }) => ({ 'if-none-match': eTag, range: BEYOND }), 304],
  ['If-Match of another ETag, beyond the end', () => ({ 'if-match': '"0123"', range: BEYOND }), 412],
];

/** The last byte of the first part of an object in parts. */
const BORDER = LIMITS.minPartBytes - 1;

const ACROSS: [what: string, first: number, last: number][] = [
  ['the last byte of a part', BORDER, BORDER],
  ['the first byte of a part', BORDER + 1, BORDER + 1],
  ['the border between parts', BORDER, BORDER + 1],
  ['bytes of both parts', BORDER - 100_000, BORDER + 300],
  ['the whole of the first part', 0, BORDER],
];

/** RFC 9110, section 14. */
export function describeRanges(open: () => Downloads): void {
  describe('with Range', () => {
    /** The answers to GET without a range. */
    const wholes: Record<string, Answered & { path: string }> = {};
    before(async () => {
      const { imageId, links } = await open().upload(jpeg, ['thumb']);
      await open().make({ imageId, name: 'thumb' }, { bytes: webp, format: 'webp' });
      const client = multipartClient(() => open().services.asyncUpload);
      const { upload, parts: named } = await client.uploaded([...parts], { checksumSha256: sha256(...parts) });
      const paths = {
        'an original': links.original,
        'a rendition': `${links.self}/renditions/thumb`,
        'an original that came in parts': (await client.completed(upload.uploadId, named)).links.original,
      };
      for (const [what, path] of Object.entries(paths)) wholes[what] = { path, ...(await open().get(path)) };
    });

    const wholeOf = (what: string) => {
      const whole = wholes[what];
      if (!whole) throw new Error(`there is no ${what}`);
      return whole;
    };

    for (const [what, bytes] of Object.entries(BYTES)) {
      for (const [name, rangeOf, expectedOf] of RANGES) {
        it(`${what} answers ${name}, and HEAD as a whole`, async () => {
          const { path, ...whole } = wholeOf(what);
          const headers = { range: rangeOf(bytes.length) };
          expectRange(await open().get(path, headers), expectedOf(bytes.length), bytes);
          expectSameHead(await open().get(path, headers, 'HEAD'), whole);
        });
      }
    }

    for (const [name, first, last] of ACROSS) {
      it(`an original in parts answers ${name}`, async () => {
        const { path } = wholeOf('an original that came in parts');
        const answer = await open().get(path, { range: `bytes=${first}-${last}` });
        expectRange(answer, [first, last], BYTES['an original that came in parts']);
      });
    }

    for (const [name, headersFor, status] of CONDITIONS) {
      it(`answers ${status} to a range with ${name}`, async () => {
        const { path, ...whole } = wholeOf('an original');
        const answer = await open().get(path, { range: 'bytes=7-100', ...headersFor(knownOf(whole)) });
        if (status === 412) expectProblem(answer, 'precondition_failed');
        else if (status === 304) expect([answer.status, answer.body.length]).to.deep.equal([304, 0]);
        else expectRange(answer, status === 206 ? [7, 100] : 'whole', jpeg);
      });
    }
  });
}

function expectRange(answer: Answered, expected: Expected, whole: Buffer): void {
  const { headers, body, status } = answer;
  if (expected === 'none') {
    expectProblem(answer, 'range_not_satisfiable');
    expect(headers['content-range']).to.equal(`bytes */${whole.length}`);
    return;
  }
  const [first, last] = expected === 'whole' ? [0, whole.length - 1] : expected;
  expect(status).to.equal(expected === 'whole' ? 200 : 206);
  expect(body.equals(whole.subarray(first, last + 1)), `${body.length} bytes`).to.equal(true);
  expect(headers).to.include({ 'content-length': String(last - first + 1), 'accept-ranges': 'bytes' });
  expect(headers.etag).to.match(/^"[0-9a-f]{64}"$/);
  const range = expected === 'whole' ? undefined : `bytes ${first}-${last}/${whole.length}`;
  expect(headers['content-range']).to.equal(range);
}
