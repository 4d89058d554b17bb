import { expect } from 'chai';
import sharp from 'sharp';
import { avifWithProfile } from '../../../../../containers/worker/pipeline/colour/embed-profile.ts';
import { avifFrom, gridOf, nclxOf, tileOf } from '../../../../support/images/avif-files.ts';
import {
  expectPatches as expectColours,
  GREEN,
  GREY,
  ORANGE,
  patches,
  type Rgb,
  SIZE,
  scene,
} from '../../../../support/images/colour-patches.ts';
import { displayP3, profiled } from '../../../../support/images/colour-profiles.ts';
import { pngWith } from '../../../../support/images/exif-bytes.ts';
import { distance, look } from '../../../../support/images/picture.ts';
import { render } from '../../../../support/worker/rendition-run.ts';

/** Primaries and transfer (ITU-T H.273), and what Chromium 143 shows of orange, grey and green in a PNG that says them, as sRGB. */
const IN_PNG: [primaries: number, transfer: number, orange: Rgb, grey: Rgb, green: Rgb][] = [
  [12, 13, [216, 69, 17], [128, 128, 128], [0, 163, 69]],
  [12, 8, [242, 148, 102], [188, 188, 188], [64, 210, 147]],
  [12, 1, [214, 57, 0], [121, 121, 121], [0, 158, 58]],
  [9, 13, [245, 37, 16], [128, 128, 128], [0, 169, 66]],
  [9, 14, [242, 2, 0], [121, 121, 121], [0, 163, 53]],
  [9, 16, [255, 0, 0], [132, 132, 132], [0, 225, 0]],
  [9, 18, [230, 0, 1], [99, 99, 99], [0, 138, 52]],
  [12, 16, [255, 0, 0], [132, 132, 132], [0, 220, 0]],
  [1, 16, [255, 31, 4], [132, 132, 132], [8, 217, 45]],
  [1, 18, [184, 63, 29], [99, 99, 99], [30, 132, 64]],
  [1, 4, [201, 79, 35], [129, 129, 129], [35, 161, 79]],
  [1, 7, [206, 97, 58], [141, 141, 141], [58, 170, 97]],
  [5, 13, [203, 80, 41], [128, 128, 128], [19, 160, 82]],
  [6, 13, [195, 84, 39], [128, 128, 128], [55, 158, 79]],
  [11, 17, [213, 50, 0], [118, 118, 118], [0, 157, 51]],
  [4, 4, [236, 70, 0], [129, 129, 129], [0, 159, 73]],
  [8, 13, [225, 68, 17], [128, 128, 128], [0, 164, 72]],
  [10, 8, [255, 0, 112], [188, 188, 188], [0, 255, 134]],
  [22, 13, [202, 84, 39], [128, 128, 128], [29, 157, 80]],
  [1, 13, ORANGE, GREY, GREEN],
  [12, 2, ORANGE, GREY, GREEN],
  [2, 16, ORANGE, GREY, GREEN],
];

/** The same for an AVIF's nclx, where it is another: the curves of cameras, and none, are that of sRGB. */
const IN_AVIF: typeof IN_PNG = [
  ...IN_PNG.filter(([primaries, transfer]) => primaries !== 2 && ![1, 2, 7, 14].includes(transfer)),
  [12, 1, [216, 69, 17], [128, 128, 128], [0, 163, 69]],
  [9, 14, [245, 37, 16], [128, 128, 128], [0, 169, 66]],
  [12, 2, [216, 69, 17], [128, 128, 128], [0, 163, 69]],
  [2, 16, [255, 31, 4], [132, 132, 132], [8, 217, 45]],
  [1, 1, ORANGE, GREY, GREEN],
];

const cicp = (png: Buffer, primaries: number, transfer: number, rest = [0, 1]): Buffer =>
  pngWith(png, ['cICP', Buffer.from([primaries, transfer, ...rest])]);

async function expectPatches(image: Buffer, expected: Rgb[], what: string, tolerance: number): Promise<void> {
  const codes = await expectColours(image, expected, what, tolerance);
  expect(codes, what).to.deep.equal(/ (16|18)$/.test(what) && what !== 'PNG 2 16' ? ['tone_mapped'] : []);
}

describe('an image that declares its colours by CICP', function () {
  this.timeout(60_000);

  it('is shown in its colours as in browsers: a PNG', async () => {
    const png = await scene().png().toBuffer();
    for (const [primaries, transfer, ...colours] of IN_PNG)
      await expectPatches(cicp(png, primaries, transfer), colours, `PNG ${primaries} ${transfer}`, 5);
    const deep = await scene().toColourspace('rgb16').png().toBuffer();
    for (const [primaries, transfer, ...colours] of IN_PNG.filter(
      ([first, each]) => first === 9 && [13, 16].includes(each),
    ))
      await expectPatches(cicp(deep, primaries, transfer), colours, `deep PNG ${primaries} ${transfer}`, 5);
  });

  it('is shown in its colours as in browsers: an AVIF, with tiles and without', async () => {
    const tile = await tileOf(SIZE, patches());
    for (const [primaries, transfer, ...colours] of IN_AVIF) {
      const colr = nclxOf(primaries, transfer);
      await expectPatches(avifFrom([{ ...tile, colr }]), colours, `AVIF ${primaries} ${transfer}`, 7);
      if (primaries !== 12 || transfer !== 13) continue;
      const grid = { type: 'grid', size: SIZE, data: gridOf(SIZE, [1, 1]), refers: [['dimg', 1]], colr };
      const tiled = avifFrom([{ ...tile, isHidden: true }, grid as Parameters<typeof avifFrom>[0][0]]);
      await expectPatches(tiled, colours, `AVIF of tiles ${primaries} ${transfer}`, 7);
    }
  });

  it('has the colours of P3 within 3 values', async () => {
    const colours: Rgb[] = [
      [216, 69, 19],
      [128, 128, 128],
      [0, 163, 69],
    ];
    const avif = avifFrom([{ ...(await tileOf(SIZE, patches())), colr: nclxOf(12, 13) }]);
    for (const image of [cicp(await scene().png().toBuffer(), 12, 13), avif]) {
      await expectPatches(image, colours, 'P3', 3);
      const small = await look((await render(image, { commands: [{ operation: 'resize', width: 48 }] })).data);
      expect(distance(small.at(8, 8), [216, 69, 19, 255])).to.be.at.most(3);
    }
  });

  it('overrides a profile in a PNG, and is overridden by one in an AVIF', async () => {
    const png = profiled(await scene().png().toBuffer(), await displayP3());
    await expectPatches(cicp(png, 1, 8), [[229, 152, 110]], 'PNG', 3);
    await expectPatches(cicp(png, 1, 13), [ORANGE, GREY, GREEN], 'PNG of sRGB', 1);
    const told = avifFrom([{ ...(await tileOf(SIZE, patches())), colr: nclxOf(1, 8) }]);
    await expectPatches(avifWithProfile(told, 1, await displayP3()), [[216, 69, 17]], 'AVIF', 3);
  });

  it('is read as browsers do when a PNG declares impossible colours', async () => {
    const png = await scene().png().toBuffer();
    for (const rest of [[1, 1], [0, 0], [0], []]) await expectPatches(cicp(png, 12, 13, rest), [ORANGE], `${rest}`, 1);
    const late = Buffer.concat([png.subarray(0, -12), cicp(png, 12, 13).subarray(33, 49), png.subarray(-12)]);
    await expectPatches(late, [ORANGE], 'behind the pixels', 1);
  });

  it('is shown as bright as in browsers when it is grey', async () => {
    const grey = await scene().toColourspace('b-w').png().toBuffer();
    const [stored = 0] = await sharp(grey).raw().toBuffer();
    for (const [transfer, shown] of [
      [13, 128],
      [8, 188],
      [16, 132],
      [18, 99],
    ] as const) {
      const picture = await look((await render(cicp(grey, 9, transfer))).data);
      expect(picture.at(48, 16)[0], `transfer ${transfer}, stored ${stored}`).to.be.within(shown - 1, shown + 1);
    }
  });

  it('has a warning about colours that are unknown or not read', async () => {
    const png = await scene().png().toBuffer();
    const grey = await scene().toColourspace('grey16').png().toBuffer();
    for (const image of [cicp(png, 1, 9), cicp(png, 250, 13), cicp(grey, 9, 16)]) {
      const { warnings } = await render(image);
      expect(warnings?.map(({ code }) => code)).to.deep.equal(['colours_unread']);
    }
    expect((await render(cicp(grey, 9, 13))).warnings).to.equal(undefined);
  });

  it('keeps its transparency, its palette and its texts', async () => {
    const transparent = await scene().ensureAlpha(0.5).png().toBuffer();
    const seen = (await look((await render(cicp(transparent, 12, 13))).data)).at(16, 16);
    expect(distance(seen, [216, 69, 17, 128])).to.be.at.most(3);
    const palette = await scene()
      .png({ palette: true })
      .withExif({ IFD0: { Copyright: 'Ada' } })
      .toBuffer();
    const { data } = await render(cicp(palette, 12, 13));
    expect(distance((await look(data)).at(16, 16), [216, 69, 17, 255])).to.be.at.most(3);
    expect((await sharp(data).metadata()).exif?.includes('Ada')).to.equal(true);
  });

  it('has the warnings of any other image when it is damaged', async () => {
    const png = cicp(
      await sharp(patches(), { raw: { width: 96, height: 32, channels: 3 } })
        .resize(96, 400)
        .png({ compressionLevel: 0 })
        .toBuffer(),
      12,
      13,
    );
    const { warnings } = await render(png.subarray(0, Math.floor(png.length * 0.95)));
    expect(warnings?.map(({ code }) => code)).to.deep.equal(['image_cut']);
  });
});

describe('an animated AVIF', () => {
  const BRANDS = ['avis\0\0\0\0avifavismsf1mif1miaf', 'msf1\0\0\0\0avismsf1mif1', 'mif1\0\0\0\0avifavismif1'];

  it('is shown by its still image, with a warning, whatever brand comes first', async () => {
    const tile = await tileOf(SIZE, patches());
    for (const brands of BRANDS) {
      const { data, warnings } = await render(avifFrom([tile], { brands }));
      expect(distance((await look(data)).at(48, 16), [128, 128, 128, 255]), brands).to.be.at.most(3);
      expect(
        warnings?.map(({ code }) => code),
        brands,
      ).to.deep.equal(['first_frame_only']);
    }
    expect((await render(avifFrom([tile], { brands: 'mif1\0\0\0\0avifmif1' }))).warnings).to.equal(undefined);
  });

  it('is shown, like any AVIF, whatever bytes follow the part that is shown', async () => {
    const tile = await tileOf(SIZE, patches());
    const tails = ['ffffffffffffffffff', '00000003', '7fffffff6d646174ab'].map((hex) => Buffer.from(hex, 'hex'));
    for (const brands of [...BRANDS, 'avif\0\0\0\0avifmif1'])
      for (const tail of tails) {
        const { data } = await render(Buffer.concat([avifFrom([tile], { brands }), tail]));
        expect(distance((await look(data)).at(48, 16), [128, 128, 128, 255]), tail.toString('hex')).to.be.at.most(3);
      }
  });

  it('is refused as an animation when it has no still image', async () => {
    const file = avifFrom([await tileOf(SIZE, patches())], { brands: BRANDS[0] as string });
    file.write('free', file.indexOf('meta'), 'latin1');
    const error = await render(file).catch((reason: unknown) => reason);
    expect(error).to.have.property('code', 'unsupported_image');
    expect((error as Error).message).to.include('animated AVIF');
  });
});
