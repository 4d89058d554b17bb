import type { ResizeOptions } from 'sharp';
import type { CommandParameters, Pipeline } from '../../../shared/domain/commands.ts';
import { onlyScales, resizedTo, rounded, type Size } from '../../../shared/domain/geometry.ts';
import { ignoresPixelValues, isDecidedByContent, planPasses } from '../../../shared/domain/plan.ts';
import { keepsAnimation } from './output/encode.ts';
import { fromPixels, type PassContext, type PassInput, type Pixels, readPixels } from './run-passes.ts';
import type { PipelineLimits } from './run-pipeline.ts';
import type { Source } from './source/read-source.ts';

type Resize = CommandParameters['resize'] & { operation: 'resize' };

/** The start of several renditions of one original: the original, upright and scaled down once. */
export interface SharedDecode {
  pixels: Pixels;
  /** The size before it was rounded to whole pixels, so that renditions get the same size as when made from the original. */
  size: Size;
  /** The indexes of the renditions that begin with it. */
  indexes: ReadonlySet<number>;
}

/**
 * How much smaller than the base a rendition must be, unless it is the one that the base was made for, which is the same to the pixel.
 * The measure of the others is the mean structural similarity to an exact lanczos3 of the whole original, because a decode of its own
 * shrinks on load and is not exact either: shared, it may be 0.03 less where details have a pixel or more (docs/performance.md).
 */
const LEAST_SHRINK = 2;

/** The most pixels of a shared decode: its 48 MB are held beside the memory of each rendition, and fit into what the estimate leaves free. */
const MOST_SHARED_PIXELS = 12_000_000;

interface Candidate {
  index: number;
  resize: Resize;
  scaled: Size;
  /** The ratio of the scaled image to the original. */
  scale: number;
}

/** The resize that a pipeline begins with, if it only makes the whole image smaller; anything else needs the original's own pixels. */
function candidate({ commands, output }: Pipeline, index: number, source: Source): Candidate[] {
  const [first] = planPasses({ commands }, source);
  const [orient, resize] = first?.commands ?? [];
  if (orient?.operation !== 'autoOrient' || resize?.operation !== 'resize') return [];
  if (resize.kernel !== 'lanczos3' || resize.fit === 'fill') return [];
  if (source.animation && keepsAnimation(output.format)) return [];
  if (source.kind.isConverted && !ignoresPixelValues(resize)) return [];
  const { scaled } = resizedTo(source.uprightSize, resize);
  const scale = scaled.width / source.uprightSize.width;
  return scale < 1 ? [{ index, resize, scaled, scale }] : [];
}

/** The whole image at the scale of a resize, as that resize itself would make it before it cuts or fills. */
function wholeImage({ resize, scaled }: Candidate): ResizeOptions {
  if (onlyScales(resize)) return { ...rounded(scaled), fit: 'fill', kernel: resize.kernel };
  return { ...resize, fit: resize.fit === 'cover' ? 'outside' : 'inside', position: 'centre' };
}

/** Chooses the renditions that share a decode: the largest, and those that are much smaller. */
function chooseSharers(pipelines: readonly (Pipeline | undefined)[], source: Source): Candidate[] {
  if (source.isVector) return [];
  const candidates = pipelines
    .flatMap((pipeline, index) => (pipeline ? candidate(pipeline, index, source) : []))
    .filter(({ scaled }) => scaled.width * scaled.height <= MOST_SHARED_PIXELS);
  const largest = candidates.reduce<Candidate | undefined>((a, b) => (a && a.scale >= b.scale ? a : b), undefined);
  if (!largest) return [];
  // A crop that the content decides might come out differently in other pixels.
  const others = candidates.filter(
    ({ index, resize, scale }) =>
      index !== largest.index && scale * LEAST_SHRINK <= largest.scale && !isDecidedByContent(resize),
  );
  return [largest, ...others];
}

/** Decodes once for all that can share it; undefined if that would help nobody. */
export async function decodeShared(
  pipelines: readonly (Pipeline | undefined)[],
  source: Source,
  { context, isWorthForOne }: { context: PassContext; isWorthForOne: boolean },
): Promise<SharedDecode | undefined> {
  const sharers = chooseSharers(pipelines, source);
  const [largest] = sharers;
  if (!largest || (sharers.length < 2 && !isWorthForOne)) return undefined;
  const pixels = await readPixels(context.withTimeout(source.open().autoOrient().resize(wholeImage(largest))));
  return { pixels, size: largest.scaled, indexes: new Set(sharers.map(({ index }) => index)) };
}

export const passInputOf = (
  { pixels, size }: SharedDecode,
  limits: Pick<PipelineLimits, 'maxOutputPixels'>,
): PassInput => ({
  ...fromPixels(pixels, limits),
  size,
});
