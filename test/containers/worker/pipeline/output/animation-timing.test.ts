import { expect } from 'chai';
import sharp from 'sharp';
import { animationOf } from '../../../../support/images/animations.ts';
import { type GifFrameOf, gifFrom, plainFrame } from '../../../../support/images/gif-files.ts';
import { draw } from '../../../../support/images/picture.ts';
import { render } from '../../../../support/worker/rendition-run.ts';

const SCREEN: [number, number] = [9, 7];

describe('the times of an animation', () => {
  const two = (delay: number): GifFrameOf[] => [plainFrame([0, 0, 9, 7], 0), plainFrame([0, 0, 9, 7], 1, { delay })];
  const timesIn = async (encoded: Buffer) => {
    const { delay, loop } = await sharp(encoded).metadata();
    return { delay, loop };
  };

  it('are kept when the format can hold them, however long', async () => {
    for (const hundredths of [2, 100, 6_553, 6_554, 7_000, 65_535])
      for (const format of ['gif', 'webp']) {
        const { data, warnings } = await render(gifFrom(SCREEN, two(hundredths), { loop: 0 }).gif, {
          output: { format },
        });
        expect(await timesIn(data), format).to.deep.equal({ delay: [100, 10 * hundredths], loop: 0 });
        expect(warnings).to.equal(undefined);
      }
  });

  it('are cut to the longest that the format can hold, with a warning', async () => {
    const pictures = [0, 90].map((hue) => draw(20, 10, () => [hue, 100, 20, 255]));
    const webp = await animationOf('webp', pictures, { delay: [100, 100] });
    const at = webp.lastIndexOf('ANMF') + 8 + 12;
    webp.writeUIntLE(3_600_000, at, 3);
    const { data, warnings } = await render(webp, { output: { format: 'gif' } });
    expect((await timesIn(data)).delay).to.deep.equal([100, 655_350]);
    const detail = 'A frame is to be shown for 3600 s. In this format none can be for more than 655.35 s.';
    expect(warnings).to.deep.equal([{ code: 'timing_changed', detail }]);
    expect((await timesIn((await render(webp, { output: { format: 'webp' } })).data)).delay).to.deep.equal([
      100, 3_600_000,
    ]);
  });

  it('repeat as often as in the original, or for ever when a GIF has the highest loop count', async () => {
    for (const [loop, expected] of [
      [0, 0],
      [1, 2],
      [65_534, 65_535],
      [65_535, 0],
    ] as const)
      for (const format of ['gif', 'webp']) {
        const { data, warnings } = await render(gifFrom(SCREEN, two(10), { loop }).gif, { output: { format } });
        expect((await timesIn(data)).loop, `${loop} in ${format}`).to.equal(expected);
        expect(warnings, `${loop} in ${format}`).to.equal(undefined);
      }
  });

  it('are a tenth of a second when the original has none or a hundredth, as browsers show it', async () => {
    for (const hundredths of [0, 1])
      for (const format of ['gif', 'webp']) {
        const { data, warnings } = await render(gifFrom(SCREEN, two(hundredths), { loop: 0 }).gif, {
          output: { format },
        });
        expect((await timesIn(data)).delay, `${hundredths} in ${format}`).to.deep.equal([100, 100]);
        expect(warnings).to.equal(undefined);
      }
  });
});
