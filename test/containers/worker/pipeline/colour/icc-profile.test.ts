import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import fc from 'fast-check';
import sharp, { type Sharp } from 'sharp';
import { isBoundedProfile, isComputedPerPixel } from '../../../../../containers/worker/pipeline/colour/icc-profile.ts';
import { LIMITS } from '../../../../../shared/domain/limits.ts';
import {
  ADOBE_PRIMARIES,
  ADOBE_RGB,
  chainedProfile,
  displayP3,
  matrixProfile,
  pngIn,
  profiled,
  tableOf,
} from '../../../../support/images/colour-profiles.ts';
import { mostMemoryMore } from '../../../../support/memory.ts';
import { render, WATERMARK_ID } from '../../../../support/worker/rendition-run.ts';

const CHAINS = {
  'a matrix that does nothing': chainedProfile(1, 'matrices'),
  '20,000 matrices': chainedProfile(20_000, 'matrices'),
  '20,000 curves': chainedProfile(20_000, 'curves'),
  '20,000 curves for another intent only': chainedProfile(20_000, 'curves', ['D2B3']),
};
const HOSTILE = chainedProfile(20_000, 'curves');
const LINEAR = matrixProfile('Linear', ADOBE_PRIMARIES, 1);
const GREEN = [40, 160, 80] as const;

const builtIn = async (name: string): Promise<Buffer> => {
  const image = sharp({ create: { width: 1, height: 1, channels: 3, background: '#369' } }).withIccProfile(name);
  const { icc } = await sharp(await image.tiff().toBuffer()).metadata();
  return icc ?? Buffer.alloc(0);
};

const firstPixel = async (image: Buffer): Promise<number[]> => [
  ...(await sharp(image).removeAlpha().raw().toBuffer()).subarray(0, 3),
];

/** The colour that becomes of an image. */
const seen = async (image: Buffer): Promise<number[]> => firstPixel((await render(image)).data);

/** Runs something, and gives the seconds that processors took for it. */
async function cpuSeconds(work: () => Promise<unknown>): Promise<number> {
  const begun = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(begun);
  return (user + system) / 1e6;
}

describe('the colour profile of an image', () => {
  let folder: string;
  let hostilePath: string;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'profiles-'));
    hostilePath = join(folder, 'hostile.icc');
    await writeFile(hostilePath, HOSTILE);
  });
  after(() => rm(folder, { recursive: true }));

  it('is used when it is made of curves, a matrix or a table, like those of screens, cameras and printers', async () => {
    const real = {
      sRGB: await builtIn('srgb'),
      'Display P3': await displayP3(),
      'a printer’s, of CMYK': await builtIn('cmyk'),
      'Adobe RGB': ADOBE_RGB,
      linear: LINEAR,
      'one of tables': matrixProfile('Tables', ADOBE_PRIMARIES, tableOf(4096, 2.2)),
    };
    expect(real['a printer’s, of CMYK'].length).to.be.above(500_000);
    for (const [name, icc] of Object.entries(real)) expect(isBoundedProfile(icc), name).to.equal(true);
    expect(await seen(await pngIn(ADOBE_RGB, GREEN))).to.not.deep.equal([...GREEN]);
  });

  for (const [what, profile] of Object.entries(CHAINS)) {
    it(`is ignored when it has ${what}`, async () => {
      expect(isBoundedProfile(profile)).to.equal(false);
      expect(await seen(await pngIn(profile, GREEN))).to.deep.equal([...GREEN]);
    });
  }

  it('is ignored when it is larger than any real profile', async () => {
    const large = (bytes: number) => {
      const more = Buffer.alloc(bytes - ADOBE_RGB.length - 12);
      return matrixProfile('Adobe RGB by numbers', ADOBE_PRIMARIES, 563 / 256, [['more', more]]);
    };
    const { profileBytes } = LIMITS;
    expect(large(profileBytes).length).to.equal(profileBytes);
    expect(isBoundedProfile(large(profileBytes))).to.equal(true);
    expect(isBoundedProfile(large(profileBytes + 1))).to.equal(false);
  });

  const FORMATS: Record<string, (image: Sharp) => Sharp> = {
    'a JPEG': (image) => image.jpeg({ quality: 100 }),
    'a PNG': (image) => image.png(),
    'a PNG of 16 bits': (image) => image.toColourspace('rgb16').png(),
    'a WebP': (image) => image.webp({ lossless: true }),
    'a TIFF': (image) => image.tiff({ compression: 'deflate' }),
    'a TIFF of 16 bits': (image) => image.toColourspace('rgb16').tiff({ compression: 'deflate' }),
    'a GIF, which has none': (image) => image.gif(),
    'an AVIF': (image) => image.avif({ effort: 0, quality: 95 }),
  };

  for (const [what, encode] of Object.entries(FORMATS)) {
    it(`takes no time for ${what} whose profile is a chain of 20,000 curves`, async () => {
      const [r, g, b] = GREEN;
      const image = sharp({ create: { width: 400, height: 300, channels: 3, background: { r, g, b } } });
      const hostile = await encode(image.withIccProfile(hostilePath)).toBuffer();
      const stored = await sharp(hostile, { ignoreIcc: true }).toColourspace('srgb').png().toBuffer();
      let colour: number[] = [];
      const taken = await cpuSeconds(async () => {
        colour = await seen(hostile);
      });
      expect(taken).to.be.below(1);
      for (const [channel, value] of (await firstPixel(stored)).entries())
        expect(colour[channel], 'the values that are stored').to.be.within(value - 2, value + 2);
    });
  }

  it('takes no time in a watermark image, nor with many passes', async () => {
    const png = await sharp({ create: { width: 400, height: 300, channels: 3, background: '#28a050' } })
      .toColourspace('rgb16')
      .png()
      .toBuffer();
    const hostile = profiled(png, HOSTILE);
    const laid = [{ operation: 'watermark', imageId: WATERMARK_ID, opacity: 1 }];
    const many = ['flip', 'blur', 'grayscale', 'normalise', 'autoOrient'].map((operation) => ({ operation }));
    const taken = await cpuSeconds(async () => {
      await render(png, { commands: laid, watermark: hostile });
      for (const format of ['jpeg', 'webp', 'tiff']) await render(hostile, { commands: many, output: { format } });
    });
    expect(taken).to.be.below(2);
  });

  it('takes neither time nor memory when it would inflate to 100 MB', async () => {
    const png = await sharp({ create: { width: 8, height: 8, channels: 3, background: '#28a050' } })
      .png()
      .toBuffer();
    const bomb = profiled(png, Buffer.concat([ADOBE_RGB, Buffer.alloc(100_000_000)]));
    const more = await mostMemoryMore(['rss'], async () => {
      const taken = await cpuSeconds(() =>
        render(bomb).catch((error: unknown) => expect(error).to.have.property('code', 'image_unreadable')),
      );
      expect(taken).to.be.below(1);
    });
    expect(more / 1024 ** 2, 'MiB').to.be.below(100);
  });

  it('is computed for each pixel of 16 bits when it is nearly linear, or may be', async () => {
    const curves: [Buffer | number, boolean][] = [
      [2.2, false],
      [1.8, false],
      [1.5, true],
      [1, true],
      [tableOf(2, 1), true],
      [tableOf(1024, 2.2), true],
    ];
    for (const [curve, expected] of curves)
      expect(isComputedPerPixel(matrixProfile('Some', ADOBE_PRIMARIES, curve)), String(curve).slice(0, 20)).to.equal(
        expected,
      );
    for (const name of ['srgb', 'p3']) expect(isComputedPerPixel(await builtIn(name)), name).to.equal(false);
    expect(isComputedPerPixel(await builtIn('cmyk')), 'one with a table').to.equal(true);
  });

  it('is judged without an error, whatever bytes it has', () => {
    const places = fc.array(fc.tuple(fc.nat(HOSTILE.length - 1), fc.nat(255)), { maxLength: 20 });
    fc.assert(
      fc.property(fc.constantFrom(HOSTILE, ADOBE_RGB, LINEAR), fc.nat(400), places, (profile, length, changes) => {
        const broken = Buffer.from(profile.subarray(0, length % 3 ? length : profile.length));
        for (const [at, value] of changes) broken[at % 400] = value;
        expect(isBoundedProfile(broken)).to.be.a('boolean');
        expect(isComputedPerPixel(broken)).to.be.a('boolean');
      }),
      { numRuns: 500, seed: 7 },
    );
  });
});
