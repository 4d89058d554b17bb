import type { OutputFormat } from '../../../shared/domain/image-format.ts';
import { fromPixels, type Pixels, readPixels } from './stage.ts';

/** Pixels a side that are looked at: enough to tell, and quick. */
const SAMPLE = 256;

/** Colours that a palette has room for. */
const PALETTE = 256;

/** The share of neighbours with the same colour above which an image is a drawing: photographs, whose every pixel has noise, stay far below. */
const FLAT_SHARE = 0.5;

export interface Content {
  isDrawing: boolean;
  isTransparent: boolean;
}

/** What an image shows: by its colours, whether areas have one, and whether anything shines through. */
export async function lookAt(pixels: Pixels): Promise<Content> {
  const box = { width: SAMPLE, height: SAMPLE, fit: 'inside', withoutEnlargement: true, kernel: 'nearest' } as const;
  const { image } = fromPixels(pixels, { maxOutputPixels: Number.POSITIVE_INFINITY });
  const { data, width } = await readPixels(image.resize(box).toColourspace('srgb').ensureAlpha());
  const colours = new Set<number>();
  let flat = 0;
  let isTransparent = false;
  for (let at = 0; at < data.length; at += 4) {
    const colour = data.readUInt32BE(at);
    colours.add(colour);
    isTransparent ||= (colour & 0xff) !== 0xff;
    if ((at / 4) % width !== 0 && colour === data.readUInt32BE(at - 4)) flat += 1;
  }
  const isDrawing = colours.size <= PALETTE || flat / (data.length / 4) >= FLAT_SHARE;
  return { isDrawing, isTransparent };
}

/**
 * What `auto` becomes, for clients of any age: photographs JPEG, or WebP where anything shines through; drawings PNG, which keeps
 * their edges, or WebP where the bytes are counted; animations WebP.
 */
export function formatFor(
  content: Content,
  { isAnimation, isBounded }: { isAnimation: boolean; isBounded: boolean },
): OutputFormat {
  if (isAnimation) return 'webp';
  if (content.isDrawing) return isBounded ? 'webp' : 'png';
  return content.isTransparent ? 'webp' : 'jpeg';
}
