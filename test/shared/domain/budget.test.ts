import { expect } from 'chai';
import fc from 'fast-check';
import { parsePipeline } from '../../../shared/contracts/api/command-schemas.ts';
import { QUEUE_TIMING } from '../../../shared/contracts/queue-timing.ts';
import { type Budget, budgetOf, checkBudget } from '../../../shared/domain/budget.ts';
import { ImageServiceError } from '../../../shared/domain/errors.ts';
import { estimate } from '../../../shared/domain/estimate.ts';
import { costOfEncoding, effortFor } from '../../../shared/domain/format-costs.ts';
import { IMAGE_FORMATS, type ImageFormat, OUTPUT_FORMATS } from '../../../shared/domain/formats/image-format.ts';
import { LIMITS } from '../../../shared/domain/limits.ts';
import type { Original } from '../../../shared/domain/original.ts';
import { OUTPUT_OPTIONS } from '../../../shared/domain/output-options.ts';
import { randomCommands } from '../../support/worker/random-commands.ts';

const BUDGET: Budget = budgetOf({
  timeoutSeconds: QUEUE_TIMING.processingTimeoutSeconds,
  memoryBytes: 1536 * 1024 ** 2,
});

const LARGEST: Original = { format: 'jpeg', width: 12_000, height: 10_000 };
const MEDIUM_FORMAT: Original = { format: 'jpeg', width: 11_662, height: 8746, isProgressive: true, isTurned: true };

/** Blurring this image with a sigma of 1000 takes more than a minute; turned by 90 degrees it takes 8 s. */
const HIGH: Original = { format: 'png', width: 20, height: LIMITS.outputDimension, hasAlpha: true };
const WIDE = { width: HIGH.height, height: HIGH.width };

/** A command takes milliseconds for each frame, whatever its size. */
const SMALL_FRAMES: Original = { format: 'gif', width: 16, height: 16, frames: LIMITS.animationFrames };
const ten = (command: object): object[] => Array.from({ length: LIMITS.commandsPerRendition }, () => command);

function refusal(original: Original, commands: object[], output: object): ImageServiceError | undefined {
  try {
    checkBudget({ original, ...parsePipeline({ commands, output }) }, BUDGET);
    return undefined;
  } catch (error) {
    if (error instanceof ImageServiceError) return error;
    throw error;
  }
}

const ENLARGED = { operation: 'resize', width: 10_900, height: 10_900, fit: 'fill' };

/** Renditions that must be admitted, and those that must be refused with certain words. */
const CASES: [string, Original, object[], object, RegExp | undefined][] = [
  [
    'an enlarged image by median and AVIF of the highest effort',
    { format: 'jpeg', width: 100, height: 100 },
    [ENLARGED, { operation: 'median', size: 100 }],
    { format: 'avif', effort: 9 },
    /for median/,
  ],
  [
    'a median of the largest window',
    LARGEST,
    [{ operation: 'median', size: 1000 }],
    { format: 'webp' },
    /median\. Resize the image to fewer pixels first, or choose a smaller size\.$/,
  ],
  [
    'a clahe of a large window',
    LARGEST,
    [{ operation: 'clahe', width: 900, height: 900 }],
    { format: 'jpeg' },
    /smaller window/,
  ],
  ['a blur beyond the fast path', LARGEST, [{ operation: 'blur', sigma: 900 }], { format: 'jpeg' }, /smaller sigma/],
  ['a far blur of a high image', HIGH, [{ operation: 'blur', sigma: 1000 }], { format: 'png' }, /smaller sigma/],
  [
    'a far blur of a wide image',
    { ...HIGH, ...WIDE },
    [{ operation: 'blur', sigma: 1000 }],
    { format: 'png' },
    undefined,
  ],
  [
    'many small frames that are sharpened again and again',
    SMALL_FRAMES,
    ten({ operation: 'sharpen', sigma: 1 }),
    { format: 'webp' },
    /for sharpen/,
  ],
  [
    'many small frames with long texts over them',
    SMALL_FRAMES,
    ten({ operation: 'watermarkText', text: 'W'.repeat(LIMITS.watermarkTextLength), fontSize: 1000, angle: 45 }),
    { format: 'webp' },
    undefined,
  ],
  ['the largest image made small', LARGEST, [{ operation: 'resize', width: 2000 }], { format: 'avif' }, undefined],
  ['the largest image as JPEG', { ...LARGEST, isProgressive: true }, [], { format: 'jpeg' }, undefined],
  ['the largest image as PNG', { ...LARGEST, format: 'png', hasAlpha: true }, [], { format: 'png' }, undefined],
  [
    'the largest TIFF of 16 bits as TIFF',
    { ...LARGEST, format: 'tiff', isDeep: true, isConverted: true },
    [],
    { format: 'tiff' },
    undefined,
  ],
  ['a picture of a medium-format camera as JPEG', MEDIUM_FORMAT, [], { format: 'jpeg' }, undefined],
  [
    'a photograph of 24 megapixels as WebP',
    { format: 'jpeg', width: 6000, height: 4000 },
    [],
    { format: 'webp' },
    undefined,
  ],
  [
    'a photograph of 24 megapixels whose contrast is evened out, as JPEG',
    { format: 'jpeg', width: 6000, height: 4000 },
    [{ operation: 'clahe', width: 100, height: 100 }],
    { format: 'jpeg' },
    undefined,
  ],
  [
    'a photograph of 24 megapixels as AVIF',
    { format: 'jpeg', width: 6000, height: 4000 },
    [],
    { format: 'avif' },
    undefined,
  ],
  [
    'the sharpened photograph of a telephone as WebP',
    { format: 'jpeg', width: 8064, height: 6048, isTurned: true },
    [{ operation: 'sharpen', sigma: 1 }],
    { format: 'webp' },
    undefined,
  ],
];

const largestOf = (format: ImageFormat): Original => {
  const own: Partial<Record<ImageFormat, number>> = { avif: LIMITS.avifInputPixels, heic: LIMITS.heicInputPixels };
  const pixels = own[format] ?? LIMITS.inputPixels;
  const height = Math.floor(Math.sqrt(pixels / 1.2));
  return { format, width: Math.floor(pixels / height), height, bytes: pixels / 8, hasAlpha: format !== 'jpeg' };
};

const OUTPUTS: { format: string; effort?: number; [option: string]: unknown }[] = [
  { format: 'jpeg' },
  { format: 'jpeg', mozjpeg: true, quality: 95 },
  { format: 'tiff' },
  { format: 'png' },
  { format: 'png', effort: 7 },
  { format: 'webp' },
  { format: 'webp', effort: 6, lossless: true },
  { format: 'webp', effort: 3, maxBytes: 1000 },
  { format: 'avif' },
  { format: 'avif', effort: 5 },
  { format: 'gif', effort: 10 },
  { format: 'auto' },
];

const hasEffort = ({ format, effort }: { format: string; effort?: number }): boolean =>
  effort !== undefined || !['jpeg', 'tiff', 'png'].includes(format);

/** A photograph as cameras write it: turned by EXIF, with colour at full resolution. */
const photographOf = (width: number, height: number): Original => ({
  format: 'jpeg',
  width,
  height,
  bytes: (width * height) / 4,
  isTurned: true,
  isOnItsSide: true,
  hasAllColour: true,
});

const cutOutOf = (width: number, height: number): Original => ({ format: 'png', width, height, hasAlpha: true });

/** Ordinary commands for photographs. */
const ORDINARY_COMMANDS: Record<string, object[]> = {
  'as it is': [],
  'resized to 2000': [{ operation: 'resize', width: 2000 }],
  'resized to 4000': [{ operation: 'resize', width: 4000 }],
  sharpened: [{ operation: 'sharpen', sigma: 1 }],
  blurred: [{ operation: 'blur', sigma: 20 }],
  signed: [{ operation: 'watermarkText', text: '© 2026 Ada', fontSize: 60 }],
  turned: [{ operation: 'rotate', angle: 90 }],
  'cut to a square': [{ operation: 'crop', ratio: '1:1', position: 'attention' }],
  trimmed: [{ operation: 'trim' }],
  grey: [{ operation: 'grayscale' }, { operation: 'normalise' }],
};

const ORDINARY_OUTPUTS: object[] = [
  { format: 'jpeg' },
  { format: 'jpeg', quality: 95, progressive: true },
  { format: 'webp' },
  { format: 'avif' },
  { format: 'avif', effort: 9 },
  { format: 'png' },
  { format: 'tiff' },
  { format: 'auto' },
];

/** Outputs that are admitted for images of at most 24 megapixels. */
const SLOW_OUTPUTS: object[] = [
  { format: 'jpeg', mozjpeg: true },
  { format: 'jpeg', maxBytes: 500_000 },
  { format: 'webp', lossless: true },
  { format: 'png', palette: true },
  { format: 'gif' },
];

const ORDINARY: [string, Original, object[]][] = [
  ['a photograph of 12 megapixels', photographOf(4032, 3024), [...ORDINARY_OUTPUTS, ...SLOW_OUTPUTS]],
  ['a photograph of 24 megapixels', photographOf(6000, 4000), [...ORDINARY_OUTPUTS, ...SLOW_OUTPUTS]],
  ['a photograph of 48 megapixels', photographOf(8064, 6048), ORDINARY_OUTPUTS],
  ['a cut-out of 12 megapixels', cutOutOf(4000, 3000), [...ORDINARY_OUTPUTS, ...SLOW_OUTPUTS]],
  ['a cut-out of 24 megapixels', cutOutOf(6000, 4000), [...ORDINARY_OUTPUTS, ...SLOW_OUTPUTS]],
];

describe('the budget of a rendition', () => {
  for (const [what, original, commands, output, detail] of CASES) {
    it(`${detail ? 'refuses' : 'admits'} ${what}`, () => {
      const refused = refusal(original, commands, output);
      if (!detail) return expect(refused?.message).to.equal(undefined);
      expect(refused?.code).to.equal('rendition_too_costly');
      expect(refused?.message)
        .to.match(detail)
        .match(/^The rendition could take [\d,]+ (s|MiB) of /);
      return expect(refused?.facts.actual).to.be.above(refused?.facts.limit as number);
    });
  }

  for (const [what, original, outputs] of ORDINARY) {
    it(`admits ${what} with all ordinary commands and outputs`, () => {
      for (const [how, commands] of Object.entries(ORDINARY_COMMANDS)) {
        for (const output of outputs) {
          expect(refusal(original, commands, output)?.message, `${how}, ${JSON.stringify(output)}`).to.equal(undefined);
        }
      }
    });
  }

  it('admits a small rendition of the largest image of every format, in every format with the default effort', () => {
    for (const from of Object.keys(IMAGE_FORMATS) as ImageFormat[]) {
      for (const format of [...OUTPUT_FORMATS, 'auto']) {
        const small = refusal(largestOf(from), [{ operation: 'resize', width: 2500, height: 2500, fit: 'inside' }], {
          format,
        });
        expect(small?.message, `${from} as ${format}`).to.equal(undefined);
      }
    }
  });

  it('lowers the effort until the encoder ends in time, and never raises it', () => {
    const formats = OUTPUT_FORMATS.filter((format) => OUTPUT_OPTIONS[format].effort);
    const property = fc.property(
      fc.constantFrom(...formats),
      fc.integer({ min: 0, max: 10 }),
      fc.integer({ min: 1, max: LIMITS.outputPixels }),
      fc.constantFrom(1, 8),
      fc.record({ lossless: fc.boolean(), hasAlpha: fc.boolean() }),
      (format, wish, pixels, times, { lossless, hasAlpha }) => {
        const [lowest = 0, highest = 0] = OUTPUT_OPTIONS[format].effort ?? [];
        const asked = Math.max(lowest, Math.min(highest, wish));
        const output = { format, ...(format === 'webp' && { lossless }), metadata: 'strip', hasAlpha } as const;
        const effort = effortFor({ ...output, effort: asked, pixels }, times);
        expect(effort).to.be.within(lowest, asked);
        const doubled = Math.min(LIMITS.outputPixels, 2 * pixels);
        expect(effortFor({ ...output, effort: asked, pixels: doubled }, times)).to.be.at.most(effort);
        const { ns } = costOfEncoding({ ...output, pixels, effort }, effort);
        if (effort > lowest) expect((ns * pixels * times) / 1e9).to.be.below(BUDGET.seconds);
      },
    );
    fc.assert(property, { numRuns: 2000 });
    const avif = { format: 'avif', effort: 9, metadata: 'strip', hasAlpha: false } as const;
    expect(effortFor({ ...avif, pixels: 100_000 }, 1)).to.equal(9);
    expect(effortFor({ ...avif, pixels: 3_000_000 }, 1)).to.equal(3);
    expect(effortFor({ ...avif, format: 'webp', effort: 6, pixels: 24_000_000 }, 1), 'an opaque one').to.equal(6);
  });

  it('estimates no lower cost for more pixels or frames', () => {
    const sides = fc.integer({ min: 1, max: 4000 });
    const property = fc.property(
      randomCommands,
      fc.constantFrom(...OUTPUTS),
      fc.tuple(sides, fc.integer({ min: 1, max: 4 }), fc.integer({ min: 1, max: 5 }), fc.boolean()),
      (commands, output, [side, times, frames, hasAlpha]) => {
        const pipeline = parsePipeline({ commands, output });
        const facts = { format: 'png', width: side, height: side, hasAlpha } as const;
        const [one, more] = [facts, { ...facts, width: side * times, height: side * times, frames }].map((original) =>
          estimate({ original, ...pipeline }),
        );
        const has = (...operations: string[]) => commands.some(({ operation }) => operations.includes(operation));
        // A cut or an extension by pixels changes the shape of a smaller image more.
        if (has('extend', 'crop')) return;
        // Frames are encoded one by one, but a single image is held together with the memory of its commands.
        if (frames === 1) expect(more?.bytes).to.be.at.least(one?.bytes as number);
        // The effort is lower for more pixels.
        const isEqual = !hasEffort(output);
        if (isEqual) expect(more?.seconds).to.be.at.least(one?.seconds as number);
      },
    );
    fc.assert(property, { numRuns: 500 });
  });
});
