import { expect } from 'chai';
import {
  COLOURS,
  type Colour,
  difference,
  distance,
  draw,
  layoutOf,
  look,
  photograph,
  plain,
  quadrants,
} from '../../../support/images/picture.ts';
import { render, view, WATERMARK_ID } from '../../../support/worker/rendition-run.ts';

const png = { format: 'png' };
const crop = (left: number, top: number, width: number, height: number) => ({
  operation: 'crop',
  left,
  top,
  width,
  height,
});
const resize = (width: number, height?: number, more: object = {}) => ({ operation: 'resize', width, height, ...more });
const rotate = (angle: number, background?: string) => ({ operation: 'rotate', angle, background });
const watermark = (more: object = {}) => ({ operation: 'watermark', imageId: WATERMARK_ID, ...more });
const flip = { operation: 'flip' };
const flop = { operation: 'flop' };
const grayscale = { operation: 'grayscale' };
const blur = { operation: 'blur' };
const sharpen = { operation: 'sharpen' };
const autoOrient = { operation: 'autoOrient' };

/** Commands on quadrants of 80 × 60, the size of the result, and its four quadrants. */
const GEOMETRY: [string, object[], [number, number], string][] = [
  ['nothing leaves the image as it is', [], [80, 60], 'RG/BY'],
  ['crop cuts out the rectangle', [crop(0, 0, 40, 30)], [40, 30], 'RR/RR'],
  ['crop across the middle', [crop(30, 20, 20, 20)], [20, 20], 'RG/BY'],
  ['crop at the far corner', [crop(40, 30, 40, 30)], [40, 30], 'YY/YY'],
  ['crop to one pixel', [crop(79, 59, 1, 1)], [1, 1], 'YY/YY'],
  ['resize by width keeps the proportions', [resize(40)], [40, 30], 'RG/BY'],
  ['resize by height keeps the proportions', [{ operation: 'resize', height: 120 }], [160, 120], 'RG/BY'],
  ['resize covers the box', [resize(60, 20)], [60, 20], 'RG/BY'],
  ['resize covers the box from a side', [resize(30, 60, { position: 'west' })], [30, 60], 'RR/BB'],
  ['resize fills the box', [resize(20, 60, { fit: 'fill' })], [20, 60], 'RG/BY'],
  ['resize stays inside the box', [resize(40, 40, { fit: 'inside' })], [40, 30], 'RG/BY'],
  ['resize stays outside the box', [resize(40, 60, { fit: 'outside' })], [80, 60], 'RG/BY'],
  [
    'resize does not enlarge when told not to',
    [resize(160, undefined, { withoutEnlargement: true })],
    [80, 60],
    'RG/BY',
  ],
  [
    'resize does not reduce when told not to',
    [resize(40, 40, { fit: 'inside', withoutReduction: true })],
    [80, 60],
    'RG/BY',
  ],
  [
    'resize by one side alone keeps the proportions when it fills',
    [resize(40, undefined, { fit: 'fill' })],
    [40, 30],
    'RG/BY',
  ],
  ['resize by one side alone never cuts', [resize(40, undefined, { withoutReduction: true })], [80, 60], 'RG/BY'],
  ['flip mirrors top to bottom', [flip], [80, 60], 'BY/RG'],
  ['flop mirrors left to right', [flop], [80, 60], 'GR/YB'],
  ['rotate turns clockwise', [rotate(90)], [60, 80], 'BR/YG'],
  ['rotate by a negative angle turns back', [rotate(-90)], [60, 80], 'GY/RB'],
  ['rotate by 360 changes nothing', [rotate(360)], [80, 60], 'RG/BY'],
  ['two quarter turns are a half turn', [rotate(90), rotate(90)], [80, 60], 'YB/GR'],
  ['four quarter turns are none', [rotate(90), rotate(90), rotate(90), rotate(90)], [80, 60], 'RG/BY'],
  ['flip before a quarter turn', [flip, rotate(90)], [60, 80], 'RB/GY'],
  ['flip after a quarter turn', [rotate(90), flip], [60, 80], 'YG/BR'],
  ['flip twice is nothing', [flip, flip], [80, 60], 'RG/BY'],
  ['crop before resize', [crop(40, 0, 40, 30), resize(20)], [20, 15], 'GG/GG'],
  ['crop after resize', [resize(20), crop(0, 0, 10, 15)], [10, 15], 'RR/BB'],
  ['crop after crop counts from the new corner', [crop(40, 30, 40, 30), crop(0, 0, 5, 5)], [5, 5], 'YY/YY'],
  ['resize twice applies both', [resize(8, 8), resize(40, 20, { fit: 'fill' })], [40, 20], 'RG/BY'],
  ['crop after rotate sees the turned image', [rotate(90), crop(0, 0, 30, 40)], [30, 40], 'BB/BB'],
  ['resize before rotate', [resize(40, 10, { fit: 'fill' }), rotate(90)], [10, 40], 'BR/YG'],
];

describe('runPipeline', () => {
  describe('geometry', () => {
    for (const [fact, commands, [width, height], layout] of GEOMETRY) {
      it(fact, async () => {
        const result = await render(await quadrants(80, 60).png().toBuffer(), { commands, output: png });
        const picture = await look(result.data);
        expect([picture.width, picture.height]).to.deep.equal([width, height]);
        expect([result.width, result.height]).to.deep.equal([width, height]);
        expect(layoutOf(picture)).to.equal(layout);
      });
    }

    it('contain fills what is left of the box with the background', async () => {
      const contain = resize(60, 60, { fit: 'contain', background: '#0000ff' });
      const picture = await view(await plain(60, 20, COLOURS.R).png().toBuffer(), { commands: [contain] });
      expect(layoutOf(picture, 1, 3)).to.equal('B/R/B');
    });

    it('rotate by 45 degrees opens corners of the background around the turned image', async () => {
      const image = await plain(100, 100, COLOURS.R).png().toBuffer();
      const picture = await view(image, { commands: [rotate(45, '#00ff00')] });
      expect(picture.width).to.be.within(141, 142);
      expect(picture.height).to.be.within(141, 142);
      expect(layoutOf(picture, 5, 5)).to.match(/^G...G.*R.*G...G$/);
    });

    it('resizing down and up again loses the detail in between', async () => {
      const stripes = await draw(64, 64, (x) => (x % 2 ? COLOURS.W : COLOURS.K))
        .png()
        .toBuffer();
      const picture = await view(stripes, { commands: [resize(1, 1), resize(64, 64)] });
      expect(distance(picture.at(10, 10), [128, 128, 128, 255])).to.be.at.most(60);
      expect(distance(picture.at(10, 10), picture.at(53, 40))).to.be.at.most(2);
    });
  });

  describe('colour', () => {
    const LUMA_OF_RED = 54;

    it('grayscale leaves three equal bands of the colour’s lightness', async () => {
      const picture = await view(await plain(4, 4, COLOURS.R).png().toBuffer(), { commands: [grayscale] });
      const [r, g, b] = picture.at(1, 1);
      expect([g, b]).to.deep.equal([r, r]);
      expect(r).to.be.within(LUMA_OF_RED, 140);
    });

    it('blur softens an edge and keeps flat areas', async () => {
      const edge = await draw(80, 20, (x) => (x < 40 ? COLOURS.K : COLOURS.W))
        .png()
        .toBuffer();
      for (const command of [blur, { operation: 'blur', sigma: 4 }]) {
        const picture = await view(edge, { commands: [command] });
        expect(picture.at(40, 10)[0]).to.be.within(100, 240);
        expect([picture.at(2, 10)[0], picture.at(77, 10)[0]]).to.deep.equal([0, 255]);
      }
    });

    it('sharpen steepens an edge and keeps flat areas', async () => {
      const grey = (value: number): Colour => [value, value, value, 255];
      const edge = await draw(80, 20, (x) => grey(x < 40 ? 100 : 150))
        .png()
        .toBuffer();
      for (const command of [sharpen, { operation: 'sharpen', sigma: 2, m1: 1, m2: 5 }]) {
        const picture = await view(edge, { commands: [command] });
        expect(picture.at(39, 10)[0]).to.be.below(100);
        expect(picture.at(40, 10)[0]).to.be.above(150);
        expect(distance(picture.at(2, 10), grey(100))).to.be.at.most(1);
      }
    });
  });

  describe('watermark', () => {
    const stamp = async (colour: Colour, size = 10) => plain(size, size, colour).png().toBuffer();

    it('keeps its colour when it comes after grayscale, and loses it before', async () => {
      const [base, mark] = [await plain(40, 40, COLOURS.G).png().toBuffer(), await stamp(COLOURS.R)];
      const after = await view(base, { commands: [grayscale, watermark()], watermark: mark });
      expect(after.at(35, 35)).to.deep.equal(COLOURS.R);
      expect(after.at(5, 5)[0]).to.equal(after.at(5, 5)[2]);
      const before = await view(base, { commands: [watermark(), grayscale], watermark: mark });
      expect(before.at(35, 35)[0]).to.equal(before.at(35, 35)[2]);
    });

    it('is turned with the image when it comes before rotate, and is not after', async () => {
      const [base, mark] = [await plain(30, 30, COLOURS.W).png().toBuffer(), await stamp(COLOURS.R)];
      const before = await view(base, { commands: [watermark({ gravity: 'northwest' }), rotate(90)], watermark: mark });
      const after = await view(base, { commands: [rotate(90), watermark({ gravity: 'northwest' })], watermark: mark });
      expect(layoutOf(before, 3, 3)).to.equal('WWR/WWW/WWW');
      expect(layoutOf(after, 3, 3)).to.equal('RWW/WWW/WWW');
    });

    it('may be laid on several times', async () => {
      const places = ['northwest', 'centre', 'southeast'].map((gravity) => watermark({ gravity }));
      const base = await plain(30, 30, COLOURS.W).png().toBuffer();
      const picture = await view(base, { commands: places, watermark: await stamp(COLOURS.B) });
      expect(layoutOf(picture, 3, 3)).to.equal('BWW/WBW/WWB');
    });
  });

  describe('one pass', () => {
    const separate = rotate(0);
    const alone: Record<string, object> = {
      crop: crop(13, 7, 60, 50),
      resize: resize(50),
      'resize to a box': resize(64, 40),
      'resize from a corner': resize(20, 60, { position: 'northeast' }),
      rotate: rotate(90),
      'rotate by 30': rotate(30),
      flip,
      flop,
      grayscale,
      blur: { operation: 'blur', sigma: 2 },
      sharpen,
      watermark: watermark({ scale: 0.5, opacity: 0.5, gravity: 'northeast' }),
    };

    for (const [name, command] of Object.entries(alone)) {
      it(`of decode and ${name} gives what two passes give`, async () => {
        const mark = await plain(9, 9, COLOURS.B).png().toBuffer();
        for (const orientation of [1, 6]) {
          const source = photograph(121, 87).withMetadata({ orientation });
          for (const [image, most] of [
            [await source.clone().png().toBuffer(), 2],
            [await source.jpeg().toBuffer(), 24],
          ] as const) {
            const fused = await view(image, { commands: [command], watermark: mark });
            const apart = await view(image, { commands: [separate, command], watermark: mark });
            expect(difference(fused, apart).most, `orientation ${orientation}`).to.be.at.most(most);
          }
        }
      });
    }

    it('is aborted between commands when nobody wants the result any more', async () => {
      const image = await plain(4, 4, COLOURS.R).png().toBuffer();
      const signal = AbortSignal.abort(new Error('lost'));
      const error = await render(image, { commands: [flip], signal }).catch((reason: Error) => reason);
      expect(error).to.be.instanceOf(Error).have.property('message', 'lost');
    });
  });

  it('turns upright once however often autoOrient is in the list', async () => {
    const image = await quadrants(40, 30).withMetadata({ orientation: 6 }).png().toBuffer();
    const once = async (commands: object[]) => layoutOf(await view(image, { commands }));
    expect(await once([autoOrient])).to.equal(await once([]));
    expect(await once([autoOrient, autoOrient])).to.equal(await once([]));
    expect(await once([flip, autoOrient, flop, autoOrient])).to.equal(await once([flip, autoOrient, flop]));
  });
});
