import { expect } from 'chai';
import readExif from 'exif-reader';
import sharp from 'sharp';
import { animationOf } from '../../../../support/images/animations.ts';
import {
  ascii,
  EXIF_SIGNATURE,
  exifOf,
  jpegWith,
  pngWith,
  rationals,
  short,
  undefinedBytes,
  webpWith,
  XMP_SIGNATURE,
} from '../../../../support/images/exif-bytes.ts';
import { COLOURS, plain, quadrants } from '../../../../support/images/picture.ts';
import { render } from '../../../../support/worker/rendition-run.ts';

/** Stands in every picture that hides in the metadata of an original; base64 of it has no padding, so that it is found there too. */
const MARKER = 'THE UNBLURRED FACE OF A CHILD. 3';
const MARKERS = [MARKER, Buffer.from(MARKER).toString('base64'), Buffer.from(MARKER, 'utf16le').toString('latin1')];
const SIZE = { width: 48, height: 32 };

/** A small picture with the marker in a comment. */
async function hiddenPicture(): Promise<Buffer> {
  const jpeg = await plain(16, 16, COLOURS.R).removeAlpha().jpeg().toBuffer();
  const comment = Buffer.alloc(4);
  comment.writeUInt16BE(0xfffe, 0);
  comment.writeUInt16BE(2 + MARKER.length, 2);
  return Buffer.concat([jpeg.subarray(0, 2), comment, Buffer.from(MARKER), jpeg.subarray(2)]);
}

const rdf = (inside: string, namespaces = '') =>
  `<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description ${namespaces} rdf:about="">${inside}</rdf:Description></rdf:RDF></x:xmpmeta>`;

async function exifWithPictures(): Promise<Buffer> {
  const picture = await hiddenPicture();
  return exifOf({
    ifd0: [
      ascii(0x010f, 'Camera'),
      ascii(0x0110, 'Model 1'),
      short(0x0112, 1),
      ascii(0x8298, 'Ada'),
      ascii(0x0132, '2026:02:03 04:05:06'),
      undefinedBytes(0x8649, picture),
      undefinedBytes(0x02bc, picture),
      undefinedBytes(0xc634, picture),
      undefinedBytes(0x014a, picture),
      undefinedBytes(0xc4a5, picture),
      undefinedBytes(0x0201, picture),
      { tag: 0x010e, type: 2, bytes: Buffer.concat([Buffer.alloc(3000, 0x20), picture]) },
    ],
    exif: [
      ascii(0x9003, '2026:01:02 03:04:05'),
      rationals(0x829a, [1, 50]),
      undefinedBytes(0x927c, Buffer.concat([Buffer.from('Nikon\0'), picture])),
      undefinedBytes(0x9286, Buffer.concat([Buffer.from('ASCII\0\0\0'), Buffer.alloc(3000, 0x20), picture])),
      undefinedBytes(0xa005, picture),
    ],
    gps: [ascii(0x0001, 'N'), rationals(0x0002, [51, 1], [30, 1], [0, 1])],
    thumbnail: picture,
  });
}

const base64 = async () => (await hiddenPicture()).toString('base64');
const XMP: Record<string, () => Promise<string>> = {
  'a thumbnail of Adobe': async () =>
    rdf(
      `<xmp:Thumbnails><rdf:Alt><rdf:li><a:image>${MARKER} ${await base64()}</a:image></rdf:li></rdf:Alt></xmp:Thumbnails>`,
      'xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmlns:a="http://ns.adobe.com/xap/1.0/g/img/"',
    ),
  'a depth map of Google': async () =>
    rdf('', `xmlns:D="http://ns.google.com/photos/1.0/depthmap/" D:Data="${MARKER} ${await base64()}"`),
  'a long value of a name that nobody knows': async () =>
    rdf('', `xmlns:n="urn:new" n:Data="${MARKER} ${'A'.repeat(3000)}"`),
  'many values': async () => rdf(`<n:a xmlns:n="urn:new">${MARKER}</n:a>`.repeat(2000)),
  'another encoding': async () => Buffer.from(rdf(MARKER), 'utf16le').toString('latin1'),
};

/** Every way to hand over the original, with EXIF and XMP that hide pictures. */
async function originals(xmp: string): Promise<Record<string, Buffer>> {
  const exif = await exifWithPictures();
  const image = quadrants(SIZE.width, SIZE.height);
  const packet = Buffer.from(xmp, 'latin1');
  const photoshop = Buffer.concat([Buffer.from('Photoshop 3.0\x008BIM\x04\x0c\0\0', 'latin1'), await hiddenPicture()]);
  const jpeg = await image.clone().jpeg().toBuffer();
  const frames = [quadrants(SIZE.width, SIZE.height), plain(SIZE.width, SIZE.height, COLOURS.Y).removeAlpha()];
  const withXmp = packet.length < 65_000 ? jpegWith(jpeg, XMP_SIGNATURE, packet) : jpeg;
  const withIrb = jpegWith(withXmp, '', photoshop);
  // The segment that was inserted as APP1 becomes Photoshop's APP13.
  withIrb[3] = 0xed;
  return {
    jpeg: jpegWith(withIrb, EXIF_SIGNATURE, exif),
    png: pngWith(
      await image.clone().png().toBuffer(),
      ['eXIf', exif],
      ['iTXt', Buffer.concat([Buffer.from('XML:com.adobe.xmp\0\0\0\0\0'), packet])],
    ),
    webp: webpWith(await image.clone().webp().toBuffer(), SIZE, { EXIF: exif, 'XMP ': packet }),
    animation: await animationWith(await animationOf('webp', frames), exif, packet),
  };
}

/** Put behind an animation that is of the extended form already, whose flags are set for it. */
async function animationWith(animation: Buffer, exif: Buffer, xmp: Buffer): Promise<Buffer> {
  const whole = webpWith(Buffer.concat([animation.subarray(0, 12), animation.subarray(30)]), SIZE, {
    EXIF: exif,
    'XMP ': xmp,
  });
  // The flag of an animation.
  whole[20] = (whole[20] ?? 0) | 0x02;
  expect((await sharp(whole, { animated: true }).metadata()).pages).to.equal(2);
  return whole;
}

describe('metadata that are kept', function () {
  this.timeout(60_000);

  for (const [name, xmp] of Object.entries(XMP)) {
    it(`hold no picture of parts that were cut off or blurred: XMP with ${name}`, async () => {
      for (const [kind, bytes] of Object.entries(await originals(await xmp()))) {
        const { exif, xmp: told } = await sharp(bytes).metadata();
        expect(exif?.includes(MARKER), kind).to.equal(true);
        const formats =
          kind === 'animation' ? ['webp', 'gif', 'auto'] : ['jpeg', 'png', 'webp', 'avif', 'tiff', 'gif', 'auto'];
        for (const format of formats) {
          const runs = [[{ operation: 'blur', sigma: 5 }], []].flatMap((commands) =>
            ['keep', 'strip'].map((metadata) => ({ commands, output: { format, metadata } })),
          );
          for (const run of runs) {
            const { data } = await render(bytes, run);
            for (const marker of MARKERS) {
              const where = `${kind} as ${format}, ${run.output.metadata}, ${told?.length} bytes of XMP`;
              expect(data.includes(Buffer.from(marker, 'latin1')), where).to.equal(false);
            }
            const kept = (await sharp(data).metadata()).exif;
            if (kept) expect(readExif(kept).Thumbnail?.JPEGInterchangeFormat).to.equal(undefined);
          }
        }
      }
    });
  }

  const ORIENTATIONS: Record<string, [string, string]> = {
    'an attribute': ['', 'xmlns:tiff="http://ns.adobe.com/tiff/1.0/" tiff:Orientation="6"'],
    'an attribute of another prefix': ['', `xmlns:t="http://ns.adobe.com/tiff/1.0/" t:Orientation = '8'`],
    'an element': [
      '<tiff:Orientation>3</tiff:Orientation><tiff:Make>Camera</tiff:Make>',
      'xmlns:tiff="http://ns.adobe.com/tiff/1.0/"',
    ],
    'a number as no program writes it': [
      '<t:Orientation>&#54;</t:Orientation>',
      'xmlns:t="http://ns.adobe.com/tiff/1.0/"',
    ],
  };
  for (const [name, [inside, namespaces]] of Object.entries(ORIENTATIONS))
    it(`hold no orientation, which is applied: ${name}`, async () => {
      for (const [kind, bytes] of Object.entries(await originals(rdf(inside, namespaces)))) {
        for (const format of kind === 'animation' ? ['webp'] : ['jpeg', 'png', 'webp', 'avif', 'tiff']) {
          const { data } = await render(bytes, { output: { format, metadata: 'keep' } });
          const { xmp = Buffer.from(''), orientation = 1 } = await sharp(data).metadata();
          const told = xmp.toString();
          const where = `${kind} as ${format}`;
          expect(orientation, where).to.equal(1);
          expect(told, where).to.not.match(/Orientation[^1]{0,3}[2-8&]/);
          // Other metadata stay.
          if (!inside.includes('&')) expect(told, where).to.include('Orientation').include('1');
        }
      }
    });

  it('are the camera, the times, the place and the copyright, and XMP that says something', async () => {
    const xmp = rdf('<dc:title xmlns:dc="http://purl.org/dc/elements/1.1/">A title</dc:title>');
    for (const [kind, bytes] of Object.entries(await originals(xmp))) {
      for (const format of kind === 'animation' ? ['webp'] : ['jpeg', 'png', 'webp', 'avif']) {
        const { data } = await render(bytes, { output: { format, metadata: 'keep' } });
        const { exif = Buffer.alloc(0), xmp: kept } = await sharp(data).metadata();
        const { Image = {}, Photo = {}, GPSInfo = {} } = readExif(exif);
        const where = `${kind} as ${format}`;
        expect([Image.Make, Image.Model, Image.Copyright], where).to.deep.equal(['Camera', 'Model 1', 'Ada']);
        expect(Photo.DateTimeOriginal?.toISOString(), where).to.equal('2026-01-02T03:04:05.000Z');
        expect([Photo.ExposureTime, GPSInfo.GPSLatitude], where).to.deep.equal([1 / 50, [51, 30, 0]]);
        expect(kept?.toString(), where).to.equal(xmp);
      }
    }
  });
});
