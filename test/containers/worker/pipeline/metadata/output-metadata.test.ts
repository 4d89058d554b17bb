import { expect } from 'chai';
import readExif from 'exif-reader';
import sharp, { type Sharp } from 'sharp';
import { animationOf, framesOf } from '../../../../support/images/animations.ts';
import { ADOBE_RGB, displayP3, pngIn } from '../../../../support/images/colour-profiles.ts';
import {
  COLOURS,
  type Colour,
  distance,
  draw,
  layoutOf,
  look,
  plain,
  quadrants,
  visibleDifference,
} from '../../../../support/images/picture.ts';
import { render, view, WATERMARK_ID } from '../../../../support/worker/rendition-run.ts';

const EXIF = {
  IFD0: { Copyright: '(C) Ada Lovelace', Artist: 'Charles Babbage', Make: 'Camera' },
  IFD3: { GPSLatitudeRef: 'N', GPSLatitude: '51/1 30/1 0/1' },
};
const XMP =
  '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"/></x:xmpmeta>';
const described = (image: Sharp, orientation = 1): Sharp =>
  image.withMetadata({ orientation, exif: EXIF }).withXmp(XMP);

/** The metadata that readers find in EXIF and XMP. */
async function readMetadata(data: Buffer): Promise<object> {
  const { exif, xmp, orientation = 1 } = await sharp(data).metadata();
  const { Image = {}, GPSInfo } = exif ? readExif(exif) : {};
  const { Make, Copyright, Artist } = Image;
  return {
    make: Make,
    copyright: Copyright,
    artist: Artist,
    place: GPSInfo?.GPSLatitude,
    xmp: xmp?.toString(),
    orientation,
  };
}
const KEPT = {
  make: 'Camera',
  copyright: '(C) Ada Lovelace',
  artist: 'Charles Babbage',
  place: [51, 30, 0],
  xmp: XMP,
  orientation: 1,
};

/** Lists of commands of one and several passes, with what they make of quadrants turned by orientation 6. */
const LISTS: [object[], string][] = [
  [[], 'BR/YG'],
  [[{ operation: 'resize', width: 18 }], 'BR/YG'],
  [[{ operation: 'flop' }], 'RB/GY'],
  [[{ operation: 'flop' }, { operation: 'autoOrient' }], 'YG/BR'],
  [
    [
      { operation: 'rotate', angle: 90 },
      { operation: 'crop', left: 4, top: 4, width: 20, height: 10 },
    ],
    'YY/YY',
  ],
];

/** Images that hold their pixels otherwise than as 8 bits of sRGB without alpha. */
const scene = () => draw(30, 20, (x, y) => [x * 8, y * 12, 120, x < 9 ? 90 : 255]);
const KINDS: Record<string, () => Sharp> = {
  grey: () => scene().removeAlpha().toColourspace('b-w').png(),
  'grey and transparent': () => scene().toColourspace('b-w').png(),
  transparent: () => scene().png(),
  '16-bit': () => scene().removeAlpha().toColourspace('rgb16').png(),
  'P3 of 16 bits': () => scene().removeAlpha().toColourspace('rgb16').withIccProfile('p3').png(),
  palette: () => scene().removeAlpha().png({ palette: true }),
  CMYK: () => scene().removeAlpha().toColourspace('cmyk').jpeg(),
  'JPEG of sRGB': () => scene().removeAlpha().jpeg(),
};

/** The values that mean the sRGB colour (200, 100, 50), by the definitions of the spaces. */
const MEANT: Colour = [200, 100, 50, 255];
const SPACES: Record<string, { profile: () => Promise<Buffer>; values: [number, number, number] }> = {
  'Adobe RGB': { profile: async () => ADOBE_RGB, values: [177, 100, 56] },
  'Display P3': { profile: displayP3, values: [187, 105, 62] },
};

describe('metadata', () => {
  for (const format of ['jpeg', 'png', 'webp', 'avif', 'auto']) {
    it(`is kept as EXIF and XMP in ${format}, and the pixels are turned once`, async () => {
      for (const from of ['jpeg', 'webp', 'png'] as const) {
        const image = await described(quadrants(48, 32), 6).toFormat(from).toBuffer();
        for (const [commands, layout] of LISTS) {
          const { data } = await render(image, { commands, output: { format, metadata: 'keep' } });
          expect(await readMetadata(data), `${from} ${commands.length}`).to.deep.equal(KEPT);
          expect(layoutOf(await look(data))).to.equal(layout);
          expect(layoutOf(await look(await sharp(data).autoOrient().png().toBuffer()))).to.equal(layout);
        }
      }
    });
  }

  it('is kept as XMP in a TIFF, and not at all in a GIF', async () => {
    const image = await described(quadrants(48, 32), 6).jpeg().toBuffer();
    for (const format of ['tiff', 'gif']) {
      const { data } = await render(image, { output: { format, metadata: 'keep' } });
      expect(await readMetadata(data)).to.include({ xmp: format === 'tiff' ? XMP : undefined, orientation: 1 });
      expect(layoutOf(await look(data))).to.equal('BR/YG');
    }
  });

  it('is kept in a file that fits maxBytes', async () => {
    const image = await described(quadrants(48, 32), 6).jpeg().toBuffer();
    const { data } = await render(image, { output: { format: 'webp', metadata: 'keep', maxBytes: 2000 } });
    expect(data.length).to.be.at.most(2000);
    expect(await readMetadata(data)).to.deep.equal(KEPT);
  });

  for (const [kind, make] of Object.entries(KINDS)) {
    it(`changes no pixel when it is kept, of an image that is ${kind}`, async () => {
      const image = await described(make()).toBuffer();
      const watermark = await plain(6, 6, COLOURS.R).png().toBuffer();
      const lay = { operation: 'watermark', imageId: WATERMARK_ID };
      const corners = { operation: 'roundCorners', radius: 6 };
      for (const commands of [[], [lay], [{ operation: 'grayscale' }], [corners, { operation: 'resize', width: 44 }]])
        for (const format of ['png', 'tiff']) {
          const [stripped, kept] = await Promise.all(
            ['strip', 'keep'].map((metadata) => render(image, { commands, watermark, output: { format, metadata } })),
          );
          const [before, after] = [stripped?.data ?? image, kept?.data ?? image];
          // Colours that shine through are multiplied by their alpha and divided again.
          const { most } = visibleDifference(await look(after), await look(before));
          expect(most, JSON.stringify(commands)).to.be.at.most(1);
          const hasAlpha = async (data: Buffer) => (await sharp(data).metadata()).hasAlpha;
          expect(await hasAlpha(after), JSON.stringify(commands)).to.equal(await hasAlpha(before));
        }
    });
  }

  for (const orientation of [1, 6]) {
    it(`is kept in an animation, which is turned once from orientation ${orientation}`, async () => {
      const frames = [quadrants(48, 32), plain(48, 32, COLOURS.Y).removeAlpha()];
      const joined = sharp(await animationOf('webp', frames), { animated: true });
      const image = await described(joined, orientation).webp({ lossless: true }).toBuffer();
      for (const format of ['webp', 'auto'])
        for (const commands of [[], [{ operation: 'resize', width: 20 }], [{ operation: 'roundCorners', radius: 2 }]]) {
          const { data } = await render(image, { commands, output: { format, metadata: 'keep' } });
          expect(await readMetadata(data)).to.deep.equal(KEPT);
          const layouts = (await framesOf(data)).map((frame) => layoutOf(frame));
          expect(layouts).to.deep.equal([orientation === 6 ? 'BR/YG' : 'RG/BY', 'YY/YY']);
        }
      const { data } = await render(image, { output: { format: 'webp' } });
      const { copyright, artist } = KEPT;
      const stripped = { make: undefined, place: undefined, xmp: undefined, orientation: 1, copyright, artist };
      expect(await readMetadata(data)).to.deep.equal(stripped);
    });
  }

  for (const [name, { profile, values }] of Object.entries(SPACES)) {
    it(`is kept or stripped while colours in ${name} become the same colours in sRGB`, async () => {
      const image = await pngIn(await profile(), values);
      expect((await look(image)).at(3, 3)).to.deep.equal([...values, 255]);
      for (const metadata of ['strip', 'keep'])
        for (const format of ['png', 'webp', 'jpeg', 'tiff'])
          for (const commands of [
            [],
            [{ operation: 'flip' }, { operation: 'flip' }],
            [{ operation: 'blur', sigma: 2 }],
          ]) {
            const picture = await view(image, { commands, output: { format, metadata } });
            expect(distance(picture.at(9, 9), MEANT), `${metadata} ${format}`).to.be.at.most(format === 'png' ? 1 : 3);
          }
    });
  }

  const COPYRIGHTS: Record<string, [given: Buffer, kept: string]> = {
    'with a bracket at its end': [Buffer.from('Ada (2026)'), 'Ada (2026)'],
    'in UTF-8': [Buffer.from('© Jürgen'), '© Jürgen'],
    'in Latin 1': [Buffer.from('© 2024 José', 'latin1'), '© 2024 José'],
    'in Latin 1 of Windows': [Buffer.from('\x93Ada\x94', 'latin1'), '“Ada”'],
  };
  for (const [name, [given, kept]] of Object.entries(COPYRIGHTS)) {
    it(`keeps the copyright ${name} when the rest is stripped`, async () => {
      // sharp writes ASCII only, so the bytes are put in the place of others.
      const place = 'X'.repeat(given.length);
      const image = await quadrants(48, 32)
        .withExif({ IFD0: { Copyright: place } })
        .jpeg()
        .toBuffer();
      given.copy(image, image.indexOf(place));
      for (const format of ['jpeg', 'png', 'webp', 'avif', 'auto'])
        for (const metadata of ['strip', 'keep']) {
          const { data } = await render(image, { output: { format, metadata } });
          const { exif = Buffer.alloc(0) } = await sharp(data).metadata();
          expect(String(readExif(exif).Image?.Copyright).replace('\0', ''), `${format}, ${metadata}`).to.equal(kept);
        }
    });
  }
});
