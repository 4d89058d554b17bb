import { expect } from 'chai';
import { COLOURS, type Colour, difference, distance, draw, plain, sketch } from '../../../../support/images/picture.ts';
import { view } from '../../../../support/worker/rendition-run.ts';

const WIDTH = 60;
const HEIGHT = 40;
const scene = (x: number, y: number): Colour => [x * 4, y * 6, (x + y) * 2, 255];
const rotate = (angle: number, background?: string) => ({ operation: 'rotate', angle, background });
const FLOPS = [{ operation: 'flop' }, { operation: 'flop' }];

/** Where a pixel of the turned image comes from, for turns by right angles. */
const SOURCES: Record<number, (x: number, y: number) => [number, number]> = {
  0: (x, y) => [x, y],
  90: (x, y) => [y, HEIGHT - 1 - x],
  180: (x, y) => [WIDTH - 1 - x, HEIGHT - 1 - y],
  270: (x, y) => [WIDTH - 1 - y, x],
};

describe('rotate', () => {
  let image: Buffer;
  before(async () => {
    image = await draw(WIDTH, HEIGHT, scene).png().toBuffer();
  });

  for (const angle of [0, 90, 180, 270, 360, -90, -180, -270, -360]) {
    it(`by ${angle} moves every pixel to its place`, async () => {
      const source = SOURCES[(angle + 360) % 360];
      const [width, height] = angle % 180 === 0 ? [WIDTH, HEIGHT] : [HEIGHT, WIDTH];
      const expected = sketch(width, height, (x, y) => scene(...(source?.(x, y) ?? [0, 0])));
      for (const before of [[], FLOPS])
        expect(difference(await view(image, { commands: [...before, rotate(angle)] }), expected).most).to.equal(0);
    });
  }

  for (const angle of [1, 12.5, 30, 45, 89, 135, 200.25, 300, -30, -121]) {
    it(`by ${angle} turns clockwise inside a box just large enough`, async () => {
      const [sine, cosine] = [Math.sin((angle * Math.PI) / 180), Math.cos((angle * Math.PI) / 180)];
      for (const before of [[], FLOPS]) {
        const picture = await view(image, { commands: [...before, rotate(angle, '#ff00ff')] });
        expect(Math.abs(picture.width - (WIDTH * Math.abs(cosine) + HEIGHT * Math.abs(sine)))).to.be.at.most(1.5);
        expect(Math.abs(picture.height - (WIDTH * Math.abs(sine) + HEIGHT * Math.abs(cosine)))).to.be.at.most(1.5);
        for (let y = 0; y < picture.height; y += 1)
          for (let x = 0; x < picture.width; x += 1) {
            const [dx, dy] = [x - (picture.width - 1) / 2, y - (picture.height - 1) / 2];
            const sx = dx * cosine + dy * sine + (WIDTH - 1) / 2;
            const sy = dy * cosine - dx * sine + (HEIGHT - 1) / 2;
            const outside = Math.max(-sx, sx - WIDTH + 1, -sy, sy - HEIGHT + 1);
            if (outside < -3) expect(distance(picture.at(x, y), scene(sx, sy)), `${x}, ${y}`).to.be.at.most(9);
            if (outside > 3) expect(picture.at(x, y), `${x}, ${y}`).to.deep.equal([255, 0, 255, 255]);
          }
      }
    });
  }

  it('fills corners with a background of any transparency', async () => {
    for (const original of [plain(40, 40, COLOURS.B), plain(40, 40, COLOURS.B).removeAlpha()]) {
      for (const after of [[], FLOPS]) {
        const commands = [rotate(45, '#ff000040'), ...after];
        const picture = await view(await original.clone().png().toBuffer(), { commands });
        expect(picture.at(1, 1)).to.deep.equal([255, 0, 0, 64]);
        expect(picture.at(28, 28)).to.deep.equal(COLOURS.B);
      }
    }
  });

  it('fills corners with black by default', async () => {
    expect((await view(image, { commands: [rotate(45)] })).at(0, 0)).to.deep.equal(COLOURS.K);
  });
});

describe('flip and flop', () => {
  for (const [operation, source] of [
    ['flip', (x: number, y: number) => [x, HEIGHT - 1 - y]],
    ['flop', (x: number, y: number) => [WIDTH - 1 - x, y]],
  ] as const) {
    it(`${operation} mirrors pixel by pixel, transparency included`, async () => {
      const glass = (x: number, y: number): Colour => [x * 4, y * 6, 9, 255 - x * 3];
      const image = await draw(WIDTH, HEIGHT, glass).png().toBuffer();
      const expected = sketch(WIDTH, HEIGHT, (x, y) => glass(...(source(x, y) as [number, number])));
      expect(difference(await view(image, { commands: [{ operation }] }), expected).most).to.equal(0);
    });
  }
});
