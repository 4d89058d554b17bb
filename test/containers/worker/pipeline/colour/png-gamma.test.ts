import { mkdtempDisposable, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { openSource } from '../../../../../containers/worker/pipeline/run-pipeline.ts';
import { expectPatches, GREEN, GREY, ORANGE, type Rgb, scene } from '../../../../support/images/colour-patches.ts';
import { displayP3, profiled } from '../../../../support/images/colour-profiles.ts';
import { pngWith } from '../../../../support/images/exif-bytes.ts';
import { distance, look } from '../../../../support/images/picture.ts';
import { DEFAULT_LIMITS, render } from '../../../../support/worker/rendition-run.ts';

const words = (...values: readonly number[]): Buffer => {
  const bytes = Buffer.alloc(4 * values.length);
  for (const [at, value] of values.entries()) bytes.writeUInt32BE(value, 4 * at);
  return bytes;
};
const gama = (value: number): [string, Buffer] => ['gAMA', words(value)];
const chrm = (values: readonly number[]): [string, Buffer] => ['cHRM', words(...values)];

/** White, red, green and blue, each x and y. */
const BT_709 = [31_270, 32_900, 64_000, 33_000, 30_000, 60_000, 15_000, 6_000];
const P3 = [31_270, 32_900, 68_000, 32_000, 26_500, 69_000, 15_000, 6_000];
const PROPHOTO = [34_567, 35_850, 73_469, 26_531, 15_960, 84_040, 3_660, 10];

/** The colours that Chromium 143 shows for the patches in a PNG that declares them so. */
const IN_CHUNKS: [name: string, chunks: [string, Buffer][], colours: Rgb[]][] = [
  [
    'light',
    [gama(100_000)],
    [
      [229, 152, 110],
      [188, 188, 188],
      [110, 208, 152],
    ],
  ],
  [
    'an old Macintosh',
    [gama(55_556)],
    [
      [210, 99, 53],
      [146, 146, 146],
      [53, 176, 99],
    ],
  ],
  [
    'a dark curve',
    [gama(30_000)],
    [
      [178, 40, 7],
      [89, 89, 89],
      [7, 127, 40],
    ],
  ],
  [
    'a curve beside the usual one',
    [gama(48_000)],
    [
      [204, 84, 40],
      [134, 134, 134],
      [40, 165, 84],
    ],
  ],
  [
    'the least curve',
    [gama(1)],
    [
      [0, 0, 0],
      [0, 0, 0],
      [0, 0, 0],
    ],
  ],
  [
    'the largest curve',
    [gama(0x7fffffff)],
    [
      [255, 255, 255],
      [255, 255, 255],
      [255, 255, 255],
    ],
  ],
  [
    'P3',
    [gama(45_455), chrm(P3)],
    [
      [218, 67, 3],
      [129, 129, 129],
      [0, 164, 68],
    ],
  ],
  [
    'light of P3',
    [chrm(P3), gama(100_000)],
    [
      [242, 148, 102],
      [188, 188, 188],
      [64, 210, 147],
    ],
  ],
  [
    'ProPhoto',
    [gama(55_556), chrm(PROPHOTO)],
    [
      [255, 16, 35],
      [146, 146, 146],
      [0, 191, 79],
    ],
  ],
  [
    'primaries of sRGB and light',
    [gama(100_000), chrm(BT_709)],
    [
      [229, 152, 110],
      [188, 188, 188],
      [110, 208, 152],
    ],
  ],
  [
    'two, of which the first counts',
    [gama(30_000), gama(100_000)],
    [
      [178, 40, 7],
      [89, 89, 89],
      [7, 127, 40],
    ],
  ],
  ['with an intent that there is not', [gama(100_000), ['sRGB', Buffer.from([9])]], [[229, 152, 110]]],
  ['with CICP that does not say all', [['cICP', Buffer.from([2, 13, 0, 1])], gama(100_000)], [[229, 152, 110]]],
  ['with a profile that is none', [['iCCP', Buffer.from('a\0\0none')], gama(100_000)], [[229, 152, 110]]],
];

const SAID = [gama(100_000), chrm(P3)];
/** Declarations with which Chromium shows a PNG as it is stored. */
const AS_STORED: Record<string, [string, Buffer][]> = {
  'the usual gAMA': [gama(45_455)],
  'the usual gAMA, rounded': [gama(45_000)],
  'the usual gAMA and cHRM of sRGB': [gama(45_455), chrm(BT_709)],
  'the usual gAMA and cHRM of sRGB, rounded': [gama(45_455), chrm(BT_709.map((value) => value + 30))],
  'sRGB beside others': [['sRGB', Buffer.from([1])], ...SAID],
  'cHRM alone': [chrm(P3)],
  'no gamma': [gama(0), chrm(P3)],
  'cHRM of nothing': [gama(100_000), chrm(P3.map(() => 0))],
  'cHRM of one colour': [
    gama(100_000),
    chrm([31_270, 32_900, ...P3.slice(2, 4), ...P3.slice(2, 4), ...P3.slice(2, 4)]),
  ],
  'cHRM of more than all light': [gama(100_000), chrm([31_270, 32_900, 640_000, ...P3.slice(3)])],
  'gAMA of another length': [['gAMA', words(100_000).subarray(1)]],
};

const withCicp = (png: Buffer, primaries: number): Buffer => pngWith(png, ['cICP', Buffer.from([primaries, 13, 0, 1])]);

async function expectShown(image: Buffer, expected: Rgb[], what: string, tolerance: number): Promise<void> {
  expect(await expectPatches(image, expected, what, tolerance), what).to.deep.equal([]);
}

/** Bytes that are held of it beside its file. */
async function heldOf(image: Buffer): Promise<number | undefined> {
  await using folder = await mkdtempDisposable(join(tmpdir(), 'own-colours-'));
  const path = join(folder.path, 'original');
  await writeFile(path, image);
  return (await openSource(path, DEFAULT_LIMITS)).kind.heldBytes;
}

describe('a PNG that declares its colours by gAMA and cHRM', function () {
  this.timeout(60_000);

  it('is shown in its colours as in browsers', async () => {
    const png = await scene().png().toBuffer();
    for (const [name, chunks, colours] of IN_CHUNKS) await expectShown(pngWith(png, ...chunks), colours, name, 5);
  });

  it('is shown in its colours with a palette, with 16 bits, transparent, or in grey', async () => {
    const palette = await scene().png({ palette: true }).toBuffer();
    const deep = await scene().toColourspace('rgb16').png().toBuffer();
    const light: Rgb[] = [
      [242, 148, 102],
      [188, 188, 188],
      [64, 210, 147],
    ];
    for (const [name, image] of Object.entries({ palette, deep }))
      await expectShown(pngWith(image, ...SAID), light, name, 5);
    const transparent = pngWith(await scene().ensureAlpha(0.5).png().toBuffer(), ...SAID);
    expect(distance((await look((await render(transparent)).data)).at(16, 16), [242, 148, 102, 128])).to.be.at.most(5);
    const grey = pngWith(await scene().toColourspace('b-w').png().toBuffer(), ...SAID);
    expect((await look((await render(grey)).data)).at(48, 16)[0]).to.be.within(186, 190);
  });

  it('is shown as it is stored, and read from its file, when its declaration means sRGB or is invalid', async () => {
    const png = await scene().png().toBuffer();
    for (const [name, chunks] of Object.entries(AS_STORED)) {
      await expectShown(pngWith(png, ...chunks), [ORANGE, GREY, GREEN], name, 0);
      expect(await heldOf(pngWith(png, ...chunks)), name).to.equal(undefined);
    }
    expect(await heldOf(pngWith(png, ...SAID)), 'what is held otherwise').to.be.above(png.length);
    const damaged = pngWith(png, ...SAID);
    damaged[42] = (damaged[42] ?? 0) ^ 1;
    await expectShown(damaged, [ORANGE, GREY, GREEN], 'a gAMA that is damaged', 0);
  });

  it('is overridden by cICP and by a profile', async () => {
    const png = await scene().png().toBuffer();
    const told = pngWith(png, ...SAID);
    await expectShown(withCicp(told, 12), [[216, 69, 17]], 'cICP', 3);
    await expectShown(withCicp(told, 1), [ORANGE, GREY, GREEN], 'cICP of sRGB', 0);
    await expectShown(profiled(told, await displayP3()), [[216, 69, 17]], 'iCCP', 3);
  });

  it('has a warning when it is grey of 16 bits, because its declaration is not followed', async () => {
    const grey = await scene().toColourspace('grey16').png().toBuffer();
    const codes = async (...chunks: [string, Buffer][]) =>
      (await render(pngWith(grey, ...chunks))).warnings?.map(({ code }) => code);
    expect(await codes(...SAID)).to.deep.equal(['colours_unread']);
    expect(await codes(gama(45_455), chrm(BT_709))).to.equal(undefined);
  });
});
