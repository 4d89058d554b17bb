import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import sharp from 'sharp';
import { openSource } from '../../../../../../containers/worker/pipeline/run-pipeline.ts';
import { ImageServiceError } from '../../../../../../shared/domain/errors.ts';
import { estimate } from '../../../../../../shared/domain/estimate.ts';
import { photograph } from '../../../../../support/images/photographs.ts';
import { type Tiled, tiffFrom } from '../../../../../support/images/tiled-tiff.ts';
import { rejectionOf } from '../../../../../support/rejection.ts';
import { pipelineOf } from '../../../../../support/worker/corners.ts';
import { DEFAULT_LIMITS, render } from '../../../../../support/worker/rendition-run.ts';

describe('what is decoded for a TIFF', () => {
  let folder: string;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'tiff-'));
  });
  after(() => rm(folder, { recursive: true }));

  async function opened(bytes: Buffer) {
    const path = join(folder, 'original.tiff');
    await writeFile(path, bytes);
    return openSource(path, DEFAULT_LIMITS);
  }

  const NARROW: Tiled = { size: [1, 100_000], tile: [8192, 16] };

  for (const more of [{}, { isBig: true }, { isLittle: false }, { isBig: true, isLittle: false }]) {
    it(`is refused beforehand for tiles 8,192 times as wide as the image: ${JSON.stringify(more)}`, async () => {
      const error = await rejectionOf(opened(tiffFrom({ ...NARROW, ...more })));
      expect(error).to.be.instanceOf(ImageServiceError);
      expect(error).to.have.property('code', 'too_many_pixels');
      expect(error)
        .to.have.property('message')
        .match(/^The image takes 819200000 pixels to decode/);
    });
  }

  it('is found when sides are numbers of other types, or the directory ends the file', async () => {
    const file = tiffFrom(NARROW);
    // The types of the entries for the sides of a tile: SLONG.
    for (const entry of [6, 7]) file.writeUInt16LE(9, 8 + 2 + 12 * entry + 2);
    const directory = file.subarray(8, 8 + 2 + 12 * 10);
    const atEnd = Buffer.concat([file, directory]);
    atEnd.writeUInt32LE(file.length, 4);
    for (const bytes of [file, atEnd])
      expect(await rejectionOf(opened(bytes))).to.have.property('code', 'too_many_pixels');
  });

  it('is found at once for a directory with a huge number of entries', async () => {
    const file = tiffFrom({ ...NARROW, isBig: true });
    file.writeBigUInt64LE(2n ** 60n, 16);
    const circular = Buffer.alloc(10 + 65_000 * 12 + 4);
    circular.write('II*\0', 'latin1');
    circular.writeUInt32LE(8, 4);
    circular.writeUInt16LE(65_000, 8);
    circular.writeUInt32LE(8, circular.length - 4);
    const begun = process.cpuUsage();
    for (const bytes of [file, circular]) expect(await rejectionOf(opened(bytes))).to.be.instanceOf(ImageServiceError);
    const { user, system } = process.cpuUsage(begun);
    expect((user + system) / 1e6, 'seconds of the processor: each directory is read through once').to.be.below(4);
  });

  it('enters the estimate of a rendition', async () => {
    const pipeline = pipelineOf([], { format: 'jpeg' });
    const source = await opened(tiffFrom({ size: [100, 10_000], tile: [8192, 16] }));
    const { seconds } = estimate({ ...pipeline, original: { ...source.kind, ...source.size } });
    expect(source.kind.decoded?.pixels).to.equal(8192 * 10_000);
    expect(seconds, 'as long as an image of as many pixels').to.be.above(8192 * 10_000 * 60e-9);
  });

  it('counts whole tiles, and nothing beside the image for strips', async () => {
    for (const isLittle of [true, false]) {
      const tiled = tiffFrom({ size: [600, 300], tile: [256, 256], isLittle });
      expect((await opened(tiled)).kind.decoded?.pixels).to.equal(768 * 512);
      expect(await render(tiled)).to.include({ width: 600, height: 300 });
    }
    const strips = await photograph('tiff', 96, 72);
    expect((await opened(strips)).kind.decoded, 'of strips').to.equal(undefined);
    const pyramid = await sharp(await photograph('png', 300, 200))
      .tiff({ tile: true, pyramid: true })
      .toBuffer();
    expect(await render(pyramid)).to.include({ width: 300, height: 200 });
  });

  /** A TIFF of one pixel a row and a strip for each, of which every strip says that it has so many bytes (TIFF 6.0, section 3). */
  function strips(rows: number, bytesEach: number, isLittle: boolean): Buffer {
    const number = (value: number, bytes: number) => {
      const made = Buffer.alloc(bytes);
      if (isLittle) made.writeUIntLE(value, 0, bytes);
      else made.writeUIntBE(value, 0, bytes);
      return made;
    };
    const entries: [tag: number, count: number, value: number][] = [
      [256, 1, 1],
      [257, 1, rows],
      [258, 1, 8],
      [259, 1, 1],
      [262, 1, 1],
      [273, rows, 8 + 2 + 12 * 9 + 4],
      [277, 1, 1],
      [278, 1, 1],
      [279, rows, 8 + 2 + 12 * 9 + 4 + 4 * rows],
    ];
    return Buffer.concat([
      Buffer.from(isLittle ? 'II' : 'MM'),
      number(42, 2),
      number(8, 4),
      number(entries.length, 2),
      ...entries.flatMap(([tag, count, value]) => [number(tag, 2), number(4, 2), number(count, 4), number(value, 4)]),
      number(0, 4),
      ...Array<Buffer>(rows).fill(number(8, 4)),
      ...Array<Buffer>(rows).fill(number(bytesEach, 4)),
      Buffer.alloc(1024 ** 2),
    ]);
  }

  for (const isLittle of [true, false]) {
    it(`is refused beforehand for strips that declare more bytes than their pixels need: ${isLittle}`, async () => {
      const error = await rejectionOf(opened(strips(20_000, 1024 ** 2, isLittle)));
      expect(error).to.have.property('code', 'image_unreadable');
      expect(error)
        .to.have.property('message')
        .match(/^The strips or tiles of the image say that they have 20971520000 bytes/);
      await opened(strips(20_000, 1, isLittle));
    });
  }
});
