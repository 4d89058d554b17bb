import { expect } from 'chai';
import readExif from 'exif-reader';
import sharp from 'sharp';
import { OUTPUT_FORMATS } from '../../../../../shared/domain/formats/image-format.ts';
import { OUTPUT_OPTIONS } from '../../../../../shared/domain/output-options.ts';
import {
  COLOURS,
  distance,
  draw,
  layoutOf,
  look,
  photograph,
  plain,
  quadrants,
} from '../../../../support/images/picture.ts';
import { render, view } from '../../../../support/worker/rendition-run.ts';

/** How far lossy formats at their default quality may be off in a flat area. */
const LOSS = 12;

/** Lists of no, one and two passes, all of which leave quadrants as they are. */
const PASSES = [[], [{ operation: 'flop' }], [{ operation: 'flop' }, { operation: 'flop' }]].map(
  (commands, passes) => ({
    passes,
    commands,
    layout: passes === 1 ? 'GR/YB' : 'RG/BY',
  }),
);

/** Kinds of originals by their encoding. */
const ORIGINALS: Record<string, () => Promise<Buffer>> = {
  'a 16-bit PNG': () => quadrants(64, 64).toColourspace('rgb16').png().toBuffer(),
  'a 16-bit TIFF': () => quadrants(64, 64).toColourspace('rgb16').tiff({ compression: 'lzw' }).toBuffer(),
  'a palette PNG': () => quadrants(64, 64).png({ palette: true }).toBuffer(),
  'an interlaced PNG': () => quadrants(64, 64).png({ progressive: true }).toBuffer(),
  'a progressive JPEG': () => quadrants(64, 64).jpeg({ progressive: true }).toBuffer(),
  'a GIF': () => quadrants(64, 64).gif().toBuffer(),
  'a lossless WebP': () => quadrants(64, 64).webp({ lossless: true }).toBuffer(),
  'a 10-bit AVIF': () =>
    quadrants(64, 64)
      .avif({ bitdepth: 10 })
      .toBuffer()
      .catch(() => quadrants(64, 64).avif().toBuffer()),
};

const SECRETS = {
  IFD0: {
    Copyright: '(C) Ada Lovelace',
    Artist: 'Charles Babbage',
    Make: 'Secret camera',
    Software: 'Secret software',
  },
  IFD2: { BodySerialNumber: 'Secret serial' },
  IFD3: { GPSLatitudeRef: 'N', GPSLatitude: '51/1 30/1 0/1' },
};
const XMP =
  '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"/></x:xmpmeta>';

/** A JPEG with a segment of IPTC keywords behind its first two bytes, which sharp itself does not write. */
function withIptc(jpeg: Buffer): Buffer {
  const keywords = Buffer.from('\x1c\x02\x19\x00\x06secret', 'latin1');
  const resource = Buffer.concat([
    Buffer.from('Photoshop 3.0\x008BIM\x04\x04\0\0\0\0\0', 'latin1'),
    Buffer.from([keywords.length]),
    keywords,
    Buffer.alloc(keywords.length % 2),
  ]);
  const length = Buffer.alloc(2);
  length.writeUInt16BE(resource.length + 2);
  return Buffer.concat([jpeg.subarray(0, 2), Buffer.from([0xff, 0xed]), length, resource, jpeg.subarray(2)]);
}

describe('encode', () => {
  for (const format of OUTPUT_FORMATS) {
    describe(`to ${format}`, () => {
      const container = format === 'avif' ? 'heif' : format;
      const hasExif = format !== 'gif' && format !== 'tiff';

      it('keeps size and colours, through any number of passes', async () => {
        const image = await quadrants(64, 48).png().toBuffer();
        for (const { commands, layout } of PASSES) {
          const { data, width, height } = await render(image, { commands, output: { format } });
          const facts = await sharp(data).metadata();
          expect([facts.format, facts.width, facts.height, width, height]).to.deep.equal([container, 64, 48, 64, 48]);
          expect(layoutOf(await look(data))).to.equal(layout);
        }
      });

      if (OUTPUT_OPTIONS[format].quality)
        it('accepts every quality from 1 to 100, with more bytes for more quality', async () => {
          const image = await photograph(120, 90).png().toBuffer();
          const sizes: number[] = [];
          for (const quality of [1, 50, 100]) {
            const { data } = await render(image, { output: { format, quality } });
            expect((await sharp(data).metadata()).format).to.equal(container);
            sizes.push(data.length);
          }
          expect(sizes).to.deep.equal(sizes.toSorted((a, b) => a - b));
          expect(sizes[0]).to.be.below(sizes[2] ?? 0);
        });

      it(format === 'jpeg' ? 'puts white behind transparency' : 'keeps transparency', async () => {
        const half = draw(40, 20, (x) => (x < 20 ? COLOURS.R : COLOURS['.']));
        const [image, seen] = [await half.png().toBuffer(), format === 'jpeg' ? 'RW' : 'R.'];
        for (const commands of [
          [],
          [{ operation: 'resize', width: 20 }],
          [{ operation: 'flip' }, { operation: 'sharpen' }],
        ])
          expect(layoutOf(await view(image, { commands, output: { format } }), 2, 1)).to.equal(seen);
      });

      // GIF has no place for one.
      if (format !== 'gif')
        it('has an sRGB profile and the same colours when the original had a profile', async () => {
          const image = await quadrants(64, 64).withIccProfile('p3').png().toBuffer();
          expect(distance((await look(image)).at(10, 10), COLOURS.R), 'stored as P3').to.be.above(40);
          for (const { commands, layout } of PASSES) {
            const { data } = await render(image, { commands, output: { format } });
            const { icc } = await sharp(data).metadata();
            expect(icc?.toString('latin1').replaceAll('\0', '')).to.match(/sRGB/);
            const picture = await look(data);
            expect(layoutOf(picture)).to.equal(layout);
            expect(distance(picture.at(layout.startsWith('R') ? 10 : 50, 10), COLOURS.R)).to.be.at.most(LOSS);
          }
        });

      it('has no profile when the original had none', async () => {
        const { data } = await render(await quadrants(8, 8).png().toBuffer(), { output: { format } });
        expect((await sharp(data).metadata()).hasProfile).to.equal(false);
      });

      it(`keeps ${hasExif ? 'copyright and artist, and no other metadata' : 'no metadata'}`, async () => {
        const photo = photograph(32, 24).withExif(SECRETS).withXmp(XMP);
        for (const image of [withIptc(await photo.clone().jpeg().toBuffer()), await photo.clone().webp().toBuffer()]) {
          for (const { commands } of PASSES) {
            const { data } = await render(image, { commands, output: { format } });
            const { exif = Buffer.alloc(0), iptc, xmp, orientation } = await sharp(data).metadata();
            expect({ iptc, xmp, orientation: orientation ?? 1 }).to.deep.equal({
              iptc: undefined,
              xmp: undefined,
              orientation: 1,
            });
            expect(data.toString('latin1')).to.not.match(/secret/i);
            if (!hasExif) continue;
            const { Image = {}, GPSInfo } = readExif(exif);
            expect([Image.Copyright, Image.Artist, GPSInfo]).to.deep.equal([
              '(C) Ada Lovelace',
              'Charles Babbage',
              undefined,
            ]);
          }
        }
      });

      it('has no EXIF at all without a copyright', async () => {
        const image = await photograph(32, 24)
          .withExif({ IFD0: { Make: 'Secret' } })
          .withMetadata({ orientation: 6 })
          .jpeg()
          .toBuffer();
        const { exif, orientation } = await sharp((await render(image, { output: { format } })).data).metadata();
        expect({ exif, orientation: orientation ?? 1 }).to.deep.equal({ exif: undefined, orientation: 1 });
      });

      it('makes a grey image of a grey one', async () => {
        for (const source of [
          plain(16, 16, [90, 90, 90, 255]).toColourspace('b-w'),
          plain(16, 16, [90, 90, 90, 255]).toColourspace('grey16'),
        ]) {
          for (const { commands } of PASSES) {
            const picture = await view(await source.clone().png().toBuffer(), { commands, output: { format } });
            expect(distance(picture.at(8, 8), [90, 90, 90, 255])).to.be.at.most(3);
          }
        }
      });

      it('makes a grey image with a profile of a grey one with a profile', async () => {
        const image = await plain(16, 16, [90, 90, 90, 255]).withIccProfile('p3').png().toBuffer();
        for (const commands of [[{ operation: 'grayscale' }], [{ operation: 'grayscale' }, { operation: 'flip' }]]) {
          const { data } = await render(image, { commands, output: { format } });
          expect(distance((await look(data)).at(8, 8), [90, 90, 90, 255])).to.be.at.most(4);
        }
      });
    });
  }

  for (const [name, original] of Object.entries(ORIGINALS)) {
    it(`takes ${name}`, async () => {
      const image = await original();
      for (const { passes, commands, layout } of PASSES) {
        const { data } = await render(image, { commands, output: { format: 'png' } });
        expect(layoutOf(await look(data)), `${passes} passes`).to.equal(layout);
        const { space, depth, channels } = await sharp(data).metadata();
        expect([space, depth]).to.deep.equal(['srgb', 'uchar']);
        expect(channels).to.be.within(3, 4);
      }
    });
  }

  it('takes CMYK, with a profile and without', async () => {
    const muted = [[200, 70, 70, 255] as const, [70, 100, 170, 255] as const] as const;
    const source = draw(64, 32, (x) => muted[x < 32 ? 0 : 1]);
    for (const image of [
      await source.clone().toColourspace('cmyk').jpeg().toBuffer(),
      await source.clone().withIccProfile('cmyk').jpeg().toBuffer(),
      await source.clone().toColourspace('cmyk').tiff({ compression: 'lzw' }).toBuffer(),
    ]) {
      for (const { passes, commands } of PASSES) {
        const picture = await view(image, { commands });
        const [left, right] = passes === 1 ? [muted[1], muted[0]] : muted;
        expect(distance(picture.at(10, 16), left)).to.be.at.most(25);
        expect(distance(picture.at(54, 16), right)).to.be.at.most(25);
      }
    }
  });

  it('takes the first frame of an animation', async () => {
    const frames = [COLOURS.R, COLOURS.G, COLOURS.B].map((colour) => plain(20, 10, colour).png().toBuffer());
    const joined = sharp(await Promise.all(frames), { join: { animated: true } });
    for (const image of [
      await joined.clone().gif().toBuffer(),
      await joined.clone().webp({ lossless: true }).toBuffer(),
    ]) {
      for (const { commands } of PASSES) {
        const picture = await view(image, { commands });
        expect([picture.width, picture.height]).to.deep.equal([20, 10]);
        expect(layoutOf(picture)).to.equal('RR/RR');
      }
    }
  });

  for (const [name, command] of Object.entries({
    'corners opened by rotate': { operation: 'rotate', angle: 45, background: '#00000000' },
    'bars left by contain': { operation: 'resize', width: 20, height: 200, fit: 'contain', background: '#00000000' },
  })) {
    it(`puts white behind transparent ${name} in a JPEG`, async () => {
      const image = await plain(60, 60, COLOURS.R).png().toBuffer();
      const flip = { operation: 'flip' };
      for (const commands of [[command, flip], [command]]) {
        const picture = await view(image, { commands, output: { format: 'jpeg' } });
        expect(layoutOf(picture, 7, 7), `${commands.length} commands`).to.match(/^W.*R.*W$/);
      }
    });
  }
});
