import { expect } from 'chai';
import fc from 'fast-check';
import { parsePipeline } from '../../../shared/contracts/commands.ts';
import { QUEUE_TIMING } from '../../../shared/contracts/queue-timing.ts';
import { type Budget, budgetOf, checkBudget } from '../../../shared/domain/budget.ts';
import { ImageServiceError } from '../../../shared/domain/errors.ts';
import { estimate } from '../../../shared/domain/estimate.ts';
import { IMAGE_FORMATS, type ImageFormat, OUTPUT_FORMATS } from '../../../shared/domain/image-format.ts';
import { LIMITS } from '../../../shared/domain/limits.ts';
import type { Original } from '../../../shared/domain/original.ts';
import { randomCommands } from '../../support/random-commands.ts';

const BUDGET: Budget = budgetOf({
  timeoutSeconds: QUEUE_TIMING.processingTimeoutSeconds,
  memoryBytes: 1536 * 1024 ** 2,
});

const LARGEST: Original = { format: 'jpeg', width: 12_000, height: 10_000 };
const MEDIUM_FORMAT: Original = { format: 'jpeg', width: 11_662, height: 8746, isProgressive: true, isTurned: true };

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

/** What must be had, and what must be refused with which words. */
const CASES: [string, Original, object[], object, RegExp | undefined][] = [
  [
    'an enlarged image by median and AVIF of the highest effort',
    { format: 'jpeg', width: 100, height: 100 },
    [ENLARGED, { operation: 'median', size: 100 }],
    { format: 'avif', effort: 9 },
    /AVIF at effort 9/,
  ],
  [
    'a median of the largest window',
    LARGEST,
    [{ operation: 'median', size: 1000 }],
    { format: 'webp' },
    /median\. Resize the image to fewer pixels first, or choose a smaller size\.$/,
  ],
  [
    'an effort that is too high for so many pixels',
    { format: 'jpeg', width: 3000, height: 2000 },
    [],
    { format: 'avif', effort: 6 },
    /or ask for effort 3\.$/,
  ],
  [
    'a clahe of a large window',
    LARGEST,
    [{ operation: 'clahe', width: 900, height: 900 }],
    { format: 'jpeg' },
    /smaller window/,
  ],
  ['a blur beyond the fast path', LARGEST, [{ operation: 'blur', sigma: 900 }], { format: 'jpeg' }, /smaller sigma/],
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
  const pixels = format === 'avif' ? LIMITS.avifInputPixels : LIMITS.inputPixels;
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

const isEffortTold = ({ format, effort }: { format: string; effort?: number }): boolean =>
  effort !== undefined || ['jpeg', 'tiff', 'png'].includes(format);

describe('what a rendition may cost', () => {
  for (const [what, original, commands, output, detail] of CASES) {
    it(`${detail ? 'refuses' : 'admits'} ${what}`, () => {
      const refused = refusal(original, commands, output);
      if (!detail) return expect(refused?.message).equal(undefined);
      expect(refused?.code).equal('rendition_too_costly');
      expect(refused?.message)
        .match(detail)
        .match(/^The rendition could take [\d,]+ (s|MiB) of /);
      return expect(refused?.facts.actual).above(refused?.facts.limit as number);
    });
  }

  it('admits a small rendition of the largest image of every format, in every format with the default effort', () => {
    for (const from of Object.keys(IMAGE_FORMATS) as ImageFormat[]) {
      for (const format of [...OUTPUT_FORMATS, 'auto']) {
        const small = refusal(largestOf(from), [{ operation: 'resize', width: 2500, height: 2500, fit: 'inside' }], {
          format,
        });
        expect(small?.message, `${from} as ${format}`).equal(undefined);
      }
    }
  });

  it('never costs less with more pixels or more frames', () => {
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
        // What is cut off or added in pixels changes the shape of a smaller image more.
        if (has('extend', 'crop')) return;
        expect(more?.bytes).least(one?.bytes as number);
        // A window's rows are longer in a wider image, and the default effort of more pixels is lower.
        const isEqual = !has('median', 'clahe') && isEffortTold(output);
        if (isEqual) expect(more?.seconds).least(one?.seconds as number);
      },
    );
    fc.assert(property, { numRuns: 500 });
  });
});
