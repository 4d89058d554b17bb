import { stat } from 'node:fs/promises';
import type { ImageFormat } from '../../../../shared/domain/formats/image-format.ts';
import type { Original } from '../../../../shared/domain/original.ts';
import { isComputedPerPixel } from '../colour/icc-profile.ts';
import { carriesCopyright } from '../metadata/copyright.ts';
import type { OpenedImage } from './open-image.ts';

/** The facts beside its size that decide what decoding an original costs. */
export type OriginalKind = Omit<Original, 'width' | 'height' | 'frames'>;

/** libvips' name for AVIF; its other names are ours. */
const NAMES: Record<string, ImageFormat> = { heif: 'avif' };

type Facts = Pick<
  OpenedImage,
  'format' | 'metadata' | 'decoded' | 'heldBytes' | 'composedBytes' | 'hiddenPixels' | 'painting' | 'tree'
>;

export async function readOriginalKind(path: string, opened: Pick<OpenedImage, keyof Facts>): Promise<OriginalKind> {
  const {
    format: actualFormat,
    metadata,
    decoded,
    heldBytes = 0,
    composedBytes = 0,
    hiddenPixels = 0,
    painting,
    tree,
  } = opened;
  const {
    format,
    hasAlpha,
    isProgressive = false,
    depth,
    space,
    orientation = 1,
    chromaSubsampling = '',
    icc,
    exif,
  } = metadata;
  return {
    format: actualFormat ?? NAMES[format] ?? (format as ImageFormat),
    bytes: (await stat(path)).size,
    ...(decoded && { decoded }),
    ...(heldBytes > 0 && { heldBytes }),
    ...(composedBytes > 0 && { composedBytes }),
    ...(hiddenPixels > 0 && { hiddenPixels }),
    ...(painting && tree && { drawing: { painting, tree } }),
    hasAlpha,
    isProgressive,
    hasAllColour: chromaSubsampling.startsWith('4:4:4'),
    isDeep: depth !== 'uchar',
    isConverted: depth !== 'uchar' || space !== 'srgb' || format === 'svg',
    isComputed: icc !== undefined && depth !== 'uchar' && space !== 'cmyk' && isComputedPerPixel(icc),
    isTurned: orientation > 1,
    // EXIF orientations 5 to 8 are those of a quarter turn (CIPA DC-008, tag 0x0112).
    isOnItsSide: orientation > 4,
    carriesCopyright: exif !== undefined && carriesCopyright(exif),
  };
}
