import { expect } from 'chai';
import { render } from '../worker/rendition-run.ts';
import { EOI, firstScan, inserted, JPEGS, patched, segmentsOf } from './jpeg-files.ts';
import { difference, look } from './picture.ts';

/** Bytes that some encoders write before a marker: fill bytes and TEM, which are legal, and stray bytes. */
export const STRAY: Record<string, Buffer> = {
  'fill bytes': Buffer.from('ffffff', 'hex'),
  'a marker without a segment': Buffer.from('ff01', 'hex'),
  'one byte': Buffer.from('A'),
  'four bytes': Buffer.from('aabbccdd', 'hex'),
  'fourteen zeros': Buffer.alloc(14),
  'a stuffed byte': Buffer.from('12ff0034', 'hex'),
  'a byte and fill bytes': Buffer.from('41ffff', 'hex'),
};

const segment = (marker: number, body: Buffer): Buffer => {
  const head = Buffer.from([0xff, marker, 0, 0]);
  head.writeUInt16BE(body.length + 2, 2);
  return Buffer.concat([head, body]);
};

const jfif = (major: number, minor: number): Buffer =>
  segment(0xe0, Buffer.from([...Buffer.from('JFIF\0'), major, minor, 0, 0, 1, 0, 1, 0, 0]));

const adobe = (transform: number): Buffer =>
  segment(0xee, Buffer.from([...Buffer.from('Adobe'), 0, 100, 0, 0, 0, 0, transform]));

/** Bytes of the first scan's header, counted from its end: the first and the last coefficient, and the bit positions. */
const scanPatched = (jpeg: Buffer, ...bytes: [number, number, number]): Buffer =>
  patched(jpeg, firstScan(jpeg) - 3, ...bytes);

/** Headers that break the standard, or follow a later one, without any effect on pixels. Scan headers are of sequential files only. */
export const HEADERS: Record<string, { isSequential?: true; make: (jpeg: Buffer) => Buffer }> = {
  'JFIF 2.9': { make: (jpeg) => inserted(jpeg, 2, jfif(2, 9)) },
  'JFIF twice': { make: (jpeg) => inserted(jpeg, 2, Buffer.concat([jfif(1, 2), jfif(3, 0)])) },
  'a JFIF that is padded': {
    make: (jpeg) => inserted(jpeg, 2, segment(0xe0, Buffer.concat([jfif(1, 1).subarray(4), Buffer.alloc(900)]))),
  },
  'a comment without text': { make: (jpeg) => inserted(jpeg, 2, segment(0xfe, Buffer.alloc(0))) },
  'a marker that nobody knows': { make: (jpeg) => inserted(jpeg, 2, segment(0xef, Buffer.from('?'))) },
  'no end marker': { make: (jpeg) => jpeg.subarray(0, -2) },
  'half an end marker': { make: (jpeg) => jpeg.subarray(0, -1) },
  'bytes behind its end': { make: (jpeg) => Buffer.concat([jpeg, Buffer.alloc(999, 0xff)]) },
  'another image behind its end': { make: (jpeg) => Buffer.concat([jpeg, jpeg]) },
  'a last coefficient of 0, as Samsung writes it': { isSequential: true, make: (jpeg) => scanPatched(jpeg, 0, 0, 0) },
  'a first coefficient of 1': { isSequential: true, make: (jpeg) => scanPatched(jpeg, 1, 63, 0) },
  'bits of an approximation': { isSequential: true, make: (jpeg) => scanPatched(jpeg, 0, 63, 0x11) },
  'all of it at once': {
    isSequential: true,
    make: (jpeg) =>
      inserted(scanPatched(jpeg, 0, 0, 0).subarray(0, -2), 2, Buffer.concat([jfif(2, 9), Buffer.from('junk')])),
  },
};

/** Adobe's transform 2 is read as 1 for three components, and 1 as 2 for four. */
export const TRANSFORMS = { jpeg: adobe(2), CMYK: adobe(1) };

/** A JPEG that is shown completely, with the pixels of `as`, and without a warning unless there are stray bytes in the data of scans. */
export async function expectWhole(
  odd: Buffer,
  as: Buffer,
  { what, mayWarn = false }: { what: string; mayWarn?: boolean },
) {
  const { data, warnings } = await render(odd);
  expect(difference(await look(data), await look((await render(as)).data)).most, what).to.equal(0);
  if (mayWarn) for (const { code } of warnings ?? []) expect(code, what).to.equal('image_damaged');
  else expect(warnings, what).to.equal(undefined);
}

/** Each stray byte before each marker, except where SOI would no longer be a signature. */
export async function expectWholeAround(kind: string, isAsked: (index: number) => boolean): Promise<void> {
  const whole = await (JPEGS[kind] as () => Promise<Buffer>)();
  const places = segmentsOf(whole);
  let index = 0;
  for (const [place, { at, marker }] of places.entries())
    for (const [name, bytes] of Object.entries(STRAY)) {
      index += 1;
      if (!isAsked(index) || (place === 0 && bytes[0] !== 0xff)) continue;
      const isBehindScan = at > firstScan(whole);
      const what = `${kind}: ${name} before ${marker === EOI ? 'its end' : marker.toString(16)} at ${at}`;
      await expectWhole(inserted(whole, at, bytes), whole, { what, mayWarn: isBehindScan });
    }
}
