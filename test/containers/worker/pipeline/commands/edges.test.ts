import { expect } from 'chai';
import { COLOURS, type Colour, difference, distance, draw, plain, sketch } from '../../../../support/images/picture.ts';
import { view } from '../../../../support/worker/rendition-run.ts';

const scene = (x: number, y: number): Colour => [x * 9, y * 11, (x * y) % 251, 255];
const trim = (more: object = {}) => ({ operation: 'trim', ...more });
const extend = (more: object) => ({ operation: 'extend', ...more });
const roundCorners = (radius?: number) => ({ operation: 'roundCorners', radius });

describe('trim', () => {
  /** A block of 14 × 10 at 8, 6 in an image of 40 × 30 with edges of a colour. */
  const framed = (edge: Colour, inside: Colour) =>
    draw(40, 30, (x, y) => (x >= 8 && x < 22 && y >= 6 && y < 16 ? inside : edge))
      .png()
      .toBuffer();

  /** The edge, the inside, the parameters, and the sides of what is left. */
  const CASES: [string, Colour, Colour, object, [number, number]][] = [
    ['cuts edges of the top left pixel’s colour off', COLOURS.W, COLOURS.R, {}, [14, 10]],
    ['leaves a margin', COLOURS.W, COLOURS.R, { margin: 3 }, [20, 16]],
    // sharp lets the bottom have what the top has not: 23 would be enough.
    ['leaves no more margin than there was', COLOURS.W, COLOURS.R, { margin: 7 }, [28, 24]],
    ['leaves the image whole with a margin beyond all edges', COLOURS.W, COLOURS.R, { margin: 500 }, [40, 30]],
    ['cuts edges of a background off', COLOURS.W, COLOURS.R, { background: '#ffffff' }, [14, 10]],
    ['leaves edges of another colour', COLOURS.W, COLOURS.R, { background: '#00ff00' }, [40, 30]],
    ['takes less than the threshold for the edge', COLOURS.W, [240, 240, 240, 255], { threshold: 20 }, [40, 30]],
    ['takes more than the threshold for the image', COLOURS.W, [240, 240, 240, 255], { threshold: 10 }, [14, 10]],
    ['takes the smallest difference with threshold 0', COLOURS.W, [254, 255, 255, 255], { threshold: 0 }, [14, 10]],
    ['cuts transparent edges off', COLOURS['.'], COLOURS.K, {}, [14, 10]],
    ['tells line art', COLOURS.W, COLOURS.K, { lineArt: true }, [14, 10]],
  ];
  for (const [fact, edge, inside, more, [width, height]] of CASES) {
    it(fact, async () => {
      const image = await framed(edge, inside);
      for (const before of [[], [{ operation: 'flip' }, { operation: 'flip' }]]) {
        const picture = await view(image, { commands: [...before, trim(more)] });
        expect([picture.width, picture.height]).to.deep.equal([width, height]);
        if (width === 14)
          expect(
            difference(
              picture,
              sketch(14, 10, () => inside),
            ).most,
          ).to.equal(0);
      }
    });
  }

  it('leaves an image of one colour whole', async () => {
    for (const colour of [COLOURS.W, COLOURS.R, COLOURS['.'], [10, 20, 30, 99] as const])
      for (const more of [{}, { margin: 5 }, { background: '#ff0000' }]) {
        const picture = await view(await plain(20, 12, colour).png().toBuffer(), { commands: [trim(more)] });
        expect(
          difference(
            picture,
            sketch(20, 12, () => colour),
          ).most,
        ).to.equal(0);
      }
  });

  it('leaves an image of a few pixels whole', async () => {
    for (const [width, height] of [
      [1, 1],
      [2, 2],
      [1, 2],
      [3, 1],
      [2, 90],
      [3, 3],
    ] as const) {
      const picture = await view(await plain(width, height, COLOURS.B).png().toBuffer(), { commands: [trim()] });
      expect([picture.width, picture.height]).to.deep.equal([width, height]);
    }
  });

  it('is followed by commands that work with the size it leaves', async () => {
    const crop = { operation: 'crop', left: 0, top: 0, width: 14, height: 10 };
    const picture = await view(await framed(COLOURS.W, COLOURS.R), { commands: [trim(), crop] });
    expect([picture.width, picture.height]).to.deep.equal([14, 10]);
    const tooFar = { ...crop, width: 15 };
    const error = await view(await framed(COLOURS.W, COLOURS.R), { commands: [trim(), tooFar] }).catch((e) => e);
    expect(error).to.have.property('code', 'crop_outside_image');
  });
});

describe('extend', () => {
  const WIDTH = 16;
  const HEIGHT = 12;
  const SIDES = { top: 3, right: 5, bottom: 20, left: 40 };

  /** Where the pixel at `at` comes from in a row of `length`; undefined outside for a background. */
  const FROM: Record<string, (at: number, length: number) => number | undefined> = {
    background: (at, length) => (at >= 0 && at < length ? at : undefined),
    copy: (at, length) => Math.max(0, Math.min(length - 1, at)),
    repeat: (at, length) => ((at % length) + length) % length,
    mirror: (at, length) => {
      const turn = ((at % (2 * length)) + 2 * length) % (2 * length);
      return turn < length ? turn : 2 * length - 1 - turn;
    },
  };

  for (const [extendWith, from] of Object.entries(FROM)) {
    for (const sides of [{ top: 4 }, { right: 4 }, { bottom: 4 }, { left: 4 }, SIDES]) {
      it(`with ${extendWith} adds ${JSON.stringify(sides)}, pixel by pixel`, async () => {
        const { top = 0, right = 0, bottom = 0, left = 0 }: Partial<typeof SIDES> = sides;
        const image = await draw(WIDTH, HEIGHT, scene).png().toBuffer();
        const expected = sketch(WIDTH + left + right, HEIGHT + top + bottom, (x, y) => {
          const [sx, sy] = [from(x - left, WIDTH), from(y - top, HEIGHT)];
          return sx === undefined || sy === undefined ? [192, 64, 32, 255] : scene(sx, sy);
        });
        for (const before of [[], [{ operation: 'flop' }, { operation: 'flop' }]]) {
          const commands = [...before, extend({ ...sides, extendWith, background: '#c04020' })];
          expect(difference(await view(image, { commands }), expected).most).to.equal(0);
        }
      });
    }
  }

  it('adds transparency with a transparent background, even to an opaque image', async () => {
    const image = await draw(WIDTH, HEIGHT, scene).removeAlpha().png().toBuffer();
    const commands = [extend({ left: 2, background: '#ff000040' })];
    const expected = sketch(WIDTH + 2, HEIGHT, (x, y) => (x < 2 ? [255, 0, 0, 64] : scene(x - 2, y)));
    for (const after of [[], [{ operation: 'flip' }, { operation: 'flip' }]])
      expect(difference(await view(image, { commands: [...commands, ...after] }), expected).most).to.equal(0);
  });

  it('adds black by default, and is refused beyond the limits', async () => {
    const image = await plain(4, 4, COLOURS.W).png().toBuffer();
    expect((await view(image, { commands: [extend({ top: 1 })] })).at(0, 0)).to.deep.equal(COLOURS.K);
    const error = await view(image, { commands: [extend({ left: 16_380 })] }).catch((reason) => reason);
    expect(error).to.have.property('code', 'output_too_large');
  });
});

describe('roundCorners', () => {
  /** The share of a pixel inside a rounded rectangle, by 16 × 16 samples. */
  function coverage(x: number, y: number, [width, height]: [number, number], [rx, ry]: [number, number]): number {
    let inside = 0;
    for (let sample = 0; sample < 256; sample += 1) {
      const [sx, sy] = [x + ((sample % 16) + 0.5) / 16, y + (Math.floor(sample / 16) + 0.5) / 16];
      const dx = Math.max(0, rx - sx, sx - (width - rx)) / rx;
      const dy = Math.max(0, ry - sy, sy - (height - ry)) / ry;
      if (dx * dx + dy * dy <= 1) inside += 1;
    }
    return inside / 256;
  }

  for (const [radius, radii] of [
    [1, [1, 1]],
    [8, [8, 8]],
    [15, [15, 15]],
    [500, [20, 15]],
    [undefined, [20, 15]],
  ] as [number | undefined, [number, number]][]) {
    it(`by ${radius ?? 'no radius'} leaves what is inside`, async () => {
      for (const alpha of [255, 120]) {
        const image = await plain(40, 30, [200, 100, 50, alpha]).png().toBuffer();
        const picture = await view(image, { commands: [roundCorners(radius)] });
        expect([picture.width, picture.height]).to.deep.equal([40, 30]);
        let apart = 0;
        for (let y = 0; y < 30; y += 1)
          for (let x = 0; x < 40; x += 1) {
            const [, , , a] = picture.at(x, y);
            const off = Math.abs(a / alpha - coverage(x, y, [40, 30], radii));
            // cairo makes lines of a curve, a tenth of a pixel off at most.
            expect(off, `${x}, ${y}`).to.be.at.most(0.11);
            apart += off;
            if (a > 60) expect(distance(picture.at(x, y), [200, 100, 50, a]), `${x}, ${y}`).to.be.at.most(3);
          }
        expect(apart / (40 * 30)).to.be.below(0.004);
      }
    });
  }

  it('puts white behind the corners of a JPEG', async () => {
    const image = await plain(40, 40, COLOURS.B).removeAlpha().jpeg().toBuffer();
    for (const after of [[], [{ operation: 'flip' }]]) {
      const picture = await view(image, { commands: [roundCorners(), ...after], output: { format: 'jpeg' } });
      expect(distance(picture.at(0, 0), COLOURS.W)).to.be.at.most(12);
      expect(distance(picture.at(20, 20), COLOURS.B)).to.be.at.most(12);
    }
  });
});
