import { expect } from 'chai';
import sharp from 'sharp';
import { firstScan, patched, segmentsOf } from '../../../../support/images/jpeg-files.ts';
import { difference, look, type Picture, photograph } from '../../../../support/images/picture.ts';
import { restartedJpeg } from '../../../../support/images/restarted-jpeg.ts';
import { type End, endOf } from '../../../../support/worker/rendition-end.ts';
import { render } from '../../../../support/worker/rendition-run.ts';

const [WIDTH, HEIGHT] = [200, 320];
const picture = () => photograph(WIDTH, HEIGHT);

/** The first row, counted from 1, in which two pictures differ. */
function firstDifference(a: Picture, b: Picture): number {
  const at = a.pixels.findIndex((value, index) => value !== b.pixels[index]);
  return at < 0 ? Number.POSITIVE_INFINITY : Math.floor(at / (4 * WIDTH)) + 1;
}

/** A JPEG with two bytes of its data changed, but to no marker, at so many places. */
function* changedJpegs(jpeg: Buffer, places: number): Generator<Buffer> {
  const [from, to] = [firstScan(jpeg), jpeg.length - 4];
  for (let index = 1; index < places; index += 1) {
    const at = Math.floor(from + ((to - from) * index) / places);
    const bytes = jpeg.subarray(at - 1, at + 3);
    if (bytes.includes(0xff) || bytes.includes(0xa5)) continue;
    yield patched(jpeg, at, (bytes[1] ?? 0) ^ 0x5a, (bytes[2] ?? 0) ^ 0x5a);
  }
}

/** Expects that no row before the one that is told of is wrong. */
async function expectTrue({ warnings, data }: End, full: Picture): Promise<number | undefined> {
  const [, told] = / from row (\d+) on\.$/.exec(warnings?.[0]?.detail ?? '') ?? [];
  if (told === undefined || !data) return undefined;
  expect(firstDifference(await look(data), full), warnings?.[0]?.detail).to.be.at.least(Number(told));
  return Number(told);
}

describe('a JPEG of which bytes were changed', () => {
  it('is refused when its data are out of step, because nothing shows from which row', async () => {
    const whole = await picture().jpeg().toBuffer();
    const full = await look(await sharp(whole).png().toBuffer());
    let refused = 0;
    for (const changed of changedJpegs(whole, 40)) {
      const end = await endOf(changed);
      expect(await expectTrue(end, full)).to.equal(undefined);
      if (!end.code) continue;
      expect([end.code, end.detail]).to.match(
        /^image_unreadable,The file is damaged: the picture may look wrong from row \d+ on or from further up, /,
      );
      refused += 1;
    }
    expect(refused).to.be.above(5);
  }).timeout(20_000);

  it('has a warning that names the first damaged row, found by restart markers', async () => {
    const whole = await restartedJpeg(picture(), [WIDTH, HEIGHT]);
    const full = await look((await render(whole)).data);
    expect((await render(whole)).warnings).to.equal(undefined);
    const told = new Set<number>();
    const codes = new Set<string | undefined>();
    for (const changed of changedJpegs(whole, 60)) {
      const end = await endOf(changed);
      codes.add(end.code);
      const row = await expectTrue(end, full);
      if (row !== undefined) told.add(row);
    }
    expect(told.size).to.be.above(1);
    expect([...codes]).to.include('image_unreadable');
  }).timeout(20_000);
});

describe('a JPEG that ends in zeros', () => {
  for (const options of [{}, { progressive: true }, { mozjpeg: true }])
    it(`is judged as if it ended before them: ${JSON.stringify(options)}`, async () => {
      const whole = await photograph(600, 400).jpeg(options).toBuffer();
      for (const share of [0.6, 0.7, 0.85, 0.95]) {
        const length = Math.floor(whole.length * share);
        const zeroed = Buffer.from(whole).fill(0, length);
        const [seen, meant] = [await endOf(zeroed), await endOf(whole.subarray(0, length))];
        expect([seen.code, seen.detail, seen.warnings], `${share}`).to.deep.equal([
          meant.code,
          meant.detail,
          meant.warnings,
        ]);
        if (seen.data && meant.data)
          expect(difference(await look(seen.data), await look(meant.data)).most, `${share}`).to.equal(0);
      }
    }).timeout(20_000);

  it('is shown whole when the zeros are part of its picture, even without an end marker', async () => {
    const top = await photograph(800, 40).png().toBuffer();
    const flat = sharp({ create: { width: 800, height: 1600, channels: 3, background: '#fff' } });
    const jpeg = await flat
      .composite([{ input: top, left: 0, top: 0 }])
      .jpeg({ optimiseCoding: true })
      .toBuffer();
    const open = jpeg.subarray(0, -2);
    expect(open.subarray(-700, -60).every((byte) => byte === 0)).to.equal(true);
    const { warnings, data } = await render(open);
    expect(warnings).to.equal(undefined);
    expect(difference(await look(data), await look((await render(jpeg)).data)).most).to.equal(0);
  });
});

describe('a progressive JPEG that ends within a segment', () => {
  it('is judged like one that ends before the segment', async () => {
    const whole = await photograph(120, 96).jpeg({ progressive: true }).toBuffer();
    const first = firstScan(whole);
    for (const { at, end } of segmentsOf(whole).filter((segment) => segment.at > first)) {
      const meant = await endOf(whole.subarray(0, at));
      for (let length = at + 1; length < Math.min(end, whole.length - 1); length += 3) {
        const { code, detail, warnings } = await endOf(whole.subarray(0, length));
        expect([code, detail, warnings], `${length} of a segment from ${at}`).to.deep.equal([
          meant.code,
          meant.detail,
          meant.warnings,
        ]);
      }
    }
  }).timeout(30_000);
});

describe('the error for a file that cannot be decoded', () => {
  it('is written for the person who uploaded it', async () => {
    const avif = await photograph(200, 120).avif({ effort: 0 }).toBuffer();
    const unread = Buffer.from(avif).fill(0, avif.length >> 1);
    const webp = await photograph(200, 120).webp().toBuffer();
    const lying = patched(webp, 4, 20, 0, 0, 0);
    for (const image of [unread, lying, ...[0.2, 0.6].map((share) => avif.subarray(0, avif.length * share))]) {
      const { code, detail } = await endOf(image);
      expect([code, detail]).to.match(
        /^image_unreadable,The file (?:ends early: [a-z0-9].*|is damaged: [a-z].* \(.*\)\.) ?Send it again\.$/,
      );
      expect(detail).to.not.match(/seek/);
    }
    const svg = '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"></svg>\n\0\0';
    expect((await endOf(Buffer.from(svg))).detail)
      .to.include('NUL characters')
      .not.include('encoding');
  });
});

describe('a WebP that ends in zeros', () => {
  it('is refused like one that ends early', async () => {
    const whole = await photograph(600, 400).webp().toBuffer();
    for (const share of [0.3, 0.6, 0.85]) {
      const { code, detail } = await endOf(Buffer.from(whole).fill(0, Math.floor(whole.length * share)));
      expect([code, detail], `${share}`).to.match(
        /^image_unreadable,The file ends early: \d+ of \d+ bytes are there and/,
      );
    }
  });

  it('is shown when the zeros are part of its picture', async () => {
    const flat = await sharp({ create: { width: 2800, height: 2800, channels: 3, background: '#000' } })
      .webp()
      .toBuffer();
    expect(flat.subarray(-600).every((byte) => byte === 0)).to.equal(true);
    expect((await render(flat, { commands: [{ operation: 'resize', width: 20 }] })).warnings).to.equal(undefined);
  });
});
