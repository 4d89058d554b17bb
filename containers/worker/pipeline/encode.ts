import type { Sharp } from 'sharp';
import type { Output } from '../../../shared/domain/commands.ts';
import type { OutputFormat } from '../../../shared/domain/image-format.ts';
import type { Source } from './source.ts';

type Encoder = (image: Sharp, options: { quality?: number }) => Sharp;

const ENCODERS: Record<OutputFormat, Encoder> = {
  // White is what pages have behind it.
  jpeg: (image, options) => image.flatten({ background: '#ffffff' }).jpeg(options),
  png: (image, options) => image.png(options),
  webp: (image, options) => image.webp(options),
  avif: (image, options) => image.avif(options),
};

/** JPEG has no transparency. */
export const keepsTransparency = ({ format }: Output): boolean => format !== 'jpeg';

/**
 * Says how to encode: without metadata but the copyright. Pixels are sRGB by then; where the original had a colour profile, the
 * result names that space by one of its own.
 */
export function encode(image: Sharp, { format, quality }: Output, source: Source): Sharp {
  const encoded = ENCODERS[format](image, quality === undefined ? {} : { quality });
  const profiled = source.hasProfile ? encoded.withIccProfile('srgb') : encoded;
  return Object.keys(source.copyright).length > 0 ? profiled.withExif({ IFD0: source.copyright }) : profiled;
}
