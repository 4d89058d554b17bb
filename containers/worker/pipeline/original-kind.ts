import { stat } from 'node:fs/promises';
import type { ImageFormat } from '../../../shared/domain/formats/image-format.ts';
import type { Original } from '../../../shared/domain/original.ts';
import { isComputed } from './colour-profile.ts';
import { isCarried } from './copyright.ts';
import type { OpenedImage } from './source.ts';

/** What tells the cost of decoding an original beside its size. */
export type OriginalKind = Omit<Original, 'width' | 'height' | 'frames'>;

/** libvips' name for AVIF; its other names are ours. */
const NAMES: Record<string, ImageFormat> = { heif: 'avif' };

type Facts = Pick<
  OpenedImage,
  'format' | 'metadata' | 'decoded' | 'heldBytes' | 'composedBytes' | 'hiddenPixels' | 'painting' | 'tree'
>;

export async function kindOf(path: string, opened: Pick<OpenedImage, keyof Facts>): Promise<OriginalKind> {
  const {
    format: told,
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
    format: told ?? NAMES[format] ?? (format as ImageFormat),
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
    isComputed: icc !== undefined && depth !== 'uchar' && space !== 'cmyk' && isComputed(icc),
    isTurned: orientation > 1,
    // EXIF orientations 5 to 8 are those of a quarter turn (CIPA DC-008, tag 0x0112).
    isOnItsSide: orientation > 4,
    carriesCopyright: exif !== undefined && isCarried(exif),
  };
}
