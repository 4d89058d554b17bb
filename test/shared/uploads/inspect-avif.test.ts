import { Readable } from 'node:stream';
import { expect } from 'chai';
import sharp from 'sharp';
import { LIMITS } from '../../../shared/domain/limits.ts';
import { inspectImage } from '../../../shared/uploads/inspect-image.ts';
import { avifFrom, box, type Item } from '../../support/images/avif-files.ts';
import { photograph } from '../../support/images/photographs.ts';
import { rejectionOf } from '../../support/rejection.ts';

async function sizeOf(bytes: Buffer): Promise<[number?, number?]> {
  const image = { body: Readable.from([bytes]), declaredType: 'image/avif' };
  const { width, height, body } = await inspectImage(image, { maxInputPixels: LIMITS.inputPixels });
  body.destroy();
  return [width, height] as [number?, number?];
}

const sized = (width: number, height: number, more: Partial<Item> = {}): Item => ({ size: [width, height], ...more });

describe('inspectImage of an AVIF', () => {
  it('reads the size of the image that is shown, not of a larger tile, thumbnail or transparency', async () => {
    const files: Record<string, Buffer> = {
      tile: avifFrom([sized(4096, 4096, { isHidden: true }), sized(640, 480, { type: 'grid', refers: [['dimg', 1]] })]),
      thumbnail: avifFrom([sized(640, 480), sized(4096, 4096, { refers: [['thmb', 1]] })], { primary: 1 }),
      transparency: avifFrom([sized(640, 480), sized(4096, 4096, { isAlpha: true, refers: [['auxl', 1]] })], {
        primary: 1,
      }),
    };
    for (const [what, file] of Object.entries(files)) expect(await sizeOf(file), what).to.deep.equal([640, 480]);
  });

  it('reads the size from files of any encoder', async () => {
    expect(await sizeOf(await photograph('avif', 96, 72))).to.deep.equal([96, 72]);
    const transparent = sharp({ create: { width: 50, height: 40, channels: 4, background: '#1234' } });
    expect(await sizeOf(await transparent.avif().toBuffer())).to.deep.equal([50, 40]);
  });

  it('refuses an image above the limit of pixels, and only then', async () => {
    const error = await rejectionOf(sizeOf(avifFrom([sized(12_000, 10_000)])));
    expect(error).to.have.property('code', 'too_many_pixels');
    const hidden = avifFrom([sized(12_000, 10_000, { isHidden: true }), sized(64, 64)]);
    expect(await sizeOf(hidden), 'of a part, which the worker counts').to.deep.equal([64, 64]);
  });

  it('takes no longer for a header that is full of the smallest boxes, properties or names', async () => {
    const filled = (type: string, bytes: number) =>
      avifFrom([sized(64, 64)], { moreMeta: box(type, Buffer.alloc(bytes)) });
    const boxes = Buffer.alloc(120_000, '0000000866726565', 'hex');
    const named = avifFrom(Array.from({ length: 900 }, () => sized(64, 64, { isAlpha: true })));
    const begun = process.cpuUsage();
    for (const file of [avifFrom([sized(64, 64)], { moreMeta: boxes }), named, filled('iprp', 100_000)])
      await sizeOf(file).catch((error: unknown) => expect(error).to.have.property('code', 'image_unreadable'));
    const { user, system } = process.cpuUsage(begun);
    expect((user + system) / 1e6, 'seconds of the processor').to.be.below(0.5);
  });
});
