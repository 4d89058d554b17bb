import { expect } from 'chai';
import sharp from 'sharp';
import { drawing } from '../../../../support/drawings/drawings.ts';
import { NOSY_DRAWING } from '../../../../support/drawings/hostile-drawings.ts';
import { startWebServer, type WebServer } from '../../../../support/http/web-server.ts';
import {
  COLOURS,
  type Colour,
  difference,
  distance,
  layoutOf,
  look,
  type Picture,
  sketch,
} from '../../../../support/images/picture.ts';
import { render, view } from '../../../../support/worker/rendition-run.ts';

const svg = (attributes: string, content: string): Buffer =>
  Buffer.from(
    `<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" ${attributes}>${content}</svg>`,
  );

/** Black right of a slanted line through the middle, white left of it: soft edges show. */
const SLANTED = svg(
  'width="40" height="40"',
  '<rect width="40" height="40" fill="#fff"/><path d="M15 40L25 0H40V40z"/>',
);

/** Pixels that are neither black nor white: those of the edge, which has a length, and a width if it is soft. */
const soft = ({ pixels }: Picture): number =>
  pixels.filter((value, at) => at % 4 === 0 && value > 16 && value < 239).length;

/** Attributes of a drawing and the size it has where no command says so, at 96 pixels to the inch. */
const SIZES: [Record<string, string | number>, [number, number]][] = [
  [{ width: 60, height: 40 }, [60, 40]],
  [{ width: '60px', height: '40px', viewBox: '0 0 6 4' }, [60, 40]],
  [{ width: '1in', height: '0.5in' }, [96, 48]],
  [{ width: '72pt', height: '36pt' }, [96, 48]],
  [{ width: '25.4mm', height: '1.27cm' }, [96, 48]],
  [{ viewBox: '0 0 80 30' }, [80, 30]],
  [{ viewBox: '-40 -15 80 30' }, [80, 30]],
  [{ width: '100%', height: '100%', viewBox: '0 0 80 30' }, [80, 30]],
  [{ width: 160, viewBox: '0 0 80 30' }, [160, 60]],
  [{ height: 60, viewBox: '0 0 80 30' }, [160, 60]],
];

describe('an SVG', () => {
  for (const [attributes, [width, height]] of SIZES) {
    const written = Object.entries(attributes).map(([name, value]) => `${name}="${value}"`);
    it(`with ${written.join(' ')} has ${width} × ${height} pixels`, async () => {
      const image = svg(written.join(' '), '<rect x="-50%" y="-50%" width="200%" height="200%" fill="#f00"/>');
      const result = await render(image);
      expect([result.width, result.height]).to.deep.equal([width, height]);
      const expected = sketch(width, height, () => COLOURS.R);
      expect(difference(await look(result.data), expected).most).to.equal(0);
    });
  }

  for (const [side, options] of [
    [400, { width: 400 }],
    [400, { width: 400, height: 400, fit: 'contain' }],
    [400, { width: 400, height: 400, fit: 'inside' }],
    [1000, { height: 1000 }],
    [10, { width: 10 }],
  ] as const) {
    it(`is drawn at the size of a resize to ${JSON.stringify(options)}, with edges as sharp as they can be`, async () => {
      const picture = await view(SLANTED, { commands: [{ operation: 'resize', ...options }] });
      const drawn = svg(
        `width="${side}" height="${side}" viewBox="0 0 40 40"`,
        SLANTED.toString().replace(/^<svg[^>]*>|<\/svg>$/g, ''),
      );
      expect([picture.width, picture.height]).to.deep.equal([side, side]);
      expect(difference(picture, await view(drawn)).most).to.be.at.most(1);
      expect(soft(picture)).to.be.at.most(side * 3);
    });
  }

  it('is drawn at the size of a resize that cuts, and not enlarged when withoutEnlargement forbids it', async () => {
    const covered = await view(SLANTED, { commands: [{ operation: 'resize', width: 400, height: 200 }] });
    const whole = await view(SLANTED, { commands: [{ operation: 'resize', width: 400 }] });
    expect(
      difference(
        covered,
        sketch(400, 200, (x, y) => whole.at(x, y + 100)),
      ).most,
    ).to.be.at.most(1);
    const same = await view(SLANTED, { commands: [{ operation: 'resize', width: 400, withoutEnlargement: true }] });
    expect([same.width, same.height]).to.deep.equal([40, 40]);
  });

  it('becomes pixels with any other command, so that a later resize makes soft edges', async () => {
    const flip = { operation: 'flip' };
    const [direct, later] = [
      await view(SLANTED, { commands: [{ operation: 'resize', width: 400 }, flip] }),
      await view(SLANTED, { commands: [flip, { operation: 'resize', width: 400 }] }),
    ];
    expect(soft(later)).to.be.above(soft(direct) * 3);
    expect(difference(direct, later).mean).to.be.below(8);
  });

  it('is cropped in its own pixels, or in those of a resize before', async () => {
    const crop = { operation: 'crop', left: 20, top: 0, width: 20, height: 20 };
    const image = drawing({ width: 40, height: 40 });
    expect(layoutOf(await view(image, { commands: [crop] }), 2, 2)).to.equal('RR/BR');
    const resize = { operation: 'resize', width: 400 };
    expect(layoutOf(await view(image, { commands: [resize, crop] }), 2, 2)).to.equal('RR/RR');
  });

  it('is drawn alike with any prefix, entities, encoding and length of its prologue', async () => {
    const sides = { width: 48, height: 32 };
    const plain = await view(drawing(sides));
    const text = String(drawing(sides));
    const prefixed = text.replaceAll(/<(\/?)(?=\w)/g, '<$1ns0:').replace('xmlns=', 'xmlns:ns0=');
    const entities = '<!DOCTYPE svg [<!ENTITY ns "http://www.w3.org/2000/svg"><!ENTITY red "#f00">]>';
    const wide = Buffer.from(`\ufeff<?xml version="1.0" encoding="UTF-16"?>${text}`, 'utf16le');
    for (const same of [
      prefixed,
      entities + text.replace('http://www.w3.org/2000/svg', '&ns;').replace('#f00', '&red;'),
      wide,
      Buffer.from(wide).swap16(),
      `<?xml version="1.0" encoding="ISO-8859-1"?><!-- \xe9 -->${text}`,
      `<!--${'a'.repeat(5000)}-->${prefixed}`,
    ])
      expect(difference(await view(Buffer.from(same as string, 'latin1')), plain).most).to.equal(0);
  });

  it('is transparent where nothing is drawn, and white there in a JPEG', async () => {
    const image = svg('width="20" height="10"', '<rect width="10" height="10" fill="#00f"/>');
    expect(layoutOf(await view(image), 2, 1)).to.equal('B.');
    expect(layoutOf(await view(image, { output: { format: 'jpeg' } }), 2, 1)).to.equal('BW');
  });

  it('becomes every format, with metadata kept or not', async () => {
    for (const format of ['jpeg', 'png', 'webp', 'avif', 'gif', 'tiff', 'auto'])
      for (const metadata of ['keep', 'strip']) {
        const picture = await view(drawing({ width: 48, height: 48 }), {
          commands: [{ operation: 'resize', width: 96 }],
          output: { format, metadata },
        });
        expect([picture.width, picture.height], format).to.deep.equal([96, 96]);
        expect(layoutOf(picture, 3, 3), format).to.equal('RRR/RBR/RRR');
      }
  });

  describe('with references', () => {
    let server: WebServer;
    const asked: (string | undefined)[] = [];
    before(async () => {
      const green = await sharp({ create: { width: 40, height: 40, channels: 3, background: '#00ff00' } })
        .png()
        .toBuffer();
      server = await startWebServer((request, response) => {
        asked.push(request.url);
        response.setHeader('content-type', 'image/png').end(green);
      });
    });
    after(() => server.stop());

    const shown = (content: string): Promise<Picture> =>
      view(svg('width="40" height="40"', `<rect width="40" height="40" fill="#f00"/>${content}`));
    const RED = sketch(40, 40, () => COLOURS.R);

    it('asks no web server for anything', async () => {
      expect((await (await fetch(`${server.url}/seen`)).arrayBuffer()).byteLength).to.be.above(0);
      expect(asked).to.deep.equal(['/seen']);
      const url = `${server.url}/a`;
      for (const content of [
        `<image width="40" height="40" href="${url}.png"/>`,
        `<image width="40" height="40" xlink:href="${url}.png"/>`,
        `<use href="${url}.svg#a"/>`,
        `<style>@import url("${url}.css"); rect { fill: url("${url}.svg#b") red }</style>`,
        `<style>@font-face { font-family: x; src: url("${url}.ttf") }</style>`,
        `<filter id="f"><feImage href="${url}.png"/></filter><g filter="url(#f)"><rect width="0" height="0"/></g>`,
        `<script href="${url}.js"/><foreignObject><iframe xmlns="http://www.w3.org/1999/xhtml" src="${url}"/></foreignObject>`,
      ])
        expect(difference(await shown(content), RED).most, content).to.equal(0);
      expect(asked).to.deep.equal(['/seen']);
    });

    it('shows no file of the machine', async () => {
      for (const path of [
        '/etc/hostname',
        'file:///etc/hostname',
        '../../../../../etc/hostname',
        'original',
        './original',
      ])
        for (const content of [
          `<image width="40" height="40" href="${path}"/>`,
          `<use href="${path}#a"/>`,
          `<text y="20" fill="#fff"><xi:include xmlns:xi="http://www.w3.org/2001/XInclude" href="${path}" parse="text"/></text>`,
        ])
          expect(difference(await shown(content), RED).most, content).to.equal(0);
      expect(layoutOf(await view(NOSY_DRAWING), 3, 3)).to.equal('RRR/RBR/RRR');
    });

    it('shows images that are embedded in it', async () => {
      const blue: Colour = [0, 0, 255, 255];
      const png = await sharp({ create: { width: 4, height: 4, channels: 3, background: '#00f' } })
        .png()
        .toBuffer();
      const url = `data:image/png;base64,${png.toString('base64')}`;
      const picture = await shown(`<image width="40" height="40" href="${url}"/>`);
      expect(distance(picture.at(20, 20), blue)).to.be.at.most(1);
    });
  });
});
