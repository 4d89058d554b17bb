import { expect } from 'chai';
import { GRAVITIES } from '../../../../../shared/domain/command-values.ts';
import { type Colour, difference, draw, sketch } from '../../../../support/images/picture.ts';
import { view } from '../../../../support/worker/rendition-run.ts';

const WIDTH = 48;
const HEIGHT = 36;
/** Every pixel another colour, so that a misplaced one shows. */
const scene = (x: number, y: number): Colour => [x * 5, y * 7, (x * y) % 251, 255];
const GREY: Colour = [120, 120, 120, 255];

const crop = (more: object) => ({ operation: 'crop', ...more });
const flop = { operation: 'flop' };

/** The rectangle at `left`, `top`, as it is to look. */
const part = (left: number, top: number, width: number, height: number) =>
  sketch(width, height, (x, y) => scene(left + x, top + y));

const codeOf = (error: { code?: string }) => error.code;

describe('crop', () => {
  let image: Buffer;
  before(async () => {
    image = await draw(WIDTH, HEIGHT, scene).png().toBuffer();
  });

  const cut = async (more: object) => {
    const first = await view(image, { commands: [crop(more)] });
    const later = await view(image, { commands: [flop, flop, crop(more)] });
    expect(difference(first, later).most, 'first and later in the list').to.equal(0);
    return first;
  };

  for (const [left, top, width, height] of [
    [0, 0, 48, 36],
    [5, 7, 20, 11],
    [47, 35, 1, 1],
    [0, 30, 48, 6],
  ] as const) {
    it(`cuts out ${width} × ${height} at ${left}, ${top}, pixel by pixel`, async () => {
      expect(difference(await cut({ left, top, width, height }), part(left, top, width, height)).most).to.equal(0);
    });
  }

  for (const [ratio, width, height] of [
    ['1:1', 36, 36],
    ['4:3', 48, 36],
    ['16:9', 48, 27],
    ['9:16', 20, 36],
    ['2:3', 24, 36],
    ['9999:1', 48, 1],
    ['1:9999', 1, 36],
  ] as const) {
    it(`cuts out the largest rectangle of ${ratio}, in the middle by default`, async () => {
      const picture = await cut({ ratio });
      expect([picture.width, picture.height]).to.deep.equal([width, height]);
      const [left, top] = [Math.round((WIDTH - width) / 2), Math.round((HEIGHT - height) / 2)];
      expect(difference(picture, part(left, top, width, height)).most).to.equal(0);
    });
  }

  for (const position of GRAVITIES) {
    it(`of a size goes ${position}`, async () => {
      const [width, height] = [20, 16];
      const left = position.includes('west') ? 0 : position.includes('east') ? 28 : 14;
      const top = position.includes('north') ? 0 : position.includes('south') ? 20 : 10;
      expect(difference(await cut({ width, height, position }), part(left, top, width, height)).most).to.equal(0);
      const square = await cut({ ratio: '1:1', position });
      const along = position.includes('west') ? 0 : position.includes('east') ? 12 : 6;
      expect(difference(square, part(along, 0, 36, 36)).most).to.equal(0);
    });
  }

  for (const [x, y, left, top] of [
    [0.5, 0.5, 14, 10],
    [0, 0, 0, 0],
    [1, 1, 28, 20],
    [1, 0, 28, 0],
    [0.25, 0.75, 2, 19],
    [0.2, 0.5, 0, 10],
    [0.999999, 0.000001, 28, 0],
  ] as const) {
    it(`has the focal point ${x}, ${y} as near to its middle as the edges allow`, async () => {
      const picture = await cut({ width: 20, height: 16, focalPoint: { x, y } });
      expect(difference(picture, part(left, top, 20, 16)).most).to.equal(0);
    });
  }

  it('keeps its ratio around a focal point', async () => {
    const picture = await cut({ ratio: '1:2', focalPoint: { x: 1, y: 0.5 } });
    expect(difference(picture, part(30, 0, 18, 36)).most).to.equal(0);
  });

  for (const more of [
    { width: 49, height: 10, position: 'north' },
    { width: 49, height: 10, position: 'east' },
    { width: 10, height: 37, position: 'southeast' },
    { width: 10, height: 37, focalPoint: { x: 0.5, y: 0.5 } },
    { width: 49, height: 37, position: 'entropy' },
    { left: 40, top: 0, width: 9, height: 1 },
  ]) {
    it(`is refused when it is larger than the image: ${JSON.stringify(more)}`, async () => {
      expect(await view(image, { commands: [crop(more)] }).catch(codeOf)).to.equal('crop_outside_image');
    });
  }

  describe('by content', () => {
    /** A detail of 20 × 20 in a plain image of 200 × 150: noise, and for attention a colour that stands out. */
    const withDetail = (left: number, top: number) =>
      draw(200, 150, (x, y) => {
        const isDetail = x >= left && x < left + 20 && y >= top && y < top + 20;
        return isDetail ? [230, 40 + ((x * 37 + y * 61) % 60), 40 + ((x * 53 + y * 29) % 60), 255] : GREY;
      });

    for (const position of ['entropy', 'attention']) {
      for (const [left, top] of [
        [4, 6],
        [170, 8],
        [90, 66],
        [10, 120],
        [172, 124],
      ] as const) {
        it(`by ${position}, and keeps a detail at ${left}, ${top} whole`, async () => {
          const detailed = await withDetail(left, top).png().toBuffer();
          for (const [more, width, height] of [
            [{ width: 60, height: 50 }, 60, 50],
            [{ width: 200, height: 50 }, 200, 50],
            [{ width: 60, height: 150 }, 60, 150],
            [{ ratio: '1:1' }, 150, 150],
          ] as const) {
            const picture = await view(detailed, { commands: [crop({ ...more, position })] });
            expect([picture.width, picture.height]).to.deep.equal([width, height]);
            let detail = 0;
            for (let at = 0; at < picture.pixels.length; at += 4) detail += (picture.pixels[at] ?? 0) === 230 ? 1 : 0;
            expect(detail, JSON.stringify(more)).to.equal(400);
          }
        });
      }
    }

    it('leaves an image of the same size whole', async () => {
      for (const position of ['entropy', 'attention'])
        expect(difference(await cut({ width: 48, height: 36, position }), part(0, 0, 48, 36)).most).to.equal(0);
    });
  });
});
