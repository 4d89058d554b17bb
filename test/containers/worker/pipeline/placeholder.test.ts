import { expect } from 'chai';
import type { Sharp } from 'sharp';
import sharp from 'sharp';
import { thumbHashToApproximateAspectRatio, thumbHashToAverageRGBA } from 'thumbhash';
import { makePlaceholder as describePixels } from '../../../../containers/worker/pipeline/placeholder.ts';
import { fromPixels, type Pixels } from '../../../../containers/worker/pipeline/run-passes.ts';
import { COLOURS, type Colour, draw, plain } from '../../../support/images/picture.ts';

async function pixelsOf(image: Sharp): Promise<Pixels> {
  const { data, info } = await image.raw().toBuffer({ resolveWithObject: true });
  return { data, width: info.width, height: info.height, channels: info.channels };
}

const about = async (image: Sharp) => {
  const { placeholder, dominantColor } = await describePixels(await pixelsOf(image));
  const hash = Buffer.from(placeholder, 'base64');
  return { dominantColor, average: thumbHashToAverageRGBA(hash), ratio: thumbHashToApproximateAspectRatio(hash) };
};

describe('a placeholder', () => {
  it('has the proportions and the average colour of the image', async () => {
    const { average, ratio } = await about(plain(300, 150, COLOURS.R));
    expect(ratio).to.be.closeTo(2, 0.4);
    expect(average.r).to.be.closeTo(1, 0.05);
    expect(average.g).to.be.closeTo(0, 0.05);
    expect(average.a).to.equal(1);
  });

  it('keeps transparency', async () => {
    expect((await about(plain(60, 60, COLOURS['.']))).average.a).to.be.closeTo(0, 0.05);
  });

  const blue: Colour = [0, 0, 255, 255];
  const half: Colour = [0, 0, 255, 128];
  const cases: Record<string, [Sharp, string]> = {
    'that most pixels have': [draw(90, 60, (x) => (x < 60 ? COLOURS.R : blue)), '#f80808'],
    'of a grey image': [plain(30, 30, [128, 128, 128, 255]).grayscale().removeAlpha(), '#888888'],
    'on white where something shines through': [plain(30, 30, half), '#7878f8'],
    'of a single pixel': [plain(1, 1, blue), '#0808f8'],
  };
  for (const [name, [image, colour]] of Object.entries(cases)) {
    it(`comes with the colour ${name}`, async () => {
      expect((await about(image)).dominantColor).to.equal(colour);
    });
  }

  it('has the dominant colour that sharp finds', async () => {
    const image = draw(40, 40, (x, y) => [x * 6, y * 6, ((x * y) % 50) * 5, 255]);
    const { dominant } = await fromPixels(await pixelsOf(image.removeAlpha()), { maxOutputPixels: 1e6 }).image.stats();
    const found = (await about(image)).dominantColor;
    const hex = [dominant.r, dominant.g, dominant.b].map((value) => value.toString(16).padStart(2, '0')).join('');
    expect(found).to.equal(`#${hex}`);
  });

  it('is small', async () => {
    const noise = await sharp({
      create: {
        width: 500,
        height: 400,
        channels: 3,
        background: 'red',
        noise: { type: 'gaussian', mean: 128, sigma: 50 },
      },
    })
      .png()
      .toBuffer();
    const { placeholder } = await describePixels(await pixelsOf(sharp(noise)));
    expect(Buffer.from(placeholder, 'base64').length).to.be.below(30);
  });
});
