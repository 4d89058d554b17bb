import type { OutputFormat } from '../../../../shared/domain/formats/image-format.ts';
import { toRgba } from '../colour/srgb.ts';
import { fromPixels, type Pixels, readPixels } from '../run-passes.ts';

/** Pixels a side of the sample: enough for a decision, and quick. */
const SAMPLE = 256;

/** Colours that only a drawing makes do with: a photograph without colour, or in one hue, still has a hundred tones and more. */
const FEW_COLOURS = 32;

/** The share of neighbours with the same colour above which an image is a drawing: photographs, whose every pixel has noise, stay far below. */
const FLAT_SHARE = 0.5;

/** Stands for the colour of transparent pixels: the area around a cut-out picture says nothing about it. */
const NOTHING = -1;

export interface Content {
  isDrawing: boolean;
  isTransparent: boolean;
}

/** Finds whether an image is a drawing, by the number of its visible colours and the areas of one colour, and whether it is transparent. */
export async function analyseContent(pixels: Pixels): Promise<Content> {
  const box = { width: SAMPLE, height: SAMPLE, fit: 'inside', withoutEnlargement: true, kernel: 'nearest' } as const;
  const { image } = fromPixels(pixels, { maxOutputPixels: Number.POSITIVE_INFINITY });
  const { data, width } = await readPixels(toRgba(image.resize(box)));
  const colours = new Set<number>();
  let [seen, flat, before] = [0, 0, NOTHING];
  for (let at = 0; at < data.length; at += 4) {
    const colour = data[at + 3] === 0 ? NOTHING : data.readUIntBE(at, 3);
    if (colour !== NOTHING) {
      colours.add(colour);
      seen += 1;
      if ((at / 4) % width !== 0 && colour === before) flat += 1;
    }
    before = colour;
  }
  const isTransparent = data.some((value, at) => at % 4 === 3 && value < 255);
  const isDrawing = colours.size <= FEW_COLOURS || flat / seen >= FLAT_SHARE;
  return { isDrawing, isTransparent };
}

/**
 * The format for `auto`, for clients of any age: photographs JPEG, or WebP if they are transparent; drawings PNG, which keeps
 * their edges, or WebP where the bytes are counted; animations WebP.
 */
export function autoFormat(
  content: Content,
  { isAnimation, isBounded }: { isAnimation: boolean; isBounded: boolean },
): OutputFormat {
  if (isAnimation) return 'webp';
  if (content.isDrawing) return isBounded ? 'webp' : 'png';
  return content.isTransparent ? 'webp' : 'jpeg';
}
