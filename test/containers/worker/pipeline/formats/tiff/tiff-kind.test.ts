import { expect } from 'chai';
import sharp from 'sharp';
import { type Colour, distance, look, photograph } from '../../../../../support/images/picture.ts';
import { type TiffKind, tiffOfKind } from '../../../../../support/images/tiff-kinds.ts';
import { render, WATERMARK_ID } from '../../../../../support/worker/rendition-run.ts';

const RGB = [200, 80, 40];
const deep = (bits: number, values: number[]) => values.map((value) => Math.round((value / 255) * (2 ** bits - 1)));
/** Light of the values of sRGB. */
const LIGHT = RGB.map((value) => ((value / 255 + 0.055) / 1.055) ** 2.4);
const LAB: Colour = [210, 89, 40, 255];

const READ: Record<string, [TiffKind, number[], Colour]> = {
  'RGB of 8 bits': [{ photometric: 2, bits: 8 }, RGB, [200, 80, 40, 255]],
  'RGB of 16 bits': [{ photometric: 2, bits: 16 }, deep(16, RGB), [200, 80, 40, 255]],
  'RGB channel after channel': [{ photometric: 2, bits: 8, isPlanar: true }, RGB, [200, 80, 40, 255]],
  'RGB of 16 bits channel after channel': [
    { photometric: 2, bits: 16, isPlanar: true },
    deep(16, RGB),
    [200, 80, 40, 255],
  ],
  'RGB with transparency': [{ photometric: 2, bits: 8, extra: [2] }, [...RGB, 128], [200, 80, 40, 128]],
  'RGB of light': [{ photometric: 2, bits: 32, sampleFormat: 3 }, LIGHT, [200, 80, 40, 255]],
  'grey of 8 bits': [{ photometric: 1, bits: 8 }, [128], [128, 128, 128, 255]],
  'grey of 16 bits': [{ photometric: 1, bits: 16 }, [128 * 257], [128, 128, 128, 255]],
  'grey where white is zero': [{ photometric: 0, bits: 8 }, [127], [128, 128, 128, 255]],
  'grey with transparency': [{ photometric: 1, bits: 8, extra: [2] }, [128, 128], [128, 128, 128, 128]],
  CMYK: [{ photometric: 5, bits: 8 }, [55, 175, 215, 0], [191, 90, 49, 255]],
  'Lab of 16 bits': [{ photometric: 8, bits: 16 }, [34_700, 45 * 256, 50 * 256], LAB],
  'Lab of floating point': [{ photometric: 8, bits: 32, sampleFormat: 3 }, [53, 45, 50], LAB],
};

const REFUSED: Record<string, [TiffKind, number[], says: string]> = {
  'Lab of 8 bits': [{ photometric: 8, bits: 8 }, [135, 45, 50], 'CIE Lab colours of 8 bits'],
  'Lab of 8 bits channel after channel': [
    { photometric: 8, bits: 8, isPlanar: true },
    [135, 45, 50],
    'CIE Lab colours of 8 bits',
  ],
  'Lab with transparency': [
    { photometric: 8, bits: 16, extra: [2] },
    [34_700, 11_520, 12_800, 32_768],
    'CIE Lab colours with transparency',
  ],
  'ICC Lab': [{ photometric: 9, bits: 8 }, [135, 173, 178], 'ICC Lab colours'],
  'ITU Lab': [{ photometric: 10, bits: 8 }, [135, 173, 178], 'ITU Lab colours'],
  'planar YCbCr': [{ photometric: 6, bits: 8, isPlanar: true }, [112, 87, 190], 'planar YCbCr colours'],
  'YCbCr without compression': [{ photometric: 6, bits: 8 }, [112, 87, 190], 'YCbCr colours that are not JPEG'],
  'half-floats': [{ photometric: 2, bits: 16, sampleFormat: 3 }, LIGHT, 'floating point of 16 bits'],
  'grey half-floats': [{ photometric: 1, bits: 16, sampleFormat: 3 }, [0.5], 'floating point of 16 bits'],
  'grey floats': [{ photometric: 1, bits: 32, sampleFormat: 3 }, [0.5], 'floating point of 32 bits'],
  'floats of CMYK': [{ photometric: 5, bits: 32, sampleFormat: 3 }, [0.2, 0.7, 0.8, 0], 'floating point of 32 bits'],
  'double floats': [{ photometric: 2, bits: 64, sampleFormat: 3 }, LIGHT, 'floating point of 64 bits'],
  'whole numbers of 32 bits': [{ photometric: 2, bits: 32 }, deep(32, RGB), 'whole numbers of 32 bits'],
  'grey whole numbers of 32 bits': [{ photometric: 1, bits: 32 }, [2 ** 31], 'whole numbers of 32 bits'],
  'numbers with a sign': [{ photometric: 1, bits: 16, sampleFormat: 2 }, [16_384], 'whole numbers with a sign'],
  LogLuv: [{ photometric: 32_845, bits: 16 }, [100, 200, 300], 'LogLuv light'],
  'a mask': [{ photometric: 4, bits: 8 }, [128], 'a transparency mask'],
  'colours that nobody knows': [{ photometric: 99, bits: 8 }, RGB, 'colours of kind 99'],
  'more channels than colours and a transparency': [
    { photometric: 2, bits: 8, extra: [2, 0] },
    [...RGB, 128, 9],
    '5 channels',
  ],
};

describe('a TIFF', () => {
  for (const [name, [kind, values, colour]] of Object.entries(READ))
    it(`is shown in its colours: ${name}`, async () => {
      for (const commands of [[], [{ operation: 'resize', width: 12 }]]) {
        const picture = await look((await render(tiffOfKind(kind, values), { commands })).data);
        expect(distance(picture.at(3, 3), colour)).to.be.at.most(2);
      }
    });

  for (const [name, [kind, values, says]] of Object.entries(REFUSED))
    it(`is refused by the name of its kind when its colours would be wrong: ${name}`, async () => {
      const error = await render(tiffOfKind(kind, values)).catch((reason: unknown) => reason);
      expect(error).to.have.property('code', 'unsupported_image');
      expect((error as Error).message)
        .to.include(`holds ${says}`)
        .include('RGB or grey of 8 or 16 bits');
    });

  it('has a warning that floating point was read as light, and no warning for other kinds', async () => {
    for (const [name, [kind, values]] of Object.entries(READ)) {
      const { warnings = [] } = await render(tiffOfKind(kind, values));
      expect(
        warnings.map(({ code }) => code),
        name,
      ).to.deep.equal(name === 'RGB of light' ? ['colours_unread'] : []);
    }
  });

  it('is shown when it is compressed by JPEG as YCbCr', async () => {
    const plain = photograph(48, 32);
    const jpeg = await plain.clone().tiff({ compression: 'jpeg', quality: 100 }).toBuffer();
    const [seen, meant] = [await look((await render(jpeg)).data), await look(await plain.png().toBuffer())];
    for (const at of [5, 20, 30]) expect(distance(seen.at(at, at), meant.at(at, at))).to.be.at.most(12);
  });

  it('is refused as a watermark with the code for watermarks', async () => {
    const [kind, values] = REFUSED['Lab of 8 bits'] as (typeof REFUSED)[string];
    const base = await sharp({ create: { width: 40, height: 40, channels: 3, background: '#fff' } })
      .png()
      .toBuffer();
    const commands = [{ operation: 'watermark', imageId: WATERMARK_ID }];
    const error = await render(base, { commands, watermark: tiffOfKind(kind, values) }).catch(
      (reason: unknown) => reason,
    );
    expect(error).to.have.property('code', 'watermark_unreadable');
  });
});
