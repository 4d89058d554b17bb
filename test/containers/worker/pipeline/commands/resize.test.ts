import { expect } from 'chai';
import { FITS, GRAVITIES, KERNELS } from '../../../../../shared/domain/command-values.ts';
import {
  COLOURS,
  type Colour,
  difference,
  distance,
  draw,
  layoutOf,
  look,
  sketch,
} from '../../../../support/images/picture.ts';
import { render, view } from '../../../../support/worker/rendition-run.ts';

const WIDTH = 60;
const HEIGHT = 40;
const resize = (more: object) => ({ operation: 'resize', ...more });
/** A slope in both directions, which every kernel scales to the same slope. */
const slope = (x: number, y: number): Colour => [x * 4, y * 6, 100, 255];
const FLIPS = [{ operation: 'flip' }, { operation: 'flip' }];

/** The scale of both sides of an image of WIDTH × HEIGHT in a box, by the definition of each fit. */
function expectedSize(fit: string, [width, height]: [number, number], only: { up?: boolean; down?: boolean }) {
  const bounded = (scale: number) => (only.up ? Math.max(1, scale) : only.down ? Math.min(1, scale) : scale);
  const [x, y] = [width / WIDTH, height / HEIGHT];
  if (fit === 'fill') return [WIDTH * bounded(x), HEIGHT * bounded(y)].map(Math.round);
  const isInside = fit === 'inside' || fit === 'contain';
  const scale = bounded(isInside ? Math.min(x, y) : Math.max(x, y));
  if (fit === 'contain') return [Math.max(width, WIDTH * scale), Math.max(height, HEIGHT * scale)].map(Math.round);
  const scaled = [WIDTH * scale, HEIGHT * scale].map(Math.round);
  return fit === 'cover' ? [Math.min(width, scaled[0] ?? 0), Math.min(height, scaled[1] ?? 0)] : scaled;
}

describe('resize', () => {
  let image: Buffer;
  let opaque: Buffer;
  before(async () => {
    image = await draw(WIDTH, HEIGHT, slope).png().toBuffer();
    opaque = await draw(WIDTH, HEIGHT, slope).removeAlpha().jpeg({ quality: 95 }).toBuffer();
  });

  for (const fit of FITS) {
    for (const [name, only] of [
      ['', {}],
      ['withoutEnlargement', { down: true }],
      ['withoutReduction', { up: true }],
    ] as const) {
      it(`to a box by ${fit} ${name} has the sides it should`, async () => {
        for (const [width, height] of [
          [30, 20],
          [90, 60],
          [30, 60],
          [90, 20],
          [17, 17],
          [100, 100],
          [60, 40],
          [2, 2],
        ] as [number, number][]) {
          const command = resize({ width, height, fit, ...(name && { [name]: true }) });
          for (const commands of [[command], [...FLIPS, command]])
            for (const original of [image, opaque]) {
              const { data, ...result } = await render(original, { commands });
              const picture = await look(data);
              expect([picture.width, picture.height], `${width} × ${height}`).to.deep.equal([
                result.width,
                result.height,
              ]);
              const expected = expectedSize(fit, [width, height], only);
              expect([picture.width, picture.height], `${width} × ${height}`).to.deep.equal(expected);
            }
        }
      });
    }
  }

  for (const [more, width, height] of [
    [{ width: 30 }, 30, 20],
    [{ height: 10 }, 15, 10],
    [{ width: 120 }, 120, 80],
    [{ width: 7 }, 7, 5],
    [{ height: 41 }, 62, 41],
    [{ width: 120, withoutEnlargement: true }, 60, 40],
    [{ height: 10, withoutReduction: true }, 60, 40],
    [{ width: 30, fit: 'contain' }, 30, 20],
    [{ width: 30, fit: 'outside' }, 30, 20],
  ] as const) {
    it(`to one side keeps the proportions: ${JSON.stringify(more)}`, async () => {
      const picture = await view(image, { commands: [resize(more)] });
      expect([picture.width, picture.height]).to.deep.equal([width, height]);
    });
  }

  for (const kernel of KERNELS) {
    it(`by ${kernel} scales a slope to a slope, larger and smaller`, async () => {
      for (const scale of [0.5, 2, 3]) {
        const [width, height] = [WIDTH * scale, HEIGHT * scale];
        const picture = await view(image, { commands: [resize({ width, height, fit: 'fill', kernel })] });
        const centre = (at: number) => (at + 0.5) / scale - 0.5;
        const expected = sketch(width, height, (x, y) => slope(centre(x), centre(y)));
        // Beyond a border there is nothing to mix with; inside, a kernel may be off by half a pixel of the slope.
        for (let y = 6; y < height - 6; y += 1)
          for (let x = 6; x < width - 6; x += 1)
            expect(distance(picture.at(x, y), expected.at(x, y)), `${scale}: ${x}, ${y}`).to.be.at.most(5);
      }
    });
  }

  it('by nearest repeats pixels, to the pixel', async () => {
    const picture = await view(image, { commands: [resize({ width: 180, kernel: 'nearest' })] });
    const expected = sketch(180, 120, (x, y) => slope(Math.floor(x / 3), Math.floor(y / 3)));
    expect(difference(picture, expected).most).to.equal(0);
  });

  it('halves by the mean of the pixels below', async () => {
    const stripes = await draw(64, 64, (x) => (x % 2 ? [200, 0, 50, 255] : [100, 40, 150, 255]))
      .png()
      .toBuffer();
    for (const kernel of ['linear', 'cubic', 'lanczos3']) {
      const picture = await view(stripes, { commands: [resize({ width: 32, kernel })] });
      expect(distance(picture.at(16, 16), [150, 20, 100, 255]), kernel).to.be.at.most(3);
    }
  });

  it('does not let the colour of transparent pixels shine through', async () => {
    const half = await draw(64, 8, (x) => (x < 32 ? COLOURS.R : [0, 255, 0, 0]))
      .png()
      .toBuffer();
    for (const commands of [[resize({ width: 9 })], [...FLIPS, resize({ width: 9 })]]) {
      const picture = await view(half, { commands });
      for (let x = 0; x < 9; x += 1) {
        const [r, g, , a] = picture.at(x, 0);
        if (a > 8) expect([r > 245, g < 10], `${x}: ${picture.at(x, 0)}`).to.deep.equal([true, true]);
      }
    }
  });

  describe('position', () => {
    /** Nine fields: what is left of three columns or rows shows which. */
    const FIELDS = ['RGB', 'YKW', 'BRG'];
    const fields = () =>
      draw(90, 90, (x, y) => COLOURS[(FIELDS[Math.floor(y / 30)]?.[Math.floor(x / 30)] ?? 'K') as 'K']).png();

    for (const position of GRAVITIES) {
      it(`${position} decides which part cover keeps and where contain places the image`, async () => {
        const column = position.includes('west') ? 0 : position.includes('east') ? 2 : 1;
        const row = position.includes('north') ? 0 : position.includes('south') ? 2 : 1;
        const nine = await fields().toBuffer();
        const tall = await view(nine, { commands: [resize({ width: 10, height: 30, position })] });
        expect(layoutOf(tall, 1, 3)).to.equal(FIELDS.map((line) => line[column]).join('/'));
        const wide = await view(nine, { commands: [resize({ width: 30, height: 10, position })] });
        expect(layoutOf(wide, 3, 1)).to.equal(FIELDS[row]);
        const box = { width: 90, height: 30, fit: 'contain', background: '#808080', position };
        const bar = await view(nine, { commands: [resize(box)] });
        const seen = [0, 1, 2].map((at) => distance(bar.at(at * 30 + 15, 15), [128, 128, 128, 255]) > 20);
        expect(seen).to.deep.equal([0, 1, 2].map((at) => at === column));
      });
    }

    for (const position of ['entropy', 'attention']) {
      it(`${position} keeps a detail, first and later in the list`, async () => {
        const detailed = await draw(240, 60, (x, y) =>
          x >= 190 && x < 220 && y > 15 && y < 45
            ? [230, (x * 37 + y * 61) % 120, (x * 53) % 90, 255]
            : [120, 120, 120, 255],
        )
          .png()
          .toBuffer();
        for (const before of [[], FLIPS])
          for (const height of [30, 60, 90]) {
            const command = resize({ width: height, height, position });
            const picture = await view(detailed, { commands: [...before, command] });
            expect([picture.width, picture.height]).to.deep.equal([height, height]);
            const red = [...Array(height).keys()].filter((x) => picture.at(x, height / 2)[0] > 180);
            expect(red.length / height, 'the width of the detail').to.be.within(0.44, 0.56);
          }
      });
    }
  });

  it('contain fills with a background of any transparency, and keeps the image’s own', async () => {
    const glass = await draw(20, 20, () => [200, 100, 50, 128])
      .png()
      .toBuffer();
    const commands = [resize({ width: 40, height: 20, fit: 'contain', background: '#ff000080' })];
    const expected = sketch(40, 20, (x) => (x < 10 || x >= 30 ? [255, 0, 0, 128] : [200, 100, 50, 128]));
    for (const before of [[], FLIPS])
      expect(difference(await view(glass, { commands: [...before, ...commands] }), expected).most).to.be.at.most(2);
  });
});
