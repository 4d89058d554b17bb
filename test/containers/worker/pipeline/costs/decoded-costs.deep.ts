import { createCipheriv } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import sharp from 'sharp';
import { openSource } from '../../../../../containers/worker/pipeline/run-pipeline.ts';
import { describeOriginal } from '../../../../../containers/worker/pipeline/source/describe-original.ts';
import { estimate } from '../../../../../shared/domain/estimate.ts';
import { avifFrom, gridOf, type Item, tileOf } from '../../../../support/images/avif-files.ts';
import { ADOBE_PRIMARIES, matrixProfile, profiled, tableOf } from '../../../../support/images/colour-profiles.ts';
import { tiffFrom } from '../../../../support/images/tiled-tiff.ts';
import { JPEG, openBench } from '../../../../support/worker/affordable-rows.ts';
import { pipelineOf } from '../../../../support/worker/corners.ts';
import { DEFAULT_LIMITS } from '../../../../support/worker/rendition-run.ts';

const noise = (bytes: number): Buffer<ArrayBuffer> =>
  Buffer.from(createCipheriv('aes-128-ctr', Buffer.alloc(16), Buffer.alloc(16)).update(Buffer.alloc(bytes)));
const tile = async (side: number, isNoise: boolean): Promise<Item> => ({
  ...(await tileOf([side, side], isNoise ? noise(3 * side * side) : undefined)),
  isHidden: true,
});
const repeated = (count: number): number[] => Array<number>(count).fill(1);

/** A grid of one tile again and again, of which only a piece may be seen. */
const gridOfOne = async (side: number, [columns, rows]: [number, number], size: [number, number], isNoise: boolean) =>
  avifFrom([
    await tile(side, isNoise),
    { type: 'grid', size, refers: [['dimg', ...repeated(columns * rows)]], data: gridOf(size, [columns, rows]) },
  ]);

const deep =
  (curve: number | Buffer, more: [string, Buffer][] = []) =>
  async (): Promise<Buffer> => {
    const [width, height] = [4800, 4000];
    const raw = { width, height, channels: 3 } as const;
    const png = sharp(noise(width * height * 3), { raw })
      .toColourspace('rgb16')
      .png({ compressionLevel: 1 });
    return profiled(await png.toBuffer(), matrixProfile('Some', ADOBE_PRIMARIES, curve, more));
  };

/** The difference in memory that the same work may have from one run to another. */
const CHANCE = 1.05;

/** Files that take as much as is admitted, of which most is not seen. */
const FILES: Record<string, () => Promise<Buffer> | Buffer> = {
  'an AVIF of a dense tile in all of its 160 cells': () => gridOfOne(512, [16, 10], [8192, 5120], true),
  'an AVIF of 10,000 pixels of four cells of 4096 × 4096': () => gridOfOne(4096, [2, 2], [100, 100], false),
  'an AVIF of five frames, of which one is seen': async () => {
    const one = await tile(4096, false);
    const data = Buffer.concat(Array(5).fill(one.data));
    return avifFrom([{ ...one, data, isHidden: false }]);
  },
  'an AVIF with a transparency that is larger than it': async () => {
    const alpha = { ...(await tile(4096, false)), isAlpha: true };
    return avifFrom(
      [
        { ...(await tile(64, false)), isHidden: false },
        { ...alpha, refers: [['auxl', 1]] },
      ],
      {
        primary: 1,
      },
    );
  },
  'a TIFF of tiles of which a column is seen': () =>
    tiffFrom({ size: [1, 24_000], tile: [8192, 16], pixels: Buffer.from(noise(8192 * 16).map((value) => value & 15)) }),
  'a PNG of 16 bits with a linear profile': deep(1),
  'a PNG of 16 bits with a linear profile of tables': deep(tableOf(4096, 1.2)),
  'a PNG of 16 bits with a profile of an exponent': deep(2.2),
};

describe('what is decoded and not seen', function () {
  this.timeout(300_000);
  const bench = openBench();

  for (const [what, make] of Object.entries(FILES)) {
    it(`takes no more than is estimated: ${what}`, async () => {
      const path = join(bench.folder(), 'original');
      await writeFile(path, await make());
      const pipeline = pipelineOf([{ operation: 'resize', width: 50, height: 50, fit: 'fill' }], JPEG);
      const original = describeOriginal(await openSource(path, DEFAULT_LIMITS), pipeline, DEFAULT_LIMITS);
      const estimated = estimate({ ...pipeline, original });
      const { outcome, detail, cpuSeconds, peakMiB } = await bench.corners().run(path, pipeline);
      const took = `${cpuSeconds} s, ${Math.round(peakMiB)} MiB`;
      const told = `${estimated.seconds.toFixed(1)} s, ${Math.round(estimated.bytes / 1024 ** 2)} MiB`;
      process.stdout.write(`${what}: ${took}; estimated ${told}: ${outcome}\n`);
      if (outcome === 'rendition_too_costly') return;
      expect(outcome, detail).to.equal('ready');
      expect(cpuSeconds).to.be.at.most(estimated.seconds);
      expect(peakMiB).to.be.at.most((CHANCE * estimated.bytes) / 1024 ** 2);
    });
  }
});
