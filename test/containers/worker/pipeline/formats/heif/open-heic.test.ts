import { expect } from 'chai';
import sharp from 'sharp';
import { type ErrorCode, ImageServiceError } from '../../../../../../shared/domain/errors.ts';
import { gridOf, type Item } from '../../../../../support/images/avif-files.ts';
import { ascii, exifOf as exifBytes, short } from '../../../../../support/images/exif-bytes.ts';
import {
  ALPHA,
  codedBy,
  cutTo,
  DEEP,
  exifOf,
  having,
  heicFrom,
  mirrored,
  profiledBy,
  QUARTERS,
  turned,
  xmpOf,
} from '../../../../../support/images/heic-files.ts';
import { type Colour, layoutOf } from '../../../../../support/images/picture.ts';
import { type Run, render, view, WATERMARK_ID } from '../../../../../support/worker/rendition-run.ts';

const ON = { limits: { heic: true } };
const see = (heic: Buffer, run: Run = {}) => view(heic, { ...ON, ...run });
const layout = async (...items: Item[]) => layoutOf(await see(heicFrom(items)), 2, 2);

async function refusal(heic: Buffer, code: ErrorCode = 'image_unreadable', run: Run = ON): Promise<string> {
  const error = await render(heic, run).catch((thrown: unknown) => thrown);
  expect(error).to.be.instanceOf(ImageServiceError).have.property('code', code);
  return (error as Error).message;
}

const near = (actual: Colour, expected: readonly number[], most: number): void => {
  for (const [band, value] of expected.entries())
    expect(actual[band], `${actual}`).to.be.within(value - most, value + most);
};

describe('a HEIC', () => {
  it('is decoded in the colours that it was made of', async () => {
    const picture = await see(heicFrom([QUARTERS]));
    expect([picture.width, picture.height]).to.deep.equal([64, 64]);
    near(picture.at(16, 16), [230, 30, 30, 255], 4);
    near(picture.at(48, 16), [30, 200, 30, 255], 4);
    near(picture.at(16, 48), [30, 30, 220, 255], 4);
    near(picture.at(48, 48), [240, 240, 240, 255], 4);
  });

  it('is refused when the setting is off, with a message that names the setting', async () => {
    expect(await refusal(heicFrom([QUARTERS]), 'image_unreadable', {})).to.match(/setting HEIC is off/);
  });

  it('is turned and mirrored once, in the order of its properties', async () => {
    expect(await layout(having(QUARTERS, turned(1)))).to.equal('GW/RB');
    expect(await layout(having(QUARTERS, turned(2)))).to.equal('WB/GR');
    expect(await layout(having(QUARTERS, turned(3)))).to.equal('BR/WG');
    expect(await layout(having(QUARTERS, mirrored(1)))).to.equal('GR/WB');
    expect(await layout(having(QUARTERS, mirrored(0)))).to.equal('BW/RG');
    expect(await layout(having(QUARTERS, turned(1), mirrored(1)))).to.equal('WG/BR');
  });

  it('is not turned by EXIF, and has its own sides in the record when it is on its side', async () => {
    const exif = exifBytes({ ifd0: [short(0x0112, 6)] });
    expect(await layout(exifOf(2, exif), QUARTERS)).to.equal('RG/BW');
    const wide = having({ ...QUARTERS, size: [64, 64] }, cutTo(64, 32), turned(1));
    const picture = await see(heicFrom([exifOf(2, exif), wide]));
    expect([picture.width, picture.height]).to.deep.equal([32, 64]);
  });

  it('is put together from tiles, and cut to its canvas', async () => {
    const tiles = Array.from({ length: 6 }, (): Item => ({ ...QUARTERS, isHidden: true }));
    const grid: Item = {
      type: 'grid',
      size: [160, 128],
      data: gridOf([160, 128], [3, 2]),
      refers: [['dimg', 1, 2, 3, 4, 5, 6]],
    };
    const picture = await see(heicFrom([...tiles, grid]));
    expect([picture.width, picture.height]).to.deep.equal([160, 128]);
    expect(layoutOf(picture, 5, 4)).to.equal('RGRGR/BWBWB/RGRGR/BWBWB');
    expect(layoutOf(await see(heicFrom([...tiles, having(grid, turned(2))])), 5, 4)).to.equal(
      'BWBWB/RGRGR/BWBWB/RGRGR',
    );
  });

  it('is transparent where its alpha says so', async () => {
    const alpha: Item = { ...ALPHA, refers: [['auxl', 2]] };
    const heic = heicFrom([alpha, QUARTERS]);
    const picture = await see(heic);
    near(picture.at(16, 16), [230, 30, 30, 255], 4);
    for (const y of [16, 48]) expect([picture.at(16, y)[3], picture.at(48, y)[3]]).to.deep.equal([255, 0]);
    expect(layoutOf(await see(heic, { output: { format: 'jpeg' } }), 2, 2)).to.equal('RW/BW');
  });

  it('has the colours from before they were premultiplied by alpha', async () => {
    const premultiplied: Item = { ...QUARTERS, refers: [['prem', 1]] };
    const picture = await see(heicFrom([{ ...ALPHA, refers: [['auxl', 2]] }, premultiplied]));
    near(picture.at(16, 16), [230, 30, 30, 255], 4);
    expect(picture.at(48, 16)[3]).to.be.below(4);
  });

  it('is reduced from 10 bits to 8', async () => {
    const picture = await see(heicFrom([DEEP]));
    near(picture.at(16, 16), [230, 30, 30, 255], 4);
    near(picture.at(48, 48), [240, 240, 240, 255], 4);
  });

  it('has the colours of Display P3, by a profile or by numbers', async () => {
    const raw = { width: 1, height: 1, channels: 3 } as const;
    const p3 = await sharp({ create: { ...raw, background: '#000' } })
      .withIccProfile('p3')
      .png()
      .toBuffer();
    const { icc = Buffer.alloc(0) } = await sharp(p3).metadata();
    const [profiled, coded] = [
      await see(heicFrom([having(QUARTERS, profiledBy(icc))])),
      await see(heicFrom([having(QUARTERS, codedBy(12, 13))])),
    ];
    // (30, 200, 30) of P3 is (0, 203, 0) of sRGB, cut off at zero; 240 of all is 240.
    for (const picture of [profiled, coded]) {
      near(picture.at(48, 16), [0, 203, 0, 255], 6);
      near(picture.at(48, 48), [240, 240, 240, 255], 4);
    }
    near((await see(heicFrom([having(QUARTERS, codedBy(1, 13))]))).at(48, 16), [30, 200, 30, 255], 4);
  });

  it('is refused in the colours of HDR, which would come out dim', async () => {
    for (const [primaries, transfer, what] of [
      [9, 16, /PQ/],
      [9, 18, /HLG/],
      [9, 14, /primaries 9/],
      [1, 8, /linear/],
    ] as const)
      expect(await refusal(heicFrom([having(QUARTERS, codedBy(primaries, transfer))]))).to.match(what);
  });

  it('keeps its EXIF and XMP when asked to, and the copyright always', async () => {
    const exif = exifBytes({ ifd0: [ascii(0x010f, 'Maker'), short(0x0112, 6), ascii(0x8298, 'Somebody 2026')] });
    const xmp = '<x:xmpmeta xmlns:x="adobe:ns:meta/"><a>kept</a></x:xmpmeta>';
    const heic = heicFrom([exifOf(3, exif), xmpOf(3, xmp), QUARTERS]);
    const metadata = async (output: object) => sharp((await render(heic, { ...ON, output })).data).metadata();
    const kept = await metadata({ format: 'webp', metadata: 'keep' });
    expect(String(kept.exif)).to.include('Maker').and.include('Somebody 2026');
    expect(kept.orientation ?? 1).to.equal(1);
    expect(String(kept.xmp)).to.include('kept');
    const stripped = await metadata({ format: 'webp' });
    expect(String(stripped.exif)).to.include('Somebody 2026').and.not.include('Maker');
  });

  it('shows its primary image of several, as a burst has them', async () => {
    const burst = [having(QUARTERS, turned(2)), QUARTERS, having(QUARTERS, mirrored(1))];
    for (const [primary, expected] of [
      [1, 'WB/GR'],
      [2, 'RG/BW'],
      [3, 'GR/WB'],
    ] as const)
      expect(layoutOf(await see(heicFrom(burst, { primary })), 2, 2)).to.equal(expected);
  });

  it('may be a watermark', async () => {
    const base = await sharp({ create: { width: 200, height: 200, channels: 3, background: '#000' } })
      .png()
      .toBuffer();
    const commands = [{ operation: 'watermark', imageId: WATERMARK_ID, scale: 1, opacity: 1 }];
    expect(layoutOf(await see(base, { commands, watermark: heicFrom([QUARTERS]) }), 2, 2)).to.equal('RG/BW');
  });

  for (const type of ['jpeg', 'avc1', 'av01', 'vvc1', 'zzzz'])
    it(`is refused in the codec ${type}, in itself and in its tiles`, async () => {
      const other: Item = { ...QUARTERS, type };
      const grid: Item = { type: 'grid', size: [64, 64], data: gridOf([64, 64], [1, 1]), refers: [['dimg', 1]] };
      expect(await refusal(heicFrom([other]))).to.match(/only HEVC is decoded.*JPEG/);
      expect(await refusal(heicFrom([{ ...other, isHidden: true }, grid]))).to.match(/only HEVC is decoded/);
    });

  it('is refused as a film or a sequence that names no image', async () => {
    const heic = heicFrom([QUARTERS]);
    heic.write('moov', heic.indexOf('meta'), 'latin1');
    expect(await refusal(heic)).to.match(/a film, or a sequence that names none/);
    expect(await refusal(heicFrom([QUARTERS], { primary: 9 }))).to.match(/is not there/);
  });

  it('is refused when it is cut, at any offset', async () => {
    const heic = heicFrom([QUARTERS]);
    // Bytes after its data belong to nothing.
    const end = heic.lastIndexOf('free', undefined, 'latin1') - 4;
    for (let length = 12; length < end; length += 7) await refusal(heic.subarray(0, length));
  });

  it('ends as an image or as unreadable, whichever byte is changed', async () => {
    const heic = heicFrom([QUARTERS]);
    const end = heic.lastIndexOf('free', undefined, 'latin1') - 4;
    const codes = new Set<string>();
    for (let at = 12; at < end; at += 3) {
      const damaged = Buffer.from(heic);
      damaged[at] = (damaged[at] ?? 0) ^ 0xff;
      const ending = await render(damaged, ON).then(
        () => 'image',
        (error: unknown) => (error instanceof ImageServiceError ? error.code : String(error)),
      );
      codes.add(ending);
    }
    expect([...codes].filter((code) => !['image', 'image_unreadable', 'too_many_pixels'].includes(code))).to.deep.equal(
      [],
    );
  });

  it('is refused when it declares another size than it has, more pixels than allowed, or more than one picture', async () => {
    const telling = (width: number, height: number): Item => ({ ...QUARTERS, size: [width, height] });
    for (const [width, height] of [
      [640, 480],
      [4, 4],
    ] as const)
      await refusal(heicFrom([telling(width, height)]));
    await refusal(heicFrom([telling(40_000, 40_000)]), 'too_many_pixels');
    const many: Item = { ...QUARTERS, data: Buffer.concat(Array.from({ length: 200 }, () => QUARTERS.data as Buffer)) };
    const limits = { heic: true, maxInputPixels: 64 * 64 * 50 };
    await refusal(heicFrom([many]), 'too_many_pixels', { limits });
  });

  it('is refused when its tiles are derived from itself', async () => {
    const grid: Item = { type: 'grid', size: [64, 64], data: gridOf([64, 64], [1, 1]), refers: [['dimg', 1]] };
    expect(await refusal(heicFrom([grid]))).to.match(/derived from itself/);
  });
});
