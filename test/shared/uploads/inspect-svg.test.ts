import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { gzipSync } from 'node:zlib';
import { expect } from 'chai';
import { type ErrorCode, ImageServiceError } from '../../../shared/domain/errors.ts';
import { LIMITS } from '../../../shared/domain/limits.ts';
import { inspectImage } from '../../../shared/uploads/inspect-image.ts';
import { LimitedBody } from '../../../shared/uploads/verified-body.ts';
import { BILLION_LAUGHS, drawing, drawingOf } from '../../support/drawings/drawings.ts';
import { rejectionOf } from '../../support/rejection.ts';

const { svgBytes, svgDimension } = LIMITS;
const SIDES = { width: 48, height: 32 };
const DECLARED = 'image/svg+xml';

/** A body that comes in pieces of 64 KiB, as from a connection. */
const piecesOf = (bytes: Buffer): Readable =>
  Readable.from(
    Array.from({ length: Math.ceil(bytes.length / 65_536) }, (_, at) => bytes.subarray(at * 65_536, (at + 1) * 65_536)),
    { objectMode: false },
  );

/** As a request's body: counted, by a limit that is far above an SVG's. */
function inspect(bytes: Buffer, contentLength?: number) {
  const counter = piecesOf(bytes).pipe(new LimitedBody(LIMITS.syncUploadBytes));
  return inspectImage({ body: counter, counter, declaredType: DECLARED, contentLength }, { maxInputPixels: 1000 });
}

/** What is known of an image, its bytes left out. */
async function factsOf(bytes: Buffer) {
  const { body, ...facts } = await inspect(bytes);
  body.destroy();
  return facts;
}

async function expectRefused(bytes: Buffer, code: ErrorCode, detail: RegExp): Promise<ImageServiceError> {
  const error = await rejectionOf(inspect(bytes).then(({ body }) => buffer(body)));
  expect(error).to.be.instanceOf(ImageServiceError);
  const refusal = error as ImageServiceError;
  expect(refusal.code).to.equal(code);
  expect(refusal.message).to.match(detail);
  return refusal;
}

describe('inspectImage of an SVG', () => {
  it('returns all bytes, and a size beyond the pixels that other images may have', async () => {
    for (const length of [500, 100_000, 500_000, svgBytes]) {
      for (const contentLength of [length, undefined]) {
        const bytes = drawingOf(length);
        const { body, ...facts } = await inspect(bytes, contentLength);
        expect(facts).to.deep.equal({ contentType: DECLARED, ...SIDES });
        expect((await buffer(body)).equals(bytes)).to.equal(true);
      }
    }
    expect(await factsOf(drawing({ width: 20_000, height: 20_000 }))).to.include({ width: 20_000, height: 20_000 });
  });

  it('returns whole pixels, or none if they are unknown', async () => {
    expect(await factsOf(drawing({ width: '10.5', height: '10.4' }))).to.include({ width: 11, height: 10 });
    expect(await factsOf(drawing({ width: '1in', height: '72pt' }))).to.include({ width: 96, height: 96 });
    for (const attributes of [{}, { width: '10em', height: 5 }, { viewBox: '0 0 0.4 9' }]) {
      expect(await factsOf(drawing(attributes))).to.deep.equal({ contentType: DECLARED });
    }
  });

  it('accepts references to other documents, also in the DOCTYPE', async () => {
    const prolog = '<!DOCTYPE svg SYSTEM "http://127.0.0.1:1/a.dtd"><?xml-stylesheet href="http://127.0.0.1:1/a.css"?>';
    expect(await factsOf(drawing(SIDES, { prolog }))).to.include(SIDES);
  });

  it('refuses nested entities before any of them is resolved', async () => {
    const prologs = [BILLION_LAUGHS, '<!DOCTYPE svg [<!ENTITY a SYSTEM "file:///etc/passwd">]>'];
    for (const prolog of prologs) await expectRefused(drawing(SIDES, { prolog }), 'image_unreadable', /entities/);
  });

  it('reads a size that entities give', async () => {
    const prolog = '<!DOCTYPE svg [<!ENTITY side "48"><!ENTITY unit "px">]>';
    expect(await factsOf(drawing({ ...SIDES, width: '&side;&unit;' }, { prolog }))).to.include(SIDES);
  });

  it('accepts UTF-16 with a byte order mark, in either byte order', async () => {
    const svg = `\ufeff<?xml version="1.0" encoding="UTF-16"?>${drawing(SIDES)}`;
    expect(await factsOf(Buffer.from(svg, 'utf16le'))).to.include(SIDES);
    expect(await factsOf(Buffer.from(svg, 'utf16le').swap16())).to.include(SIDES);
  });

  it('refuses an encoding that browsers do not know', async () => {
    for (const encoding of ['UTF-7', 'IBM037', 'UTF-32', 'x-none']) {
      const prolog = `<?xml version="1.0" encoding="${encoding}"?>`;
      await expectRefused(drawing(SIDES, { prolog }), 'image_unreadable', new RegExp(`${encoding}. Save it as UTF-8`));
    }
    for (const encoding of [
      'UTF-8',
      'utf-8',
      'UTF8',
      'US-ASCII',
      'ISO-8859-1',
      'windows-1252',
      'Shift_JIS',
      'UTF-16',
    ]) {
      const prolog = `<?xml version="1.0" encoding="${encoding}"?>`;
      expect(await factsOf(drawing(SIDES, { prolog })), encoding).to.include(SIDES);
    }
  });

  it('refuses more pixels a side than can be drawn, naming the side and the limit', async () => {
    const most = { width: svgDimension, height: svgDimension };
    expect(await factsOf(drawing(most))).to.include(most);
    for (const sides of [
      { width: svgDimension + 1, height: 1 },
      { width: 1, height: '1e9' },
      { width: 200, viewBox: '0 0 1 1000000' },
    ]) {
      const { facts } = await expectRefused(drawing(sides), 'too_many_pixels', /asks for.*a side may have 32767/);
      expect(facts).to.include({ limit: svgDimension, unit: 'pixels' });
      expect(facts.actual).to.be.greaterThan(svgDimension);
    }
  });

  it('accepts a viewBox of any size, because its units are no pixels', async () => {
    expect(await factsOf(drawing({ viewBox: '0 0 1000000 500000' }))).to.deep.equal({ contentType: DECLARED });
  });

  it('refuses a drawing that asks for no pixels', async () => {
    for (const sides of [
      { width: 0, height: 0 },
      { width: '0.4', height: 9 },
      { width: 0, height: 5, viewBox: '0 0 5 5' },
    ]) {
      await expectRefused(drawing(sides), 'image_unreadable', /asks for \d+ × \d+ pixels.*width and a height/);
    }
  });

  it('refuses one byte above the limit, whether the length is known or not', async () => {
    const bytes = drawingOf(svgBytes + 1);
    const counted = await expectRefused(
      bytes,
      'payload_too_large',
      new RegExp(`${svgBytes} bytes.*at least.*as a PNG`),
    );
    expect(counted.facts).to.include({ limit: svgBytes, unit: 'bytes' });
    const known = await rejectionOf(inspect(bytes.subarray(0, 200_000), bytes.length));
    expect(known).to.have.property('code', 'payload_too_large');
    expect((known as ImageServiceError).facts).to.include({ limit: svgBytes, actual: svgBytes + 1, unit: 'bytes' });
  });

  it('refuses a compressed SVG, or UTF-16 without a byte order mark, and says what an SVG must be', async () => {
    const svg = drawing(SIDES);
    for (const bytes of [gzipSync(svg), Buffer.from(`${svg}`, 'utf16le')]) {
      await expectRefused(bytes, 'unsupported_image', /text.*byte order mark.*not compressed.*<svg>/);
    }
  });

  it('refuses an SVG under the type of another format', async () => {
    const error = await rejectionOf(
      inspectImage({ body: piecesOf(drawing(SIDES)), declaredType: 'text/html' }, { maxInputPixels: 1000 }),
    );
    expect(error).to.have.property('code', 'image_type_mismatch');
  });
});
