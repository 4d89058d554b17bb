import { expect } from 'chai';
import fc from 'fast-check';
import sharp, { type Sharp } from 'sharp';
import { drawing } from '../../../support/drawings/drawings.ts';
import { exactlyScaled, similarity } from '../../../support/images/likeness.ts';
import { photograph as noise } from '../../../support/images/photographs.ts';
import { COLOURS, difference, draw, look, photograph, plain } from '../../../support/images/picture.ts';
import { type Asked, renderAlone, renderGroup } from '../../../support/worker/grouped-renditions.ts';
import { render } from '../../../support/worker/rendition-run.ts';

const WIDTH = 480;
const HEIGHT = 360;

const resize = (parameters: object) => ({ operation: 'resize', ...parameters });
const asked = (...commands: object[]): Asked => ({ commands });

/** White paper full of words, letters of that many pixels. */
async function text(fontSize: number): Promise<Sharp> {
  const paper = await plain(WIDTH, HEIGHT, COLOURS.W).removeAlpha().png().toBuffer();
  const words = { text: 'The quick brown fox jumps over 13 lazy dogs.', color: '#000000', tile: true, fontSize };
  return sharp((await render(paper, { commands: [{ operation: 'watermarkText', ...words }] })).data);
}

const lines = (): Sharp => {
  const line = (index: number) =>
    `<line x1="${(index * 151) % WIDTH}" y1="0" x2="${(index * 367) % WIDTH}" y2="${HEIGHT}" stroke-width="${1 + (index % 3)}"/>`;
  const all = Array.from({ length: 40 }, (_, index) => line(index)).join('');
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${HEIGHT}" stroke="#000">${all}</svg>`;
  return sharp(Buffer.from(svg)).flatten({ background: '#ffffff' });
};

const squares = (side: number) => (x: number, y: number) => Math.floor(x / side) % 2 === Math.floor(y / side) % 2;

const KINDS: Record<string, () => Promise<Sharp>> = {
  'a soft photograph': async () => photograph(WIDTH, HEIGHT),
  noise: async () => sharp(await noise('png', WIDTH, HEIGHT)),
  text: () => text(24),
  'fine text with hard edges': async () => sharp(await (await text(12)).threshold(128).png().toBuffer()),
  lines: async () => lines(),
  'a gradient': async () => draw(WIDTH, HEIGHT, (x, y) => [x / 2, y / 2, 128, 255]),
  'a checkerboard': async () => draw(WIDTH, HEIGHT, (x, y) => (squares(40)(x, y) ? COLOURS.K : COLOURS.W)),
  'stained glass': async () =>
    draw(WIDTH, HEIGHT, (x, y) => [x % 256, y % 256, 90, squares(32)(x, y) ? 255 : (x * 7 + y * 3) % 256]),
};

/** The similarity to an exact scaling that sharing a decode may cost, as shared-decode.ts states it. */
const MOST_LOST = 0.03;

const BASE = 300;

describe('a shared decode', () => {
  for (const [kind, make] of Object.entries(KINDS)) {
    it(`of ${kind} is as near to an exact scaling as a decode of its own`, async () => {
      for (const format of ['jpeg', 'png', 'webp'] as const) {
        const original = await (await make()).toFormat(format).toBuffer();
        const all = await look(original);
        const widths = [2, 3.1, 10].map((times) => Math.round(BASE / times));
        const grouped = await renderGroup(
          original,
          [BASE, ...widths].map((width) => asked(resize({ width }))),
        );
        for (const [index, width] of widths.entries()) {
          const { picture, isFromBase } = grouped[index + 1] ?? {};
          if (!picture || !isFromBase) throw new Error(`${width} pixels should share`);
          const alone = await renderAlone(original, asked(resize({ width })));
          const exact = exactlyScaled(all, picture.width, picture.height);
          const [shared, own] = [similarity(picture, exact), similarity(alone, exact)];
          expect(shared, `${format}, ${width} pixels wide, and ${own} alone`).to.be.at.least(own - MOST_LOST);
        }
      }
    }).timeout(60_000);
  }

  it('makes renditions of the same size as alone, from originals of any size', async () => {
    const side = fc.integer({ min: 200, max: 700 });
    const small = fc.integer({ min: 3, max: 60 });
    const fit = fc.constantFrom('inside', 'outside', 'cover', 'contain');
    const property = fc.asyncProperty(side, side, small, small, fit, async (width, height, w, h, how) => {
      const original = await plain(width, height, COLOURS.R).jpeg().toBuffer();
      const small = [resize({ width: w }), resize({ height: h }), resize({ width: w, height: h, fit: how })];
      const [, ...shared] = await renderGroup(original, [
        asked(resize({ width: 190 })),
        ...small.map((one) => asked(one)),
      ]);
      for (const [index, { picture }] of shared.entries()) {
        const alone = await renderAlone(original, asked(small[index] as object));
        expect([picture.width, picture.height]).to.deep.equal([alone.width, alone.height]);
      }
    });
    await fc.assert(property, { numRuns: 40 });
  }).timeout(60_000);
});

/** Resizes with which the largest rendition may begin; every pixel of it is as if it were made alone. */
const LARGEST: object[][] = [
  [resize({ width: 97 })],
  [resize({ height: 71 }), { operation: 'sharpen', sigma: 1 }, { operation: 'negate' }],
  [resize({ width: 60, height: 120, position: 'northwest' }), { operation: 'flop' }],
  [resize({ width: 90, height: 90, position: 'attention' })],
  [resize({ width: 80, height: 120, position: 'entropy' })],
  [resize({ width: 90, height: 100, fit: 'contain', background: '#ff000080' })],
  [resize({ width: 90, height: 91, fit: 'inside' }), { operation: 'roundCorners' }],
  [resize({ width: 90, height: 91, fit: 'outside' }), { operation: 'grayscale' }, { operation: 'blur' }],
];

const seen = (): Sharp => draw(250, 187, (x, y) => [x, y, (x * y) % 256, x > 200 ? 120 : 255]);
const ORIGINALS: Record<string, () => Promise<Buffer>> = {
  JPEG: () => seen().jpeg().toBuffer(),
  'transparent PNG': () => seen().png().toBuffer(),
  WebP: () => seen().webp().toBuffer(),
  'grey PNG': () => seen().toColourspace('b-w').png().toBuffer(),
  '16-bit PNG': () => seen().toColourspace('rgb16').png().toBuffer(),
  'CMYK JPEG': () => seen().removeAlpha().toColourspace('cmyk').jpeg().toBuffer(),
  'JPEG on its side': () => seen().withMetadata({ orientation: 6 }).jpeg().toBuffer(),
};

describe('a decode that is shared', () => {
  for (const [kind, make] of Object.entries(ORIGINALS)) {
    it(`changes not a pixel of the largest rendition of a ${kind}, nor of the first and only one`, async () => {
      const original = await make();
      for (const commands of LARGEST) {
        const alone = await renderAlone(original, { commands });
        const [first] = await renderGroup(original, [{ commands }], { isFirst: true });
        const [largest] = await renderGroup(original, [{ commands }, asked(resize({ width: 20 }))]);
        for (const { picture } of [first, largest].filter((each) => each !== undefined))
          expect(difference(picture, alone).most, JSON.stringify(commands)).to.equal(0);
      }
    });
  }

  it('serves renditions of at most half the size, upright or turned, whole or cut to a box', async () => {
    for (const make of Object.values(ORIGINALS)) {
      const commands = [{ width: 100 }, { width: 50 }, { height: 30 }, { width: 30, height: 35 }].map(resize);
      const grouped = await renderGroup(
        await make(),
        commands.map((each) => asked(each)),
      );
      expect(grouped.map(({ isFromBase }) => isFromBase)).to.deep.equal([true, true, true, true]);
    }
  });

  const box = { width: 30, height: 30 };
  const APART: [name: string, Asked, original?: (() => Promise<Buffer>) | undefined][] = [
    ['what is cut first', asked({ operation: 'crop', ratio: '1:1' }, resize(box))],
    [
      'what is turned later',
      asked({ operation: 'crop', ratio: '1:1' }, resize(box), { operation: 'autoOrient' }),
      ORIGINALS['JPEG on its side'],
    ],
    ['what is turned at its own place', asked(resize(box), { operation: 'autoOrient' }), ORIGINALS['JPEG on its side']],
    ['what looks for its place in the image', asked(resize({ ...box, position: 'attention' }))],
    ['another kernel', asked(resize({ ...box, kernel: 'nearest' }))],
    ['what is distorted', asked(resize({ ...box, fit: 'fill' }))],
    ['what is more than half as large', asked(resize({ width: 51 }))],
    ['what is enlarged', asked(resize({ width: 251 }))],
    ['what is not resized', asked({ operation: 'blur' })],
    ['16 bits laid in a box', asked(resize({ ...box, fit: 'contain' })), ORIGINALS['16-bit PNG']],
    ['drawings', asked(resize(box)), async () => drawing({ width: 250, height: 187 })],
    [
      'animations',
      { ...asked(resize(box)), output: { format: 'webp', lossless: true } },
      async () =>
        sharp([await plain(250, 187, COLOURS.R).png().toBuffer(), await plain(250, 187, COLOURS.G).png().toBuffer()], {
          join: { animated: true },
        })
          .gif()
          .toBuffer(),
    ],
  ];
  for (const [name, apart, original = ORIGINALS.JPEG as () => Promise<Buffer>] of APART) {
    it(`does not serve ${name}, which is made alone`, async () => {
      const bytes = await original();
      const [, grouped] = await renderGroup(bytes, [asked(resize({ width: 100 })), apart, asked(resize({ width: 9 }))]);
      expect(grouped?.isFromBase).to.equal(false);
      expect(grouped && difference(grouped.picture, await renderAlone(bytes, apart)).most).to.equal(0);
    });
  }

  it('serves the first frame of an animation when only that is wanted', async () => {
    const frames = await Promise.all([COLOURS.R, COLOURS.G].map((colour) => plain(250, 187, colour).png().toBuffer()));
    const original = await sharp(frames, { join: { animated: true } })
      .gif()
      .toBuffer();
    const grouped = await renderGroup(
      original,
      [100, 40].map((width) => asked(resize({ width }))),
    );
    expect(grouped.map(({ isFromBase }) => isFromBase)).to.deep.equal([true, true]);
    expect(grouped[1]?.picture.at(5, 5)).to.deep.equal(COLOURS.R);
  });
});
