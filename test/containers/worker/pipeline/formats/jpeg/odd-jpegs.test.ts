import { expect } from 'chai';
import fc from 'fast-check';
import sharp from 'sharp';
import { LIMITS } from '../../../../../../shared/domain/limits.ts';
import { firstScan, inserted, JPEGS, segmentsOf } from '../../../../../support/images/jpeg-files.ts';
import { losslessJpeg } from '../../../../../support/images/lossless-jpeg.ts';
import { expectWhole, expectWholeAround, HEADERS, TRANSFORMS } from '../../../../../support/images/odd-jpegs.ts';
import { difference, look, photograph } from '../../../../../support/images/picture.ts';
import { type End, endOf } from '../../../../../support/worker/rendition-end.ts';
import { render } from '../../../../../support/worker/rendition-run.ts';

const made = (kind: string): Promise<Buffer> => (JPEGS[kind] as () => Promise<Buffer>)();

const LOSSLESS = {
  colour: () => photograph(320, 200),
  grey: () => photograph(320, 200).grayscale().toColourspace('b-w'),
};

describe('a lossless JPEG', () => {
  for (const [name, make] of Object.entries(LOSSLESS))
    it(`is shown whole, however small it is made: ${name}`, async () => {
      const { data, info } = await make().raw().toBuffer({ resolveWithObject: true });
      const jpeg = losslessJpeg(data, info);
      const png = await sharp(data, { raw: info }).png().toBuffer();
      for (const commands of [[], [{ operation: 'resize', width: 40 }]]) {
        const [seen, meant] = [await render(jpeg, { commands }), await render(png, { commands })];
        expect(difference(await look(seen.data), await look(meant.data)).most).to.be.at.most(1);
        expect(seen.warnings).to.equal(undefined);
      }
    });

  it('has the rows that are there when it is cut', async () => {
    const { data, info } = await photograph(320, 200).raw().toBuffer({ resolveWithObject: true });
    const jpeg = losslessJpeg(data, info);
    const { warnings } = await render(jpeg.subarray(0, Math.floor(jpeg.length * 0.9)));
    expect(warnings?.[0]?.code).to.equal('image_cut');
    expect(warnings?.[0]?.detail).to.match(/of 200 rows are missing/);
  });
});

describe('a JPEG as cameras and programs write it', () => {
  for (const [index, kind] of Object.keys(JPEGS).entries())
    it(`is shown whole with stray bytes before a marker: ${kind}`, () =>
      // All of them are in odd-jpegs.deep.ts.
      expectWholeAround(kind, (each) => each % 5 === index % 5)).timeout(20_000);

  for (const [name, { make, isSequential }] of Object.entries(HEADERS))
    it(`is shown whole with ${name}, without a warning`, async () => {
      for (const kind of isSequential ? ['sequential', 'grey', 'CMYK'] : ['sequential', 'progressive']) {
        const whole = await made(kind);
        await expectWhole(make(whole), whole, { what: kind });
      }
    });

  it('is shown whole with an unknown Adobe transform', async () => {
    const [plain, cmyk] = [await made('sequential'), await made('CMYK')];
    await expectWhole(inserted(plain, 2, TRANSFORMS.jpeg), plain, { what: 'of three components' });
    expect((await render(inserted(cmyk, segmentsOf(cmyk)[0]?.end ?? 0, TRANSFORMS.CMYK))).warnings).to.equal(undefined);
  });
});

describe('a JPEG that ends early', () => {
  it('is made with a warning that counts the rows, up to the limit, and refused above it', async () => {
    for (const kind of ['sequential', 'in full colour, with EXIF', 'grey']) {
      const whole = await made(kind);
      const { height } = await look((await render(whole)).data);
      const limit = (height * LIMITS.missingRowsPercent) / 100;
      const seen = new Set<string>();
      for (let share = 0.04; share < 0.99; share += 0.08) {
        const from = firstScan(whole);
        const { code, detail, warnings } = await endOf(whole.subarray(0, from + (whole.length - from) * share));
        const said = code ? detail : warnings?.[0]?.detail;
        const [, missing, of] = /^The file ends early: (\d+) of (\d+) rows are missing\./.exec(said ?? '') ?? [];
        expect([code, Number(of)], said).to.deep.equal([
          Number(missing) > limit ? 'image_unreadable' : undefined,
          height,
        ]);
        if (!code) expect(warnings?.[0]?.code).to.equal('image_cut');
        seen.add(String(code));
      }
      expect([...seen], kind).to.have.members(['image_unreadable', 'undefined']);
    }
  }).timeout(20_000);

  it('shows the rows that are there unchanged', async () => {
    const whole = await photograph(200, 320).jpeg({ chromaSubsampling: '4:4:4' }).toBuffer();
    const { data, warnings } = await render(whole.subarray(0, -Math.floor(whole.length * 0.1)));
    const [, missing] = /: (\d+) of 320 rows/.exec(warnings?.[0]?.detail ?? '') ?? [];
    expect(Number(missing)).to.be.within(16, 80);
    const [cut, full] = [await look(data), await look((await render(whole)).data)];
    const bytes = 4 * 200 * (320 - Number(missing));
    expect(cut.pixels.subarray(0, bytes).equals(full.pixels.subarray(0, bytes))).to.equal(true);
    expect(cut.pixels.equals(full.pixels)).to.equal(false);
  });

  it('is shown without its finest details when it is progressive, or refused when it is coarse', async () => {
    for (const kind of ['progressive', 'progressive by mozjpeg']) {
      const whole = await made(kind);
      const full = await look((await render(whole)).data);
      const scans = segmentsOf(whole).filter(({ marker }) => marker === 0xda);
      const ends: End[] = [];
      for (const { at } of scans) ends.push(await endOf(whole.subarray(0, at)));
      const kept = ends.filter(({ code }) => code === undefined);
      expect(kept.length, kind).to.be.above(0).be.below(ends.length);
      for (const { code, detail } of ends)
        if (code) expect([code, detail]).to.match(/^image_unreadable,The file ends early: /);
      for (const { data, warnings } of kept) {
        expect(warnings).to.deep.equal([
          { code: 'image_cut', detail: 'The file ends early: its finest details are missing.' },
        ]);
        expect(difference(await look(data as Buffer), full).mean).to.be.below(15);
      }
    }
  });

  it('always has a warning when the loss is visible, wherever it is cut', async () => {
    for (const kind of ['sequential', 'progressive', 'progressive by mozjpeg', 'grey']) {
      const whole = await made(kind);
      const full = await look((await render(whole)).data);
      const cut = fc.integer({ min: 1, max: whole.length - 1 });
      await fc.assert(
        fc.asyncProperty(cut, async (length) => {
          const { code, detail, warnings, data } = await endOf(whole.subarray(0, length));
          if (code) expect([code, detail], `${kind}, ${length}`).to.match(/^image_unreadable,The file /);
          else if (!warnings)
            expect(difference(await look(data as Buffer), full).most, `${kind}, ${length}`).to.equal(0);
        }),
        { numRuns: 15, seed: 16 },
      );
    }
  }).timeout(20_000);
});

describe('a JPEG that is damaged', () => {
  it('is refused when libjpeg complains about its data, which says nothing about the rows before', async () => {
    const whole = await photograph(160, 160).jpeg().toBuffer();
    for (let share = 0.05; share < 1; share += 0.05) {
      const broken = Buffer.from(whole);
      // A restart where none is: what is before it cannot be whole.
      broken.set(
        [0xff, 0xd0, 0xff, 0xd1],
        firstScan(whole) + Math.floor((whole.length - firstScan(whole) - 8) * share),
      );
      const { code, detail } = await endOf(broken);
      expect([code, detail]).to.match(
        /^image_unreadable,The file is damaged: the picture may look wrong from row \d+ on/,
      );
    }
    for (const bytes of ['ffffffffffffffff', 'ffe1ffff', 'ffc4000300', 'ffd9', 'fffe7fff']) {
      const broken = Buffer.from(whole);
      broken.set(Buffer.from(bytes, 'hex'), whole.length >> 1);
      const { code, detail } = await endOf(broken);
      expect([code, detail], `${bytes} in the middle`).to.match(/^image_unreadable,The file /);
    }
  });
});
