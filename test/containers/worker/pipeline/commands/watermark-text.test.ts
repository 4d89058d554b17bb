import { expect } from 'chai';
import { BLENDS, GRAVITIES } from '../../../../../shared/domain/command-values.ts';
import { inkOf, strokesIn } from '../../../../support/images/ink.ts';
import { COLOURS, type Colour, difference, distance, plain, sketch } from '../../../../support/images/picture.ts';
import { render, view, WATERMARK_ID } from '../../../../support/worker/rendition-run.ts';

const write = (text: string, more: object = {}) => ({ operation: 'watermarkText', text, ...more });
const FLIPS = [{ operation: 'flip' }, { operation: 'flip' }];

/** A character that fills its box, so that pixels in the middle of it have the text's own colour. */
const BLOCK = '█';
const GROUND: Colour = [0, 0, 200, 255];
const WIDTH = 160;
const HEIGHT = 100;

describe('watermarkText', () => {
  let image: Buffer;
  before(async () => {
    image = await plain(WIDTH, HEIGHT, GROUND).removeAlpha().png().toBuffer();
  });
  const written = (text: string, more: object = {}) => view(image, { commands: [write(text, more)] });
  const ink = async (text: string, more: object = {}) => inkOf(await written(text, more), GROUND);

  for (const gravity of GRAVITIES) {
    it(`goes ${gravity}, and inwards from it`, async () => {
      const { at, ...size } = await written('Ada', { gravity: 'northwest' });
      const { width, height, left: startLeft, top: startTop } = inkOf({ at, ...size }, GROUND);
      expect([startLeft, startTop]).to.deep.equal([0, 0]);
      for (const [x, y] of [
        [0, 0],
        [9, 14],
      ] as const) {
        const [roomX, roomY] = [WIDTH - width, HEIGHT - height];
        const left = /west/.test(gravity) ? x : /east/.test(gravity) ? roomX - x : Math.round(roomX / 2) + x;
        const top = /north/.test(gravity) ? y : /south/.test(gravity) ? roomY - y : Math.round(roomY / 2) + y;
        const expected = sketch(WIDTH, HEIGHT, (px, py) => {
          const [gx, gy] = [px - left, py - top];
          return gx >= 0 && gy >= 0 && gx < width && gy < height ? at(gx, gy) : GROUND;
        });
        for (const before of [[], FLIPS]) {
          const commands = [...before, write('Ada', { gravity, offsetX: x, offsetY: y })];
          expect(difference(await view(image, { commands }), expected).most).to.equal(0);
        }
      }
    });
  }

  for (const [color, opacity, expected] of [
    ['#ff0000', 1, [255, 0, 0, 255]],
    ['#12ab34', 1, [18, 171, 52, 255]],
    ['#ff0000', 0.5, [128, 0, 100, 255]],
    ['#ff000080', 1, [128, 0, 100, 255]],
    ['#ff000080', 0.5, [64, 0, 150, 255]],
    ['#ff0000', 0, GROUND],
    [undefined, undefined, COLOURS.W],
  ] as const) {
    it(`has the colour ${color ?? 'white'} at an opacity of ${opacity ?? '1'}`, async () => {
      const picture = await written(BLOCK, { color, opacity, fontSize: 60, gravity: 'centre' });
      expect(distance(picture.at(WIDTH / 2, HEIGHT / 2), expected)).to.be.at.most(1);
      expect(picture.at(2, 2)).to.deep.equal(GROUND);
    });
  }

  it('has a font size in pixels', async () => {
    const heights = await Promise.all(
      [20, 40, 80].map(async (fontSize) => (await ink('H', { fontSize, gravity: 'northwest' })).height),
    );
    // The capitals of DejaVu Sans are 0.729 of the font size high.
    for (const [at, fontSize] of [20, 40, 80].entries()) expect(heights[at]).to.be.closeTo(fontSize * 0.729, 2);
  });

  for (const scale of [0.05, 0.3, 0.75, 1]) {
    it(`at the scale ${scale} is that wide relative to the image as it is then`, async () => {
      for (const [before, width] of [
        [[], WIDTH],
        [[{ operation: 'resize', width: 60 }], 60],
        [[{ operation: 'crop', left: 0, top: 0, width: 90, height: 90 }], 90],
      ] as const) {
        const commands = [...before, write('Ada L', { scale })];
        expect(inkOf(await view(image, { commands }), GROUND).width).to.be.closeTo(width * scale, 1.5);
      }
    });
  }

  it('is at most as high as the image at a scale', async () => {
    const { width, height } = await ink(BLOCK, { scale: 1 });
    expect(height).to.equal(HEIGHT);
    expect(width).to.be.below(WIDTH);
  });

  it('turns clockwise by an angle', async () => {
    const bar = (angle: number) => written('▬▬▬', { angle, fontSize: 30, gravity: 'centre', color: '#ffff00' });
    const lying = inkOf(await bar(0), GROUND);
    const standing = inkOf(await bar(90), GROUND);
    expect([standing.width, standing.height]).to.deep.equal([lying.height, lying.width]);
    const picture = await bar(30);
    const reach = lying.width / 2 - 6;
    const [across, down] = [reach * Math.cos(Math.PI / 6), reach * Math.sin(Math.PI / 6)];
    const seen = (x: number, y: number) => picture.at(Math.round(WIDTH / 2 + x), Math.round(HEIGHT / 2 + y));
    for (const side of [1, -1]) {
      expect(distance(seen(side * across, side * down), COLOURS.Y)).to.be.at.most(2);
      expect(seen(side * across, -side * down)).to.deep.equal(GROUND);
    }
  });

  it('tiles the whole image', async () => {
    const one = await written('Ada', { gravity: 'northwest', opacity: 0.6 });
    const { width, height } = inkOf(one, GROUND);
    const tiled = await written('Ada', { gravity: 'northwest', opacity: 0.6, tile: true });
    const expected = sketch(WIDTH, HEIGHT, (x, y) => one.at(x % width, y % height));
    expect(difference(tiled, expected).most).to.equal(0);
  });

  for (const blend of BLENDS) {
    it(`blends by ${blend} as an image of that colour does`, async () => {
      const base = await plain(40, 40, [120, 200, 60, 255]).png().toBuffer();
      const watermark = await plain(40, 40, [200, 90, 30, 255]).png().toBuffer();
      const more = { blend, opacity: 0.7, gravity: 'centre' };
      const text = await view(base, { commands: [write(BLOCK, { ...more, color: '#c85a1e', fontSize: 40 })] });
      const commands = [{ operation: 'watermark', imageId: WATERMARK_ID, ...more }];
      const stamped = await view(base, { commands, watermark });
      expect(distance(text.at(20, 20), stamped.at(20, 20))).to.be.at.most(1);
    });
  }

  it('is wider when bold, and as high', async () => {
    const [thin, bold] = [await ink('lllll'), await ink('lllll', { bold: true })];
    expect(bold.width).to.be.above(thin.width * 1.1);
    expect(bold.height).to.be.closeTo(thin.height, 1);
  });

  it('is made smaller and stays whole when it is larger than the image', async () => {
    for (const [width, height] of [
      [120, 200],
      [400, 30],
      [50, 50],
    ] as const) {
      const small = await plain(width, height, GROUND).png().toBuffer();
      const picture = await view(small, { commands: [write('HHHHH', { fontSize: 1000, gravity: 'centre' })] });
      const { top, ...box } = inkOf(picture, GROUND);
      expect(strokesIn(picture, Math.floor(top + box.height / 4), GROUND)).to.equal(10);
      expect(Math.max(box.width / width, box.height / height)).to.be.within(0.85, 1);
      expect(box.width / box.height).to.be.closeTo(5.1, 0.5);
    }
  });

  it('fits even into a single pixel', async () => {
    const picture = await view(await plain(1, 1, GROUND).png().toBuffer(), { commands: [write('Ada')] });
    expect([picture.width, picture.height]).to.deep.equal([1, 1]);
  });

  it('lies inside the image when it is turned and larger', async () => {
    const picture = await written('HHHHHHHH', { fontSize: 1000, angle: 45, gravity: 'centre' });
    const box = inkOf(picture, GROUND);
    expect(box.height).to.be.within(HEIGHT * 0.85, HEIGHT);
    expect(Math.abs(box.width - box.height)).to.be.at.most(4);
  });

  it('has a line for each line', async () => {
    const [one, two] = [await ink('H', { gravity: 'centre' }), await ink('H\nH', { gravity: 'centre' })];
    expect(two.height).to.be.above(one.height * 2);
    expect(two.width).to.be.closeTo(one.width, 1);
  });

  it('fails with command_not_applicable when no character has a shape', async () => {
    const failure = await render(image, { commands: [write('\u2800')] }).catch((error: unknown) => error);
    expect(failure).to.have.property('code', 'command_not_applicable');
  });
});
