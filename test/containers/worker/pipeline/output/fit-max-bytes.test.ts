import { expect } from 'chai';
import sharp from 'sharp';
import { ImageServiceError } from '../../../../../shared/domain/errors.ts';
import { animationOf, framesOf } from '../../../../support/images/animations.ts';
import { grain } from '../../../../support/images/grain.ts';
import { draw, look } from '../../../../support/images/picture.ts';
import { render } from '../../../../support/worker/rendition-run.ts';

const WIDTH = 144;
const HEIGHT = 96;
const scene = (phase = 0, alpha = 255) =>
  draw(WIDTH, HEIGHT, (x, y) => {
    const wave = 127 + 90 * Math.sin((x + phase) / 9) * Math.cos(y / 7);
    return grain(x + phase, y, [wave, x * 1.5, y * 2, x < 20 ? alpha : 255]);
  });

const ORIGINALS: Record<string, { make: () => Promise<Buffer>; formats: string[] }> = {
  'an image': { make: () => scene().removeAlpha().png().toBuffer(), formats: ['jpeg', 'webp', 'avif', 'auto'] },
  'a transparent image': { make: () => scene(0, 90).png().toBuffer(), formats: ['jpeg', 'webp', 'avif', 'auto'] },
  'an animation': {
    make: () => animationOf('webp', [scene(), scene(20), scene(40)]),
    formats: ['webp', 'auto', 'jpeg'],
  },
};

describe('maxBytes', () => {
  for (const [kind, { make, formats }] of Object.entries(ORIGINALS))
    for (const format of formats) {
      it(`finds the highest quality of ${format} for ${kind}`, async () => {
        const image = await make();
        const commands = [{ operation: 'flop' }];
        const bytesAt = async (quality: number) =>
          (await render(image, { commands, output: { format, quality } })).data.length;
        for (const quality of [70, 31, 2]) {
          const maxBytes = await bytesAt(quality);
          const result = await render(image, { commands, output: { format, maxBytes } });
          expect(result.data.length).to.be.at.most(maxBytes);
          const found = result.quality ?? 0;
          // Not every encoder makes a larger file of every higher quality.
          expect(found).to.be.within(Math.max(1, quality - 3), 80);
          expect(await bytesAt(found), `at ${found}`).to.equal(result.data.length);
          if (found < 80) expect(await bytesAt(found + 1), `at ${found + 1}`).to.be.above(maxBytes);
        }
      });

      it(`fails with output_over_max_bytes when ${format} cannot meet it for ${kind}`, async () => {
        const image = await make();
        const least = (await render(image, { output: { format, quality: 1 } })).data.length;
        const failure = await render(image, { output: { format, maxBytes: least - 1 } }).catch((error) => error);
        expect(failure).to.be.instanceOf(ImageServiceError).have.property('code', 'output_over_max_bytes');
        expect(failure.message).to.match(new RegExp(`\\b${least} bytes`));
        const { data, quality } = await render(image, { output: { format, maxBytes: least } });
        expect(data.length).to.be.at.most(least);
        // The poorest qualities of some encoders are as large as each other.
        expect(quality).to.be.within(1, 4);
      });
    }

  it('goes no higher than the quality that is asked for, nor than 80', async () => {
    const image = await scene().png().toBuffer();
    for (const [quality, expected] of [
      [40, 40],
      [1, 1],
      [95, 95],
      [undefined, 80],
    ]) {
      const output = { format: 'webp', maxBytes: 1_000_000 };
      const result = await render(image, { output: quality === undefined ? output : { ...output, quality } });
      expect(result.quality).to.equal(expected);
    }
  });

  it('works with the other options of a format', async () => {
    const image = await scene().removeAlpha().png().toBuffer();
    const output = { format: 'jpeg', maxBytes: 2000, progressive: true, mozjpeg: true };
    const { data } = await render(image, { output });
    expect(data.length).to.be.at.most(2000);
    expect((await sharp(data).metadata()).isProgressive).to.equal(true);
  });

  it('keeps transparency, frames and their time', async () => {
    const glass = await render(await scene(0, 90).png().toBuffer(), { output: { format: 'webp', maxBytes: 1500 } });
    expect((await look(glass.data)).at(5, 5)[3]).to.be.closeTo(90, 2);
    const frames = [scene(), scene(20), scene(40)];
    const timing = { delay: [100, 200, 300], loop: 2 };
    const output = { format: 'auto', maxBytes: 4000 };
    const { data } = await render(await animationOf('gif', frames, timing), { output });
    expect(data.length).to.be.at.most(4000);
    expect(await sharp(data).metadata()).to.include({ pages: 3, loop: 2 });
    expect((await framesOf(data)).map(({ width, height }) => [width, height])).to.deep.equal(
      Array(3).fill([WIDTH, HEIGHT]),
    );
  });
});
