import sharp from 'sharp';
import type { ImageFormat } from '../../../shared/domain/formats/image-format.ts';
import { photograph } from './photographs.ts';

/** A GIF of frames with a claimed size, each of which changes a single pixel of the canvas in some twenty bytes. */
export function gifOf(width: number, height: number, frames: number, [frameWidth, frameHeight] = [1, 1]): Buffer {
  const head = Buffer.from('GIF89a....\x80\0\0\0\0\0\xff\xff\xff', 'latin1');
  head.writeUInt16LE(width, 6);
  head.writeUInt16LE(height, 8);
  const loop = Buffer.from('21ff0b4e45545343415045322e300301000000', 'hex');
  const frame = Buffer.from('21f9040001000000' + '2c000000000100010000' + '0202440100', 'hex');
  frame.writeUInt16LE(frameWidth, 13);
  frame.writeUInt16LE(frameHeight, 15);
  return Buffer.concat([head, loop, ...Array(frames).fill(frame), Buffer.from(';')]);
}

/** Names of TIFF's tags as numbers (TIFF 6.0, section 8). */
export const TIFF_TAGS = {
  width: 256,
  length: 257,
  bits: 258,
  photometric: 262,
  offset: 273,
  samples: 277,
  bytes: 279,
};

const { width, length, bits, photometric, offset, samples, bytes } = TIFF_TAGS;
const GREY = { [width]: 8, [length]: 8, [bits]: 8, [photometric]: 1, [samples]: 1, [offset]: 96, [bytes]: 64 };

/** A grey TIFF of 8 × 8 pixels with these tags replaced. */
export function tiffOf(changes: Record<number, number>): Buffer {
  const entries = Object.entries({ ...GREY, ...changes }).map(([tag, value]) => {
    const entry = Buffer.alloc(12);
    entry.writeUInt16LE(Number(tag), 0);
    entry.writeUInt16LE(4, 2);
    entry.writeUInt32LE(1, 4);
    entry.writeUInt32LE(value, 8);
    return entry;
  });
  const head = Buffer.from('49492a00080000000000', 'hex');
  head.writeUInt16LE(entries.length, 8);
  return Buffer.concat([head, ...entries, Buffer.alloc(4 + 64)]);
}

export const flat = (width: number, height: number): Promise<Buffer> =>
  sharp({ create: { width, height, channels: 3, background: '#808080' } })
    .png({ compressionLevel: 1 })
    .toBuffer();

export const cut = async (format: ImageFormat): Promise<Buffer> => {
  const whole = await photograph(format, 96, 72);
  return whole.subarray(0, Math.floor(whole.length * 0.6));
};

/** Changes sixteen bytes in the middle. */
export async function corrupted(format: ImageFormat): Promise<Buffer> {
  const whole = await photograph(format, 96, 72);
  return whole.fill(0xff, whole.length >> 1, (whole.length >> 1) + 16);
}

/** A file of full length with nothing but zeros after its first bytes. */
export const hollow = async (format: ImageFormat, headBytes: number): Promise<Buffer> =>
  (await photograph(format, 96, 72)).fill(0, headBytes);

/** One row of nearly the largest width of a JPEG. */
export const line = (): Promise<Buffer> =>
  sharp({ create: { width: 65_500, height: 1, channels: 3, background: '#808080' } })
    .jpeg()
    .toBuffer();

export const deepDrawing = (levels: number): Buffer =>
  Buffer.from(
    `<svg xmlns="http://www.w3.org/2000/svg" width="64" height="64">${'<g>'.repeat(levels)}${'</g>'.repeat(levels)}</svg>`,
  );

/** Refers to an image in every way that SVG, CSS and XML have. It draws red itself. */
export function referringDrawing(urls: string[]): Buffer {
  const references = urls.map(
    (
      url,
    ) => `<?xml-stylesheet href="${url}"?><style>@import url("${url}"); @font-face { font-family: f; src: url("${url}") }
      .a { fill: url("${url}#p"); filter: url("${url}#f"); mask: url("${url}#m") }</style>
      <filter id="f"><feImage href="${url}"/></filter><linearGradient id="g" href="${url}#g"/>
      <image width="64" height="64" href="${url}"/><image width="64" height="64" xlink:href="${url}"/>
      <rect width="64" height="64" fill="none" filter="url(#f)"/><use href="${url}#u"/>
      <xi:include xmlns:xi="http://www.w3.org/2001/XInclude" href="${url}" parse="text"/><text font-family="f">${url}</text>`,
  );
  return Buffer.from(
    `<!DOCTYPE svg SYSTEM "${urls[0]}"><svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" width="64" height="64"><rect width="64" height="64" fill="#f00"/>${references.join('')}</svg>`,
  );
}
