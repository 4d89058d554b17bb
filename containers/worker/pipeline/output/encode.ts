import type { Sharp } from 'sharp';
import type { Output } from '../../../../shared/domain/commands.ts';
import { encodings } from '../../../../shared/domain/estimate.ts';
import {
  type Encoding,
  effortFor,
  isLightlyDeflated,
  isPalette,
  isSubsampled,
  LIGHT_DEFLATE,
  losslessQuality,
} from '../../../../shared/domain/format-costs.ts';
import type { OutputFormat } from '../../../../shared/domain/formats/image-format.ts';
import { OUTPUT_OPTIONS } from '../../../../shared/domain/output-options.ts';
import { withSrgbProfile } from '../colour/srgb.ts';
import type { Source } from '../source/read-source.ts';

/** An output whose format is settled. */
export type ResolvedOutput = Output & { format: OutputFormat; chromaSubsampling?: '4:2:0'; compressionLevel?: number };

/** How long the frames of an animation are shown, and how often all of them. */
export interface AnimationTiming {
  delay?: number[];
  loop?: number;
}

type Encoder = (
  image: Sharp,
  options: Omit<ResolvedOutput, 'format' | 'maxBytes' | 'metadata'>,
  timing: AnimationTiming,
) => Sharp;

const ENCODERS: Record<OutputFormat, Encoder> = {
  // Most pages have a white background.
  jpeg: (image, options) => image.flatten({ background: '#ffffff' }).jpeg(options),
  png: (image, options) => image.png(options),
  webp: (image, options, timing) => timed(image.webp(options), timing),
  avif: (image, options) => image.avif(options),
  gif: (image, options, timing) => timed(image.gif(options), timing),
  tiff: (image, { quality }) =>
    quality === undefined
      ? image.tiff({ compression: 'deflate' })
      : image.flatten({ background: '#ffffff' }).tiff({ compression: 'jpeg', quality }),
};

/** sharp itself takes no frame of more than 65,535 ms, although both formats hold longer ones. */
function timed(image: Sharp, timing: AnimationTiming): Sharp {
  Object.assign((image as Sharp & { options: AnimationTiming }).options, timing);
  return image;
}

/** Adds the effort that there is time for, and other defaults, to an output; `pixels` counts those of all frames together. */
export function withDefaults(output: ResolvedOutput, facts: Pick<Encoding, 'pixels' | 'hasAlpha'>): ResolvedOutput {
  const hasEffort = output.format === 'png' ? isPalette(output) : OUTPUT_OPTIONS[output.format].effort !== undefined;
  const effort = effortFor({ ...output, ...facts }, encodings(output));
  const isHalved = output.format === 'avif' && isSubsampled({ ...output, ...facts });
  const isLight = output.format === 'png' && isLightlyDeflated(facts);
  const quality =
    output.format === 'webp' && output.lossless ? losslessQuality(output.quality, effort) : output.quality;
  return {
    ...output,
    ...(hasEffort && { effort }),
    ...(quality !== undefined && { quality }),
    ...(isHalved && { chromaSubsampling: '4:2:0' }),
    ...(isLight && { compressionLevel: LIGHT_DEFLATE }),
  };
}

/** libvips takes a bracket at the end of a value for its own description of it, and cuts it off. */
const WITH_TAIL = ' (ASCII)';

/** Formats that can hold more than one frame. */
const ANIMATED: ReadonlySet<OutputFormat> = new Set(['webp', 'gif']);
export const keepsAnimation = (format: Output['format']): boolean => format === 'auto' || ANIMATED.has(format);

/**
 * Says how to encode: without metadata but the copyright, unless they are to be kept. Pixels are sRGB by then; where the original had
 * a colour profile, the result names that space by one of its own.
 */
export function encode(image: Sharp, output: ResolvedOutput, source: Source, timing: AnimationTiming = {}): Sharp {
  const { format, maxBytes: _met, metadata, ...options } = output;
  const encoded = ENCODERS[format](image, options, timing);
  const profiled = source.hasProfile ? withSrgbProfile(encoded) : encoded;
  if (metadata === 'keep' || source.kind.carriesCopyright) return profiled.keepExif().keepXmp();
  const texts = Object.entries(source.copyright).map(([name, text]) => [name, text + WITH_TAIL]);
  return texts.length > 0 ? profiled.withExif({ IFD0: Object.fromEntries(texts) }) : profiled;
}
