import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { LIMITS } from '../../../../../shared/domain/limits.ts';
import { drawing } from '../../../../support/drawings/drawings.ts';
import { gifOf } from '../../../../support/images/hostile-images.ts';
import { plain } from '../../../../support/images/picture.ts';
import { pngHeader } from '../../../../support/images/png-header.ts';
import {
  elementsOf,
  JPEG,
  openBench,
  partsBeyond,
  type Row,
  styledBy,
  testRow,
  written,
} from '../../../../support/worker/affordable-rows.ts';
import { pipelineOf } from '../../../../support/worker/corners.ts';
import { WATERMARK_ID } from '../../../../support/worker/rendition-run.ts';

/** An AVIF whose header tells of another size than it has: `ispe` (ISO/IEC 23008-12, 6.5.3) has width and height behind its flags. */
async function avifOf(width: number, height: number): Promise<Buffer> {
  const avif = await plain(64, 64, [200, 100, 50, 255]).avif({ effort: 0 }).toBuffer();
  for (let at = avif.indexOf('ispe'); at >= 0; at = avif.indexOf('ispe', at + 1)) {
    avif.writeUInt32BE(width, at + 8);
    avif.writeUInt32BE(height, at + 12);
  }
  return avif;
}

/** A strip of black on white: what is left of it when it is trimmed. */
const strip = (width: number, height: number): Promise<Buffer> =>
  plain(4000, 2000, [255, 255, 255, 255])
    .composite([{ input: { create: { width, height, channels: 3, background: 'black' } }, left: 100, top: 100 }])
    .png()
    .toBuffer();

/** A drawing whose every selector is held against every element. */
const styled = (selectors: number, elements: number): Buffer => {
  const rules = Array.from({ length: selectors }, (_, index) => `g .a${index}{fill:red}`).join('');
  const head = `<style>${rules}</style>${'<g/>'.repeat(elements)}`;
  return Buffer.from(drawing({ width: 8, height: 8 }).toString().replace('<rect', `${head}<rect`));
};

/** A drawing in a data URL, where its rules are not seen. */
const importing = (): Buffer =>
  Buffer.from(
    drawing({ width: 8, height: 8 })
      .toString()
      .replace('<rect', '<style>@import "data:text/css,rect{fill:red}";</style><rect'),
  );

const ENLARGED = { operation: 'resize', width: 10_900, height: 10_900, fit: 'fill' };

/** Small files that took a process for a minute, or all of its memory, and what is said of them before they are decoded. */
const COSTLY: Row[] = [
  [
    'an enlarged image by the largest median and AVIF of the highest effort',
    () => plain(20, 20, [1, 2, 3, 255]).jpeg().toBuffer(),
    [ENLARGED, { operation: 'median', size: 100 }],
    { format: 'avif', effort: 9 },
    'rendition_too_costly',
  ],
  ['an SVG of too many elements', () => elementsOf('<g/>', LIMITS.svgElements + 1), [], JPEG, 'image_unreadable'],
  [
    'an SVG in which another has too many elements',
    () => {
      const inner = elementsOf('<g/>', LIMITS.svgElements).toString('base64');
      return elementsOf(`<image href="data:image/svg+xml;base64,${inner}"/>`, 2);
    },
    [],
    JPEG,
    'image_unreadable',
  ],
  [
    'an SVG that takes long to draw and then long to encode',
    () => elementsOf('<g/>', 120_000),
    [{ operation: 'resize', width: 6000, height: 6000 }],
    { format: 'avif', effort: 9 },
    'rendition_too_costly',
  ],
  [
    'a GIF of 259 frames at the highest effort',
    () => gifOf(480, 480, 259),
    [],
    { format: 'gif', effort: 10 },
    'rendition_too_costly',
  ],
  [
    'an AVIF of 120 megapixels',
    () => avifOf(12_000, 10_000),
    [{ operation: 'resize', width: 100 }],
    JPEG,
    'too_many_pixels',
  ],
  ['an SVG of many selectors for many elements', () => styled(20_000, 20_000), [], JPEG, 'image_unreadable'],
  styledBy('all siblings', 4, 'image_unreadable'),
  partsBeyond('jpegScans', 1, 'image_unreadable'),
  ['an SVG of one long text', () => written(10_600), [], JPEG, 'image_unreadable'],
  ['an SVG that imports a style sheet', () => importing(), [], JPEG, 'image_unreadable'],
  [
    'a median of the largest window',
    () => plain(2000, 2000, [9, 9, 9, 255]).png().toBuffer(),
    [{ operation: 'median', size: 1000 }],
    JPEG,
    'rendition_too_costly',
  ],
];

/** Seen upright, it is so narrow that a width makes it higher than it looks as it is stored. */
const lying = (): Promise<Buffer> =>
  plain(8000, 1000, [9, 9, 9, 255]).jpeg().withMetadata({ orientation: 6 }).toBuffer();

const WIDENED = [
  { operation: 'resize', width: 2000 },
  { operation: 'median', size: 300 },
];

/** A drawing that is read and measured in time, and drawn ten times is not. */
const slowDrawing = (): Buffer => elementsOf('<g/>', 120_000);

/** Pipelines whose result is too large and would take too long besides: the error names the size, which the client can change. */
const TOO_LARGE: Row[] = [
  [
    'a resize to more pixels than a result may have',
    () => plain(400, 300, [9, 9, 9, 255]).jpeg().toBuffer(),
    [{ operation: 'resize', width: 16_000, height: 16_000, fit: 'fill' }],
    { format: 'webp' },
    'output_too_large',
  ],
  [
    'an extension beyond the longest side',
    () => plain(1920, 1080, [9, 9, 9, 255]).jpeg().toBuffer(),
    [{ operation: 'extend', top: 16_000, left: 16_000 }],
    { format: 'avif' },
    'output_too_large',
  ],
];

/** Longer than a result may be, as panoramas are. */
const line = (): Promise<Buffer> => plain(60_000, 8, [9, 9, 9, 255]).jpeg().withMetadata({ orientation: 3 }).toBuffer();

const ADMITTED: Row[] = [
  ['a long line made shorter', line, [{ operation: 'resize', width: 3000 }], JPEG, 'ready'],
  [
    'a long line of which a piece is taken',
    line,
    [{ operation: 'crop', left: 0, top: 0, width: 8, height: 8 }],
    JPEG,
    'ready',
  ],
  [
    'a broad strip, trimmed and enlarged',
    () => strip(1600, 400),
    [{ operation: 'trim' }, { operation: 'resize', width: 2000 }],
    JPEG,
    'ready',
  ],
  ['a GIF of 259 frames without an effort', () => gifOf(60, 60, 259), [], { format: 'gif' }, 'ready'],
  partsBeyond('jpegScans', 0, 'ready'),
  ['an SVG with a style sheet', () => styled(200, 200), [], JPEG, 'ready'],
];

describe('what a rendition costs', function () {
  this.timeout(60_000);
  const bench = openBench();

  for (const row of [...COSTLY, ...TOO_LARGE, ...ADMITTED]) testRow(row, bench);

  it('is estimated with the upright size for an image on its side', async () => {
    const path = join(bench.folder(), 'original');
    await writeFile(path, await lying());
    const { outcome, isRendered } = await bench
      .corners()
      .run(path, pipelineOf(WIDENED, { format: 'jpeg', mozjpeg: true }));
    expect([outcome, isRendered]).to.deep.equal(['rendition_too_costly', false]);
  });

  it('includes the cost of each drawing that is laid over the image', async () => {
    const [path, laid] = [join(bench.folder(), 'original'), join(bench.folder(), 'laid')];
    await writeFile(path, await plain(400, 300, [9, 9, 9, 255]).jpeg().toBuffer());
    await writeFile(laid, slowDrawing());
    const commands = Array.from({ length: 10 }, () => ({ operation: 'watermark', imageId: WATERMARK_ID }));
    const { outcome, isRendered } = await bench
      .corners()
      .run(path, pipelineOf(commands, JPEG), { [WATERMARK_ID]: laid });
    expect([outcome, isRendered]).to.deep.equal(['rendition_too_costly', false]);
  });

  it('keeps a watermark drawing with too many elements from being opened', async () => {
    const [path, laid] = [join(bench.folder(), 'original'), join(bench.folder(), 'laid')];
    await writeFile(path, await plain(400, 300, [9, 9, 9, 255]).jpeg().toBuffer());
    await writeFile(laid, elementsOf('<g/>', LIMITS.svgElements + 1));
    const pipeline = pipelineOf([{ operation: 'watermark', imageId: WATERMARK_ID }], JPEG);
    const { outcome, detail, peakMiB } = await bench.corners().run(path, pipeline, { [WATERMARK_ID]: laid });
    expect(outcome).to.equal('watermark_unreadable');
    expect(detail).to.include(`the limit is ${LIMITS.svgElements}`);
    expect(peakMiB).to.be.below(500);
  });

  it('is checked again after a trim, whose result nobody can know before', async () => {
    const path = join(bench.folder(), 'original');
    await writeFile(path, await strip(200, 1600));
    const trimmed = pipelineOf([{ operation: 'trim' }, ...WIDENED], { format: 'jpeg', mozjpeg: true });
    const { outcome, isRendered, detail } = await bench.corners().run(path, trimmed);
    expect([outcome, isRendered]).to.deep.equal(['rendition_too_costly', true]);
    expect(detail).to.match(/for median/);
  });

  it('includes the watermark image', async () => {
    const path = join(bench.folder(), 'original');
    await writeFile(path, await plain(4000, 4000, [9, 9, 9, 255]).png().toBuffer());
    const laid = join(bench.folder(), 'laid');
    await writeFile(laid, pngHeader(12_000, 9000));
    const imageId = '0b0e7f5c-3d4d-4d0e-8f6b-2f6f5d1b7a11';
    const marks = Array.from({ length: 10 }, () => ({ operation: 'watermark', imageId }));
    const { outcome, isRendered } = await bench.corners().run(path, pipelineOf(marks, JPEG), { [imageId]: laid });
    expect([outcome, isRendered]).to.deep.equal(['rendition_too_costly', false]);
  });
});
