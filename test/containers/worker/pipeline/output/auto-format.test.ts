import { expect } from 'chai';
import sharp, { type Sharp } from 'sharp';
import { drawing } from '../../../../support/drawings/drawings.ts';
import { animation } from '../../../../support/images/animations.ts';
import { grain } from '../../../../support/images/grain.ts';
import { COLOURS, type Colour, difference, distance, draw, look, plain } from '../../../../support/images/picture.ts';
import { render } from '../../../../support/worker/rendition-run.ts';

const WIDTH = 240;
const HEIGHT = 160;
/** A scene with grain, seen as far as a mask lets it be. */
const scene = (seen: (x: number, y: number) => number): Sharp =>
  draw(WIDTH, HEIGHT, (x, y) => {
    const wave = 127 + 90 * Math.sin(x / 23) * Math.cos(y / 17);
    const alpha = seen(x, y);
    return alpha === 0 ? COLOURS['.'] : grain(x, y, [wave, (x / WIDTH) * 200 + 20, (y / HEIGHT) * 200 + 20, alpha]);
  });
const photo = () => scene(() => 255).removeAlpha();
const isInHole = (x: number, y: number) => Math.hypot(x - WIDTH / 2, y - HEIGHT / 2) < 60;
const cutOut = (opacity = 255) => scene((x, y) => (isInHole(x, y) ? opacity : 0));

/** Areas of one colour, with edges between them. */
const logo = (ground: Colour = COLOURS.W): Sharp =>
  draw(WIDTH, HEIGHT, (x, y) => (Math.hypot(x - 90, y - 70) < 50 ? COLOURS.R : x > 140 ? COLOURS.B : ground));
const opaqueLogo = () => logo().removeAlpha();

/** No area at all, but two colours. */
const halftone = (x: number, y: number): Colour => ((x + y) % 2 ? COLOURS.K : COLOURS.W);

const AUTO: Record<string, { image: () => Promise<Buffer>; commands?: object[]; becomes: string; bounded: string }> = {
  'a photograph': { image: () => photo().jpeg().toBuffer(), becomes: 'jpeg', bounded: 'jpeg' },
  'a photograph kept as PNG': { image: () => photo().png().toBuffer(), becomes: 'jpeg', bounded: 'jpeg' },
  'a photograph with a channel for transparency that nothing shines through': {
    image: () => photo().ensureAlpha().png().toBuffer(),
    becomes: 'jpeg',
    bounded: 'jpeg',
  },
  'a photograph in black and white': {
    image: () => photo().toColourspace('b-w').jpeg().toBuffer(),
    becomes: 'jpeg',
    bounded: 'jpeg',
  },
  'a photograph made grey': {
    image: () => photo().png().toBuffer(),
    commands: [{ operation: 'grayscale' }],
    becomes: 'jpeg',
    bounded: 'jpeg',
  },
  'a photograph in one hue': {
    image: () => photo().png().toBuffer(),
    commands: [{ operation: 'tint', tint: '#c08040' }],
    becomes: 'jpeg',
    bounded: 'jpeg',
  },
  'a photograph with a hole': { image: () => cutOut().png().toBuffer(), becomes: 'webp', bounded: 'webp' },
  'a photograph that shines through': { image: () => cutOut(200).png().toBuffer(), becomes: 'webp', bounded: 'webp' },
  'a photograph with round corners': {
    image: () => photo().jpeg().toBuffer(),
    commands: [{ operation: 'roundCorners', radius: 30 }],
    becomes: 'webp',
    bounded: 'webp',
  },
  'a photograph that shone through on a colour': {
    image: () =>
      scene(() => 180)
        .png()
        .toBuffer(),
    commands: [{ operation: 'flatten', background: '#405060' }],
    becomes: 'jpeg',
    bounded: 'jpeg',
  },
  'areas of few colours': { image: () => opaqueLogo().png().toBuffer(), becomes: 'png', bounded: 'webp' },
  'areas of few colours that a JPEG has blurred': {
    image: () => opaqueLogo().jpeg({ quality: 90 }).toBuffer(),
    becomes: 'png',
    bounded: 'webp',
  },
  'transparent areas of few colours': {
    image: () => logo(COLOURS['.']).png().toBuffer(),
    becomes: 'png',
    bounded: 'webp',
  },
  'two colours without an area': {
    image: () => draw(WIDTH, HEIGHT, halftone).png().toBuffer(),
    becomes: 'png',
    bounded: 'webp',
  },
  'an SVG': { image: async () => drawing({ width: 120, height: 80 }), becomes: 'png', bounded: 'webp' },
  'one colour': { image: () => plain(40, 40, COLOURS.G).jpeg().toBuffer(), becomes: 'png', bounded: 'webp' },
  'a photograph made black and white': {
    image: () => photo().png().toBuffer(),
    commands: [{ operation: 'threshold' }],
    becomes: 'png',
    bounded: 'webp',
  },
  'an animated GIF': { image: () => animation('gif', [COLOURS.R, COLOURS.G]), becomes: 'webp', bounded: 'webp' },
  'an animated WebP': { image: () => animation('webp', [COLOURS.R, COLOURS.G]), becomes: 'webp', bounded: 'webp' },
};

describe('the output auto', () => {
  for (const [kind, { image, commands = [], becomes, bounded }] of Object.entries(AUTO)) {
    it(`makes ${becomes} of ${kind}, and ${bounded} with maxBytes`, async () => {
      const made = async (output: object) => {
        const { data, format } = await render(await image(), { commands, output });
        expect((await sharp(data).metadata()).format).to.equal(format);
        return format;
      };
      expect(await made({ format: 'auto' })).to.equal(becomes);
      expect(await made({ format: 'auto', maxBytes: 100_000 })).to.equal(bounded);
    });
  }

  it('keeps every pixel of a drawing, whatever the quality', async () => {
    const image = await opaqueLogo().png().toBuffer();
    for (const output of [{ format: 'auto' }, { format: 'auto', quality: 10 }]) {
      const { data } = await render(image, { output });
      expect(difference(await look(data), await look(image)).most).to.equal(0);
    }
  });

  it('keeps transparency of every degree', async () => {
    const { data } = await render(await cutOut(200).png().toBuffer(), { output: { format: 'auto' } });
    const picture = await look(data);
    expect(picture.at(3, 3)[3]).to.equal(0);
    expect(picture.at(WIDTH / 2, HEIGHT / 2)[3]).to.be.closeTo(200, 2);
  });

  it('has the quality that is asked for', async () => {
    const image = await photo().png().toBuffer();
    const [low, high] = [
      await render(image, { output: { format: 'auto', quality: 20 } }),
      await render(image, { output: { format: 'auto', quality: 90 } }),
    ];
    expect(low.data.length).to.be.below(high.data.length / 2);
    const original = await look(image);
    const apart = async (data: Buffer) => difference(await look(data), original).mean;
    expect(await apart(high.data)).to.be.below(await apart(low.data));
    expect(distance((await look(high.data)).at(100, 80), original.at(100, 80))).to.be.at.most(12);
  });
});
