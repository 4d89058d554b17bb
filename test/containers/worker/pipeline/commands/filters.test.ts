import { expect } from 'chai';
import { COLOURS, type Colour, distance, draw, type Picture, plain } from '../../../../support/images/picture.ts';
import { view } from '../../../../support/worker/rendition-run.ts';

const WIDTH = 40;
const HEIGHT = 24;
const FLIPS = [{ operation: 'flip' }, { operation: 'flip' }];
const scene = (x: number, y: number): Colour => [
  (x * 37 + y * 61) % 256,
  x < 20 ? 40 : 200,
  Math.min(255, x * 3 + y * 4),
  255,
];

/** Every value of a picture but near the border, where there is no agreement on what lies beyond. */
function* inside({ width, height, at }: Picture, border: number): Generator<[number, number, number, number]> {
  for (let y = border; y < height - border; y += 1)
    for (let x = border; x < width - border; x += 1)
      for (const band of [0, 1, 2]) yield [x, y, band, at(x, y)[band] ?? 0];
}

/** The sum of a neighbourhood by weights of the distance. */
function weigh(x: number, y: number, band: number, reach: number, weight: (u: number, v: number) => number): number {
  let [sum, weights] = [0, 0];
  for (let v = -reach; v <= reach; v += 1)
    for (let u = -reach; u <= reach; u += 1) {
      sum += weight(u, v) * (scene(x + u, y + v)[band] ?? 0);
      weights += weight(u, v);
    }
  return sum / weights;
}

const clamp = (value: number): number => Math.max(0, Math.min(255, value));

async function expectValues(command: object, border: number, expected: (x: number, y: number, band: number) => number) {
  for (const alpha of [true, false]) {
    const drawn = draw(WIDTH, HEIGHT, scene);
    const image = await (alpha ? drawn : drawn.removeAlpha()).png().toBuffer();
    for (const before of [[], FLIPS]) {
      const picture = await view(image, { commands: [...before, command] });
      for (const [x, y, band, value] of inside(picture, border))
        expect(Math.abs(value - clamp(expected(x, y, band))), `${x}, ${y}, ${band}`).to.be.at.most(4);
    }
  }
}

/** An opaque half beside a transparent one of another colour. */
const halves = () =>
  draw(WIDTH, HEIGHT, (x) => (x < 20 ? COLOURS.R : [0, 255, 0, 0]))
    .png()
    .toBuffer();

describe('blur', () => {
  for (const sigma of [0.5, 1, 2]) {
    it(`by sigma ${sigma} is the Gaussian mean`, () =>
      expectValues({ operation: 'blur', sigma }, 8, (x, y, band) =>
        weigh(x, y, band, 8, (u, v) => {
          const weight = (at: number) => Math.exp((-at * at) / (2 * sigma * sigma));
          // Gaussian masks end where they have fallen below 0.2, sharp's `minAmplitude`.
          return weight(u) < 0.2 || weight(v) < 0.2 ? 0 : weight(u) * weight(v);
        }),
      ));
  }

  it('without sigma is the mean of the nine pixels around', () =>
    expectValues({ operation: 'blur' }, 1, (x, y, band) => weigh(x, y, band, 1, () => 1)));

  it('by a sigma larger than the image ends in time', async () => {
    const image = await draw(WIDTH, HEIGHT, scene).png().toBuffer();
    const picture = await view(image, { commands: [{ operation: 'blur', sigma: 1000 }] });
    expect(distance(picture.at(0, 0), picture.at(39, 23))).to.be.at.most(60);
  });
});

describe('sharpen', () => {
  it('without sigma weighs a pixel by 32 against its eight neighbours', () =>
    expectValues({ operation: 'sharpen' }, 1, (x, y, band) =>
      weigh(x, y, band, 1, (u, v) => (u === 0 && v === 0 ? 32 : -1)),
    ));

  const grey = (value: number): Colour => [value, value, value, 255];
  const edge = (low: number, high: number) =>
    draw(40, 12, (x) => grey(x < 20 ? low : high))
      .png()
      .toBuffer();
  /** How far the values beside an edge go beyond it. */
  const overshoot = async (more: object, [low, high] = [100, 150]) => {
    const commands = [{ operation: 'sharpen', ...more }];
    const picture = await view(await edge(low, high), { commands });
    expect([picture.at(2, 6), picture.at(37, 6)]).to.deep.equal([grey(low), grey(high)]);
    return { below: low - picture.at(19, 6)[0], above: picture.at(20, 6)[0] - high };
  };

  it('steepens edges more with a larger m2, and flat areas with a larger m1', async () => {
    expect((await overshoot({ sigma: 1, m2: 6 })).above).to.be.above((await overshoot({ sigma: 1, m2: 1 })).above);
    const gentle: [number, number] = [100, 102];
    const flat = await overshoot({ sigma: 1, m1: 5, m2: 0, x1: 50 }, gentle);
    expect(flat.above).to.be.above((await overshoot({ sigma: 1, m1: 0, m2: 0, x1: 50 }, gentle)).above);
  });

  it('is bounded by y2 upwards and y3 downwards', async () => {
    const free = await overshoot({ sigma: 1, m2: 20, y2: 100, y3: 100 });
    const bounded = await overshoot({ sigma: 1, m2: 20, y2: 2, y3: 4 });
    expect([bounded.above < free.above, bounded.below < free.below]).to.deep.equal([true, true]);
    expect(bounded.above).to.be.within(3, 7);
    expect(bounded.below).to.be.within(7, 13);
  });

  /** A disc of one colour with a soft edge, on nothing. */
  const disc = (colour: Colour) =>
    draw(90, 70, (x, y) => {
      const alpha = Math.max(0, Math.min(1, 25.5 - Math.hypot(x - 40, y - 35)));
      return alpha > 0 ? [colour[0], colour[1], colour[2], Math.round(alpha * 255)] : [0, 0, 0, 0];
    })
      .png()
      .toBuffer();

  it('leaves no ring around an area of one colour, however soft its edge', async () => {
    const colours: Colour[] = [grey(255), grey(128), [200, 60, 20, 255]];
    for (const colour of colours)
      for (const sigma of [0.5, 2, 10]) {
        const picture = await view(await disc(colour), { commands: [{ operation: 'sharpen', sigma, m2: 10 }] });
        for (let at = 0; at < picture.pixels.length; at += 4) {
          const [r = 0, g = 0, b = 0, alpha = 0] = picture.pixels.subarray(at, at + 4);
          const tolerance = alpha < 32 ? 12 : 3;
          if (alpha > 0)
            expect(distance([r, g, b, 255], colour), `sigma ${sigma}, alpha ${alpha}`).to.be.at.most(tolerance);
        }
        expect(picture.at(0, 0)[3]).to.equal(0);
      }
  });

  it('sharpens opaque pixels alike with transparent pixels elsewhere and without', async () => {
    const scene = (isTransparent: boolean) =>
      draw(120, 80, (x, y) => [(x * 7) % 256, (y * 5) % 256, (x * y) % 256, isTransparent && x > 90 ? 0 : 255])
        .png()
        .toBuffer();
    const commands = [{ operation: 'sharpen', sigma: 2 }];
    const [with_, without] = [
      await view(await scene(true), { commands }),
      await view(await scene(false), { commands }),
    ];
    for (let y = 0; y < 80; y += 1)
      for (let x = 0; x < 80; x += 1) expect(with_.at(x, y), `${x}, ${y}`).to.deep.equal(without.at(x, y));
  });
});

describe('median', () => {
  for (const size of [1, 3, 5]) {
    it(`of ${size} is the value in the middle of a square`, () =>
      expectValues({ operation: 'median', size }, 3, (x, y, band) => {
        const reach = (size - 1) / 2;
        const values: number[] = [];
        for (let v = -reach; v <= reach; v += 1)
          for (let u = -reach; u <= reach; u += 1) values.push(scene(x + u, y + v)[band] ?? 0);
        return values.toSorted((a, b) => a - b)[(values.length - 1) / 2] ?? 0;
      }));
  }

  it('fails with command_not_applicable for a window larger than the image', async () => {
    const image = await plain(20, 10, COLOURS.B).png().toBuffer();
    const outcome = (size: number) =>
      view(image, { commands: [{ operation: 'median', size }] }).then(
        (picture) => picture.at(9, 5),
        (error: { code: string }) => error.code,
      );
    expect(await outcome(10)).to.deep.equal(COLOURS.B);
    for (const size of [11, 21, 1000]) expect(await outcome(size)).to.equal('command_not_applicable');
  });
});

describe('blur of transparency', () => {
  for (const command of [{ operation: 'blur' }, { operation: 'blur', sigma: 2 }]) {
    it(`does not mix in the colour of transparent pixels: ${JSON.stringify(command)}`, async () => {
      for (const before of [[], FLIPS]) {
        const picture = await view(await halves(), { commands: [...before, command] });
        for (let x = 0; x < WIDTH; x += 1) {
          const [r, g, , a] = picture.at(x, 12);
          if (a > 8) expect([r > 245, g < 10], `${x}: ${picture.at(x, 12)}`).to.deep.equal([true, true]);
        }
      }
    });
  }
});
