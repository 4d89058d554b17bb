import { expect } from 'chai';
import sharp from 'sharp';
import { configureSharp } from '../../../../../containers/worker/pipeline/configure-sharp.ts';
import { openSource } from '../../../../../containers/worker/pipeline/run-pipeline.ts';
import { type ErrorCode, ImageServiceError } from '../../../../../shared/domain/errors.ts';
import { IMAGE_FORMATS, type ImageFormat } from '../../../../../shared/domain/formats/image-format.ts';
import type { WarningCode } from '../../../../../shared/domain/warnings.ts';
import { animationOf } from '../../../../support/images/animations.ts';
import { photograph } from '../../../../support/images/picture.ts';
import { pngHeader } from '../../../../support/images/png-header.ts';
import { DEFAULT_LIMITS, type Run, render, WATERMARK_ID } from '../../../../support/worker/rendition-run.ts';

/** The formats that sharp encodes; SVG and HEIC have tests of their own. */
const FORMATS = (Object.keys(IMAGE_FORMATS) as ImageFormat[]).filter(
  (format): format is Exclude<ImageFormat, 'svg' | 'heic'> => format !== 'svg' && format !== 'heic',
);
const SVG =
  '<svg xmlns="http://www.w3.org/2000/svg" width="10" height="10"><rect width="10" height="10" fill="red"/></svg>';

/** Bytes that are no image, whatever they say they are. */
const NO_IMAGES: Record<string, () => Promise<Buffer> | Buffer> = {
  'an empty file': () => Buffer.alloc(0),
  'one byte': () => Buffer.from([0xff]),
  'a text': () => Buffer.from('This is not an image.\nIt has two lines.\n'),
  'an SVG that ends early': () => Buffer.from(SVG.slice(0, -3)),
  'a PDF': () => Buffer.from('%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n'),
  zeros: () => Buffer.alloc(10_000),
  'the header of a PNG': () => pngHeader(10, 10),
  'the signature of a JPEG before a text': () =>
    Buffer.concat([Buffer.from('ffd8ffe0', 'hex'), Buffer.from('text'.repeat(50))]),
};

const samples = new Map<string, Buffer>();

/** The outcome for a broken image: an image, an image with a warning, or an error that may be shown to the person who sent it. */
async function endOf(image: Buffer, run: Run = {}): Promise<'image' | WarningCode | ErrorCode> {
  try {
    const { data, warnings } = await render(image, run);
    await sharp(data).stats();
    return warnings?.[0]?.code ?? 'image';
  } catch (error) {
    expect(error).to.be.instanceOf(ImageServiceError);
    const { code, message } = error as ImageServiceError;
    expect(message, 'one readable line without paths')
      .to.match(/^[^\n]{5,300}\.$/)
      .not.match(/worker-test|\/tmp|\/original|undefined|\[object/);
    return code;
  }
}

/** The formats whose rows are shown as far as they are in the file. */
const isShownInPart = (format: ImageFormat): boolean => ['jpeg', 'png', 'gif'].includes(format);

/** Positions spread over a file, the same in every run. */
const places = (length: number, count: number): number[] =>
  Array.from({ length: count }, (_, index) => Math.floor((((index * 0.618034) % 1) * 0.98 + 0.01) * length));

/** An animation of three frames that are not alike, and where its blocks end. */
async function movingGif(): Promise<Buffer> {
  const frames = [0, 1, 2].map((hue) => photograph(40, 30).modulate({ hue: hue * 100 }));
  return animationOf('gif', frames);
}

describe('broken images', () => {
  before(async () => {
    configureSharp();
    for (const format of FORMATS) samples.set(format, await photograph(96, 72).toFormat(format).toBuffer());
  });

  it('gif: a file without its trailer, or with bytes after it, is an image', async () => {
    const whole = await movingGif();
    for (const bytes of [whole.subarray(0, -1), Buffer.concat([whole, Buffer.from('and more')])])
      expect(await endOf(bytes, { output: { format: 'gif' } })).to.equal('image');
  });

  it('fail with a retryable error when their file cannot be opened', async () => {
    const failure = await openSource('/nowhere/original', DEFAULT_LIMITS).catch((error: unknown) => error);
    expect(failure).to.not.be.instanceOf(ImageServiceError);
    expect(failure).to.have.property('code', 'ENOENT');
  });

  for (const format of FORMATS) {
    it(`${format}: cut off anywhere ends as unreadable${isShownInPart(format) ? ', or with a warning' : ''}`, async () => {
      const whole = samples.get(format) ?? Buffer.alloc(0);
      expect(await endOf(whole)).to.equal('image');
      for (const length of [1, 3, 8, 12, 20, 40, ...places(whole.length, 16)])
        expect(await endOf(whole.subarray(0, length)), `${length} of ${whole.length}`).to.match(
          isShownInPart(format) ? /^(image_unreadable|image_cut)$/ : /^image_unreadable$/,
        );
    }).timeout(60_000);

    it(`${format}: flipped bits end as an error or an image`, async () => {
      const whole = samples.get(format) ?? Buffer.alloc(0);
      for (const [index, place] of [...Array(16).keys(), ...places(whole.length, 20)].entries()) {
        const broken = Buffer.from(whole);
        broken[place] = (broken[place] ?? 0) ^ (1 << (index % 8));
        expect(
          await endOf(broken, { commands: [{ operation: 'resize', width: 20 }] }),
          `bit of byte ${place}`,
        ).to.match(/^(image|image_cut|image_damaged|image_unreadable|too_many_pixels|output_too_large)$/);
      }
    }).timeout(60_000);
  }

  for (const [name, make] of Object.entries(NO_IMAGES)) {
    it(`${name} ends as unreadable, also as a watermark`, async () => {
      const bytes = await make();
      expect(await endOf(bytes)).to.equal('image_unreadable');
      expect(await endOf(bytes, { commands: [{ operation: 'flip' }, { operation: 'flop' }] })).to.equal(
        'image_unreadable',
      );
      const commands = [{ operation: 'watermark', imageId: WATERMARK_ID }];
      const base = samples.get('png') ?? Buffer.alloc(0);
      expect(await endOf(base, { commands, watermark: bytes })).to.equal('watermark_unreadable');
    });
  }

  it('a watermark that is cut off ends as unreadable', async () => {
    const whole = samples.get('jpeg') ?? Buffer.alloc(0);
    const run = {
      commands: [{ operation: 'watermark', imageId: WATERMARK_ID }],
      watermark: whole.subarray(0, whole.length / 2),
    };
    expect(await endOf(whole, run)).to.equal('watermark_unreadable');
  });

  it('a header of 65,536 × 65,536 pixels ends as too many pixels, also as a watermark', async () => {
    const huge = pngHeader(65_536, 65_536);
    expect(await endOf(huge)).to.equal('too_many_pixels');
    const run = { commands: [{ operation: 'watermark', imageId: WATERMARK_ID }], watermark: huge };
    expect(await endOf(samples.get('png') ?? Buffer.alloc(0), run)).to.match(/watermark_unreadable|too_many_pixels/);
  });

  it('a small file of very many pixels within the limit becomes a rendition', async () => {
    const dense = await sharp({ create: { width: 8000, height: 8000, channels: 3, background: '#000' } })
      .toColourspace('b-w')
      .png({ compressionLevel: 1 })
      .toBuffer();
    expect(dense.length).to.be.below(1_000_000);
    const { width, height } = await render(dense, { commands: [{ operation: 'resize', width: 10 }] });
    expect([width, height]).to.deep.equal([10, 10]);
  }).timeout(60_000);
});
