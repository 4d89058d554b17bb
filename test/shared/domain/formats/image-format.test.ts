import { expect } from 'chai';
import sharp from 'sharp';
import {
  ACCEPTED_MEDIA_TYPES,
  formatOfMediaType,
  IMAGE_FORMATS,
  type ImageFormat,
  OUTPUT_FORMATS,
  sniffFormat,
} from '../../../../shared/domain/formats/image-format.ts';

const formats = Object.keys(IMAGE_FORMATS) as ImageFormat[];

/** The formats that have a signature and that sharp encodes; SVG has its own test. */
const binary = formats.filter(
  (format): format is Exclude<ImageFormat, 'svg' | 'heic'> => format !== 'svg' && format !== 'heic',
);

const picture = () => sharp({ create: { width: 3, height: 2, channels: 3, background: '#808080' } });

const ascii = (text: string) => Buffer.from(text, 'latin1');
const hex = (text: string) => Buffer.from(text.replaceAll(' ', ''), 'hex');
/** The first box of an ISO base media file: its length, `ftyp`, and the brand. */
const ftyp = (brand: string) => Buffer.concat([hex('0000001c'), ascii(`ftyp${brand}`), hex('00000000')]);

const HEADS: [name: string, head: Buffer, format: ImageFormat][] = [
  ['JPEG with JFIF', hex('ffd8ffe0 0010 4a464946'), 'jpeg'],
  ['JPEG with EXIF', hex('ffd8ffe1 0010 45786966'), 'jpeg'],
  ['PNG', hex('89504e470d0a1a0a 0000000d'), 'png'],
  ['WebP', Buffer.concat([ascii('RIFF'), hex('24000000'), ascii('WEBPVP8 ')]), 'webp'],
  ['AVIF', ftyp('avif'), 'avif'],
  ['AVIF sequence', ftyp('avis'), 'avif'],
  ['HEIC', ftyp('heic'), 'heic'],
  ['HEIC of 10 bits', ftyp('heix'), 'heic'],
  ['HEIC sequence', ftyp('hevc'), 'heic'],
  ['HEIF of brand mif1', ftyp('mif1'), 'heic'],
  ['HEIF of brand msf1', ftyp('msf1'), 'heic'],
  ['GIF 87a', ascii('GIF87a\x01\x00'), 'gif'],
  ['GIF 89a', ascii('GIF89a\x01\x00'), 'gif'],
  ['TIFF, little endian', hex('49492a00 08000000'), 'tiff'],
  ['TIFF, big endian', hex('4d4d002a 00000008'), 'tiff'],
  ['BigTIFF, little endian', hex('49492b00 0800 0000'), 'tiff'],
  ['BigTIFF, big endian', hex('4d4d002b 0008 0000'), 'tiff'],
];

const NEAR_MISSES: [name: string, head: Buffer][] = [
  ['nothing', Buffer.alloc(0)],
  ['one byte', hex('ff')],
  ['two bytes of a JPEG', hex('ffd8')],
  ['seven bytes of a PNG', hex('89504e470d0a1a')],
  ['a PNG whose line ends were translated', hex('89504e470a1a0a00')],
  ['a WAV in RIFF', Buffer.concat([ascii('RIFF'), hex('24000000'), ascii('WAVEfmt ')])],
  ['an AVI in RIFF', Buffer.concat([ascii('RIFF'), hex('24000000'), ascii('AVI LIST')])],
  ['RIFF without a form type', Buffer.concat([ascii('RIFF'), hex('24000000')])],
  ['big-endian RIFX', Buffer.concat([ascii('RIFX'), hex('24000000'), ascii('WEBP')])],
  ['WEBP without RIFF', Buffer.concat([hex('00000000 00000000'), ascii('WEBP')])],
  ['an MP4', ftyp('isom')],
  ['ftyp cut off in its brand', ftyp('avif').subarray(0, 11)],
  ['an AVIF brand in capitals', ftyp('AVIF')],
  ['GIF of version 88a', ascii('GIF88a')],
  ['TIFF marks that disagree', hex('49492a01')],
  ['TIFF with the other byte order', hex('4949002a')],
  ['a JPEG one byte late', hex('00ffd8ffe0')],
  ['a JPEG XL codestream', hex('ff0a')],
  ['a BMP', ascii('BM\x46\x00\x00\x00')],
  ['an SVG in UTF-16', Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"/>', 'utf16le')],
  ['a gzip file', hex('1f8b0800 00000000')],
  ['a PDF', ascii('%PDF-1.7')],
  ['text that names a format', ascii('image/png')],
];

describe('image formats', () => {
  for (const format of binary) {
    it(`recognise a whole ${format} made by sharp`, async () => {
      expect(sniffFormat(await picture().toFormat(format).toBuffer())).to.equal(format);
    });
  }

  for (const [name, head, format] of HEADS) {
    it(`recognise ${name} as ${format}`, () => {
      expect(sniffFormat(head)).to.equal(format);
    });
  }

  for (const [name, head] of NEAR_MISSES) {
    it(`are not found in ${name}`, () => {
      expect(sniffFormat(head)).to.equal(undefined);
    });
  }

  it('take a HEIF of a general brand for an AVIF if a compatible brand says so', () => {
    const head = Buffer.concat([hex('0000001c'), ascii('ftypmif1'), hex('00000000'), ascii('mif1heicavif')]);
    expect(sniffFormat(head)).to.equal('avif');
    // Behind the end of the box stands something else.
    head.writeUInt32BE(24);
    expect(sniffFormat(head)).to.equal('heic');
  });

  it('are recognised only by every byte of a signature', () => {
    for (const [name, head, format] of HEADS) {
      const needed = Math.max(
        ...IMAGE_FORMATS[format].signatures.flat().map(({ offset, hex: bytes }) => offset + bytes.length / 2),
      );
      expect(sniffFormat(head.subarray(0, needed)), name).to.equal(format);
      expect(sniffFormat(head.subarray(0, needed - 1)), `${name}, cut`).to.equal(undefined);
    }
  });

  it('have signatures of which none is the beginning of another', () => {
    const heads = HEADS.map(([name, head]) => ({ name, head }));
    for (const { name, head } of heads) {
      const matching = formats.filter((format) =>
        IMAGE_FORMATS[format].signatures.some((signature) =>
          signature.every(
            ({ offset, hex: bytes }) => head.toString('hex', offset, offset + bytes.length / 2) === bytes,
          ),
        ),
      );
      expect(matching, name).to.have.length(1);
    }
  });

  it('are found by media type and by every alias', () => {
    for (const format of formats) {
      const { mediaType, aliases } = IMAGE_FORMATS[format];
      for (const name of [mediaType, ...aliases]) expect(formatOfMediaType(name), name).to.equal(format);
    }
  });

  for (const name of ['image/bmp', 'text/xml', 'application/octet-stream', 'image/', 'jpeg', '', 'constructor']) {
    it(`do not include the media type ${JSON.stringify(name)}`, () => {
      expect(formatOfMediaType(name)).to.equal(undefined);
    });
  }

  it('share no media type, alias or extension', () => {
    const names = formats.flatMap((format) => [IMAGE_FORMATS[format].mediaType, ...IMAGE_FORMATS[format].aliases]);
    const extensions = formats.map((format) => IMAGE_FORMATS[format].extension);
    expect(new Set(names).size).to.equal(names.length);
    expect(new Set(extensions).size).to.equal(extensions.length);
  });

  it('accept one media type each and encode only what they accept', () => {
    expect(ACCEPTED_MEDIA_TYPES).to.have.members(formats.map((format) => IMAGE_FORMATS[format].mediaType));
    expect(formats).to.include.members([...OUTPUT_FORMATS]);
  });
});
