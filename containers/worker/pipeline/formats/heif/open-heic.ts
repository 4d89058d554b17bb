import { readFile, stat } from 'node:fs/promises';
import sharp, { type SharpOptions } from 'sharp';
import { ImageServiceError } from '../../../../../shared/domain/errors.ts';
import { checkInputPixels } from '../../../../../shared/domain/input-pixels.ts';
import { LIMITS } from '../../../../../shared/domain/limits.ts';
import { isBoundedProfile } from '../../colour/icc-profile.ts';
import { collectGarbage } from '../../garbage-collection.ts';
import type { OpenedImage, SourceLimits } from '../../source/open-image.ts';
import type { Structure } from '../check-structure.ts';
import { writeTiff } from '../tiff/write-tiff.ts';
import type { HeifImage } from './libheif.ts';

/** Opens a HEIC, which is decoded when its pixels are asked for the first time and held from then on. */
export async function openHeic(
  path: string,
  { decoded }: Structure,
  { heic = false, maxInputPixels }: SourceLimits,
): Promise<OpenedImage> {
  if (!heic) throw new ImageServiceError('image_unreadable', HEIC_IS_OFF);
  if (!decoded) throw unreadable('it is a film, or a sequence that names none of its pictures as its image');
  await checkBytes(path);
  // Only now: most processes never see one.
  const { openHeif } = await import('./libheif.ts');
  let image: HeifImage | undefined = openHeif(await readFile(path));
  const { width, height, channels, exif, xmp } = image;
  checkInputPixels({ width, height }, { format: 'heic', maxPixels: maxInputPixels });
  const icc = await profileOf(image);
  const options: SharpOptions = { failOn: 'warning', limitInputPixels: maxInputPixels };
  let file: Buffer | undefined;
  const decode = (): Buffer => {
    if (file) return file;
    const opened = image as HeifImage;
    file = writeTiff({ width, height, channels, icc }, (pixels) => {
      opened.decode(pixels);
      if (opened.isPremultiplied) divideByAlpha(pixels);
    });
    // This frees the memory of the decoder too, which is larger than the pixels.
    image = undefined;
    collectGarbage();
    return file;
  };
  return {
    open: (more) => sharp(decode(), { ...options, ...more }),
    format: 'heic',
    metadata: {
      ...PLAIN,
      width,
      height,
      autoOrient: { width, height },
      channels,
      hasAlpha: channels === 4,
      hasProfile: icc !== undefined,
      ...(icc && { icc }),
      ...(exif && { exif }),
      ...(xmp && { xmp }),
    },
    decoded,
    warnings: async () => [],
  };
}

/** The error for renditions of a HEIC that was stored while HEIC was allowed. */
const HEIC_IS_OFF =
  'HEIC is not decoded here, because the setting HEIC is off. Upload the photograph as JPEG, or ask whoever runs the service to turn it on.';

const PLAIN = { format: 'heif', space: 'srgb', depth: 'uchar', isProgressive: false, isPalette: false } as const;

async function checkBytes(path: string): Promise<void> {
  const { size: actual } = await stat(path);
  const limit = LIMITS.heicBytes;
  if (actual <= limit) return;
  const detail = `The HEIC has ${actual} bytes; the limit is ${limit}.`;
  throw new ImageServiceError('image_unreadable', detail, { limit, actual, unit: 'bytes' });
}

const unreadable = (why: string): ImageServiceError =>
  new ImageServiceError('image_unreadable', `The HEIF cannot be decoded: ${why}. Export the picture as JPEG.`);

/** Primaries of ITU-T H.273, table 2: those of sRGB, of older television, which are close to them, and unspecified ones. */
const SRGB_PRIMARIES = [1, 2, 5, 6, 7];
const P3_PRIMARIES = 12;
/** Table 3: those that are shown as sRGB is. */
const USUAL_TRANSFERS = [1, 2, 6, 13, 14, 15];
const NAMES: Readonly<Record<number, string>> = { 8: 'a linear scale', 16: 'PQ', 18: 'HLG' };

/** The profile by which its colours are to be read, if they are not those of sRGB. */
async function profileOf({ icc, coding }: HeifImage): Promise<Buffer | undefined> {
  if (icc) return isBoundedProfile(icc) ? icc : undefined;
  if (!coding) return undefined;
  const { primaries, transfer } = coding;
  const isUsual = USUAL_TRANSFERS.includes(transfer);
  if (isUsual && SRGB_PRIMARIES.includes(primaries)) return undefined;
  if (isUsual && primaries === P3_PRIMARIES) return await displayP3();
  const what = isUsual ? `colour primaries ${primaries}` : (NAMES[transfer] ?? `transfer function ${transfer}`);
  throw unreadable(`its colours are told by ${what} (ITU-T H.273), which is not converted here`);
}

/** sharp's own. */
async function displayP3(): Promise<Buffer | undefined> {
  const create = { width: 1, height: 1, channels: 3, background: '#000' } as const;
  const { icc } = await sharp(await sharp({ create }).withIccProfile('p3').png().toBuffer()).metadata();
  return icc;
}

/** Gives pixels of four channels the colours that they had before they were multiplied by their transparency. */
function divideByAlpha(pixels: Buffer): void {
  for (let at = 0; at < pixels.length; at += 4) {
    const alpha = pixels[at + 3] ?? 0;
    if (alpha === 0 || alpha === 255) continue;
    for (let channel = at; channel < at + 3; channel += 1)
      pixels[channel] = Math.min(255, Math.round(((pixels[channel] ?? 0) * 255) / alpha));
  }
}
