import type { CommandParameters, Pipeline } from '../../../shared/domain/commands.ts';
import { planPasses } from '../../../shared/domain/plan.ts';
import { keepsAnimation } from './encode.ts';
import { isOneSided, resizedTo } from './geometry.ts';
import type { PipelineLimits } from './run-pipeline.ts';
import type { Source } from './source.ts';
import { fromPixels, type PassContext, type Pixels, readPixels } from './stage.ts';

type Resize = CommandParameters['resize'];

/** What several renditions of one original begin with: the original, upright and scaled down once. */
export interface Base {
  pixels: Pixels;
  /** Those that begin with it, by their place in the list. */
  places: ReadonlySet<number>;
}

/**
 * How much smaller than the base a rendition must be, unless it is the one that the base was made for. Measured as PSNR against a decode
 * of its own: photographs 40 to 48 dB, text with hard edges 30 to 39 dB, of which sharp's own shrinking on load is a part.
 */
const LEAST_SHRINK = 2;

interface Candidate {
  place: number;
  resize: Resize;
  /** Of the scaled image to the original. */
  scale: number;
}

/** The resize that a pipeline begins with, if it only makes the whole image smaller; anything else needs the original's own pixels. */
function candidate({ commands, output }: Pipeline, place: number, source: Source): Candidate[] {
  const [first] = planPasses({ commands }, source);
  const [orient, resize] = first?.commands ?? [];
  if (orient?.operation !== 'autoOrient' || resize?.operation !== 'resize') return [];
  if (resize.kernel !== 'lanczos3' || resize.fit === 'fill') return [];
  if (source.animation && keepsAnimation(output.format)) return [];
  const scale = resizedTo(source.uprightSize, resize).scaled.width / source.uprightSize.width;
  return scale < 1 ? [{ place, resize, scale }] : [];
}

/** The whole image at the scale of a resize, as that resize itself would make it before it cuts or fills. */
const wholeImage = (resize: Resize): Resize => {
  if (isOneSided(resize)) return { ...resize, fit: 'inside' };
  const fit = resize.fit === 'cover' ? 'outside' : resize.fit === 'contain' ? 'inside' : resize.fit;
  return { ...resize, fit, position: 'centre' };
};

/** Which renditions share a decode: the largest, and those that are much smaller. */
export function chooseSharers(pipelines: readonly Pipeline[], source: Source): Candidate[] {
  if (source.isVector) return [];
  const candidates = pipelines.flatMap((pipeline, place) => candidate(pipeline, place, source));
  const largest = candidates.reduce<Candidate | undefined>((a, b) => (a && a.scale >= b.scale ? a : b), undefined);
  if (!largest) return [];
  const others = candidates.filter((each) => each !== largest && each.scale * LEAST_SHRINK <= largest.scale);
  return [largest, ...others];
}

/** Decodes once for all that can share it; undefined if that would help nobody. */
export async function decodeShared(
  pipelines: readonly Pipeline[],
  source: Source,
  { context, isWorthForOne }: { context: PassContext; isWorthForOne: boolean },
): Promise<Base | undefined> {
  const sharers = chooseSharers(pipelines, source);
  const [largest] = sharers;
  if (!largest || (sharers.length < 2 && !isWorthForOne)) return undefined;
  const image = source.open().autoOrient().resize(wholeImage(largest.resize));
  const pixels = await readPixels(context.withTimeout(image));
  return { pixels, places: new Set(sharers.map(({ place }) => place)) };
}

export const stageOf = ({ pixels }: Base, limits: Pick<PipelineLimits, 'maxOutputPixels'>) =>
  fromPixels(pixels, limits);
