import { Readable } from 'node:stream';
import { gzipSync } from 'node:zlib';
import { expect } from 'chai';
import { LIMITS } from '../../../shared/domain/limits.ts';
import { inspectImage } from '../../../shared/uploads/inspect-image.ts';
import { drawing } from '../../support/drawings/drawings.ts';
import { rejectionOf } from '../../support/rejection.ts';

const refusalOf = async (bytes: Buffer, declaredType?: string): Promise<string> => {
  const work = inspectImage({ body: Readable.from([bytes]), declaredType }, { maxInputPixels: LIMITS.inputPixels });
  const error = await rejectionOf(work);
  expect(error).to.have.property('code', 'unsupported_image');
  return (error as Error).message;
};

const hex = (...pieces: string[]): Buffer => Buffer.concat([Buffer.from(pieces.join(''), 'hex'), Buffer.alloc(200)]);
const box = (type: string, ...more: string[]): Buffer =>
  Buffer.concat([hex('00000018').subarray(0, 4), Buffer.from(type + more.join('')), Buffer.alloc(200)]);

/** The beginning of files as programs write them, and what must be told of each: what it is, and what to do. */
const FILES: Record<string, [bytes: Buffer, name: RegExp, advice: RegExp]> = {
  'a PDF': [Buffer.from('%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n', 'latin1'), /a PDF/, /page.*PNG or JPEG/],
  'an EPS': [Buffer.from('%!PS-Adobe-3.0 EPSF-3.0\n'), /PostScript/, /Export/],
  'a BMP': [hex('424d', '46020000', '0000', '0000', '36000000', '28000000'), /a BMP/, /PNG/],
  'a PSD': [hex('38425053', '0001', '000000000000', '0003'), /Photoshop/, /Export/],
  'an XCF': [Buffer.from('gimp xcf v011\0'), /GIMP/, /Export/],
  'an OpenEXR': [hex('762f3101', '02000000'), /OpenEXR/, /Export/],
  'a JPEG XL': [hex('ff0a', 'fa1f41'), /JPEG XL/, /Convert/],
  'a JPEG XL in its container': [hex('0000000c', '4a584c20', '0d0a870a'), /JPEG XL/, /Convert/],
  'a JP2': [hex('0000000c', '6a502020', '0d0a870a'), /JPEG 2000/, /Convert/],
  'a codestream of JPEG 2000': [hex('ff4fff51', '002f'), /JPEG 2000/, /Convert/],
  'an ICO': [hex('00000100', '0100', '1010'), /icon/, /PNG/],
  'a CUR': [hex('00000200', '0100', '2020'), /cursor/, /PNG/],
  'an MP4': [box('ftyp', 'isom', '\0\0\x02\0', 'isomiso2mp41'), /film/, /one of its frames/],
  'a MOV': [box('ftyp', 'qt  '), /MOV/, /one of its frames/],
  'an AVI': [Buffer.from('RIFF\x10\x10\0\0AVI LIST'), /AVI/, /one of its frames/],
  'a WebM': [hex('1a45dfa3', '9f4286'), /WebM/, /one of its frames/],
  'an SVGZ': [gzipSync(drawing({ width: 9, height: 9 })), /gzip, as an SVGZ/, /gunzip/],
  'a document in a ZIP': [hex('504b0304', '1400'), /ZIP/, /Send the image/],
};

describe('inspectImage of a file in no accepted format', () => {
  for (const [what, [bytes, name, advice]] of Object.entries(FILES)) {
    it(`names the format and says what to do: ${what}`, async () => {
      for (const declared of [undefined, 'image/png', 'image/svg+xml']) {
        const message = await refusalOf(bytes, declared);
        expect(message).to.match(name).and.to.match(advice).and.to.include('Accepted: image/jpeg, image/png');
        expect(message.includes('although declared')).to.equal(declared !== undefined);
      }
    });
  }

  it('names no format when the beginning does not show one', async () => {
    for (const text of ['BM', 'BMW makes cars', 'PK', '%', 'x', 'RIFF....WAVE', '\x1f', '1234fty']) {
      expect(await refusalOf(Buffer.from(text, 'latin1'))).to.match(/^The bytes are no image of an accepted format\./);
    }
  });
});
