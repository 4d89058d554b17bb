import { expect } from 'chai';
import sharp, { type Sharp } from 'sharp';
import { ImageServiceError } from '../../../../shared/domain/errors.ts';
import { OUTPUT_FORMATS } from '../../../../shared/domain/formats/image-format.ts';
import { LIMITS } from '../../../../shared/domain/limits.ts';
import { animationOf } from '../../../support/images/animations.ts';
import { COLOURS, plain, quadrants } from '../../../support/images/picture.ts';
import { pngHeader } from '../../../support/images/png-header.ts';
import { createRandom } from '../../../support/random.ts';
import { type Run, render, WATERMARK_ID } from '../../../support/worker/rendition-run.ts';

/** A grey image; of a large one only the header, which is as far as one that is refused may be read. */
const blank = async (width: number, height: number): Promise<Buffer> =>
  width * height > 10_000_000
    ? pngHeader(width, height)
    : sharp({ create: { width, height, channels: 3, background: '#808080' } })
        .png()
        .toBuffer();

/** `width × height` of the result, or the code of the failure. */
async function outcome(image: Buffer, run: Run): Promise<string> {
  try {
    const { width, height } = await render(image, run);
    return `${width} × ${height}`;
  } catch (error) {
    if (!(error instanceof ImageServiceError)) throw error;
    expect(error.message).to.match(/^[^\n]+\.$/);
    return error.code;
  }
}

const resize = (more: object) => ({ operation: 'resize', ...more });
const rotate = (angle: number) => ({ operation: 'rotate', angle });
const crop = (left: number, top: number, width: number, height: number) => ({
  operation: 'crop',
  left,
  top,
  width,
  height,
});

/** Commands on an image of a size, and what comes of them. */
const OUTCOMES: [string, [number, number], object[], string][] = [
  ['one side that makes the other too long', [1, 1000], [resize({ width: 100 })], 'output_too_large'],
  ['one side on the thinnest of images', [1, 16_000], [resize({ width: 16_000 })], 'output_too_large'],
  ['one side that leaves less than a pixel of the other', [16_000, 1], [resize({ width: 10 })], '10 × 1'],
  [
    'a box with too many pixels',
    [10, 10],
    [resize({ width: 16_383, height: 16_383, fit: 'fill' })],
    'output_too_large',
  ],
  ['a covered box with too many pixels', [10, 10], [resize({ width: 16_383, height: 16_383 })], 'output_too_large'],
  [
    'outside with a side too long',
    [10, 100],
    [resize({ width: 5000, height: 5000, fit: 'outside' })],
    'output_too_large',
  ],
  [
    'inside with a side just right',
    [1, 100],
    [resize({ width: 16_383, height: 16_383, fit: 'inside' })],
    '164 × 16383',
  ],
  [
    'enlarging that is switched off',
    [5, 8],
    [resize({ width: 16_383, height: 16_383, withoutEnlargement: true })],
    '5 × 8',
  ],
  [
    'a contained box with too many pixels, image not enlarged',
    [10, 10],
    [resize({ width: 16_383, height: 16_383, fit: 'contain', withoutEnlargement: true })],
    'output_too_large',
  ],
  [
    'a covered box with too many pixels, image not enlarged',
    [16_000, 10],
    [resize({ width: 12_000, height: 12_000, withoutEnlargement: true })],
    '12000 × 10',
  ],
  ['a turn of a large image', [10_000, 10_000], [rotate(45)], 'output_too_large'],
  ['a turn that makes a side too long', [16_000, 6000], [rotate(20)], 'output_too_large'],
  ['a quarter turn of the longest image', [16_383, 2], [rotate(90)], '2 × 16383'],
  [
    'a second resize that is too large',
    [10, 10],
    [resize({ width: 2 }), resize({ width: 16_383 })],
    'output_too_large',
  ],
  [
    'a result that is too large before a crop makes it small',
    [10, 10],
    [resize({ width: 16_383 }), crop(0, 0, 1, 1)],
    'output_too_large',
  ],
  ['crop of the whole', [80, 60], [crop(0, 0, 80, 60)], '80 × 60'],
  ['crop one column too far', [80, 60], [crop(1, 0, 80, 60)], 'crop_outside_image'],
  ['crop one row too far', [80, 60], [crop(0, 1, 80, 60)], 'crop_outside_image'],
  ['crop that begins outside', [80, 60], [crop(80, 60, 1, 1)], 'crop_outside_image'],
  ['crop at an absurd place', [80, 60], [crop(LIMITS.inputPixels, 0, 1, 1)], 'crop_outside_image'],
  ['crop outside what resize left', [80, 60], [resize({ width: 40 }), crop(0, 0, 41, 30)], 'crop_outside_image'],
  ['crop inside what resize made', [80, 60], [resize({ width: 160 }), crop(80, 60, 80, 60)], '80 × 60'],
  ['crop outside what rotate made', [80, 60], [rotate(90), crop(0, 0, 80, 60)], 'crop_outside_image'],
];

describe('limits of a pipeline', () => {
  for (const [fact, [width, height], commands, expected] of OUTCOMES) {
    it(`${fact}: ${expected}`, async () => {
      expect(await outcome(await blank(width, height), { commands, output: { format: 'jpeg' } })).to.equal(expected);
    });
  }

  it('refuse an image of more pixels than allowed, and accept one of exactly as many', async () => {
    const image = await blank(10, 10);
    expect(await outcome(image, { limits: { maxInputPixels: 100 } })).to.equal('10 × 10');
    for (const commands of [[], [resize({ width: 2 })], [rotate(90), rotate(90)]])
      expect(await outcome(image, { limits: { maxInputPixels: 99 }, commands })).to.equal('too_many_pixels');
  });

  it('apply to one frame of an animation, whose frames together have a limit of their own', async () => {
    const moving = await animationOf(
      'gif',
      Object.values(COLOURS)
        .slice(0, 4)
        .map((colour) => plain(10, 10, colour)),
    );
    const framesWithin = async (maxAnimationPixels: number) => {
      const limits = { maxInputPixels: 100, maxAnimationPixels };
      return (await render(moving, { limits, output: { format: 'webp' } })).frames;
    };
    expect(await framesWithin(400)).to.equal(4);
    expect(await framesWithin(399)).to.equal(undefined);
  });

  it('measure the crop of an image turned upright by its upright sides', async () => {
    const image = await quadrants(80, 60).withMetadata({ orientation: 6 }).jpeg().toBuffer();
    const autoOrient = { operation: 'autoOrient' };
    expect(await outcome(image, { commands: [crop(0, 0, 60, 80)] })).to.equal('60 × 80');
    expect(await outcome(image, { commands: [crop(0, 0, 80, 60)] })).to.equal('crop_outside_image');
    expect(await outcome(image, { commands: [crop(0, 0, 80, 60), autoOrient] })).to.equal('60 × 80');
    expect(await outcome(image, { commands: [crop(0, 0, 60, 80), autoOrient] })).to.equal('crop_outside_image');
  });

  /** The result of sharp alone for an image, and whether it is within the limits. */
  async function allowed(image: Buffer, change: (image: Sharp) => Sharp): Promise<string> {
    const { info } = await change(sharp(image)).raw().toBuffer({ resolveWithObject: true });
    const { width, height } = info;
    return Math.max(width, height) > LIMITS.outputDimension ? 'output_too_large' : `${width} × ${height}`;
  }

  for (const fit of ['cover', 'contain', 'fill', 'inside', 'outside'] as const) {
    for (const only of [{}, { withoutEnlargement: true }, { withoutReduction: true }]) {
      it(`foresee the size of ${fit} ${Object.keys(only).join()} near the longest side`, async () => {
        const random = createRandom(fit.length + Object.keys(only).join().length);
        for (let round = 0; round < 4; round += 1) {
          const thin = random(1, 4);
          const image = await blank(thin, random(16_370 / 2, 16_395 / 2));
          const oneSide = round % 2 && fit !== 'fill' && Object.keys(only).length === 0;
          const sides = oneSide ? { width: thin * 2 } : { width: random(1, 8), height: random(16_375, 16_383) };
          const options = { ...sides, fit, ...only };
          const expected = await allowed(image, (raw) => raw.resize(options));
          const seen = await outcome(image, { commands: [resize(options)], output: { format: 'png' } });
          expect(seen, JSON.stringify(options)).to.equal(expected);
        }
      });
    }
  }

  it('foresee the size of a turned image near the longest side', async () => {
    for (const [length, angle] of [
      [16_382, 0.05],
      [16_383, 0.3],
      [16_383, 90],
      [16_383, -180],
      [16_383, 180.1],
      [16_380, 0.5],
    ] as const) {
      for (const thin of [1, 60]) {
        const image = await blank(thin, length);
        const expected = await allowed(image, (raw) => raw.rotate(angle));
        expect(
          await outcome(image, { commands: [rotate(angle)], output: { format: 'jpeg' } }),
          `${thin}, ${angle}`,
        ).to.equal(expected);
      }
    }
  });

  it('end in time with a result when a box lies across the grain of a thin image', async () => {
    const across = [
      { thin: await blank(1, 16_383), box: { width: 16_383, height: 1 } },
      { thin: await blank(16_383, 1), box: { width: 1, height: 16_383 } },
      { thin: await blank(1, 4000), box: { width: 16_383, height: 100 } },
    ];
    for (const { thin, box } of across)
      for (const fit of ['contain', 'fill', 'inside', 'outside', 'cover'])
        expect(await outcome(thin, { commands: [resize({ ...box, fit })] }), fit).to.match(/×|output_too_large/);
  }).timeout(60_000);

  it('let every command work on a single pixel', async () => {
    const watermark = await quadrants(50, 30).png().toBuffer();
    const commands = [
      resize({ width: 1 }),
      resize({ width: 7, height: 3 }),
      crop(0, 0, 1, 1),
      rotate(90),
      rotate(33),
      ...['autoOrient', 'flip', 'flop', 'grayscale', 'blur', 'sharpen'].map((operation) => ({ operation })),
      { operation: 'blur', sigma: 1000 },
      { operation: 'sharpen', sigma: 10 },
      { operation: 'watermark', imageId: WATERMARK_ID },
      { operation: 'watermark', imageId: WATERMARK_ID, scale: 0.01 },
    ];
    const image = await sharp(Buffer.from(COLOURS.R), { raw: { width: 1, height: 1, channels: 4 } })
      .png()
      .toBuffer();
    for (const command of commands)
      expect(await outcome(image, { commands: [command], watermark }), JSON.stringify(command)).to.match(/^\d+ × \d+$/);
    for (const format of OUTPUT_FORMATS) expect(await outcome(image, { output: { format } })).to.equal('1 × 1');
  });
});
