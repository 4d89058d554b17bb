import { IMAGE_FORMATS } from '../../shared/domain/formats/image-format.ts';
import type { RenditionFacts } from '../../shared/domain/rendition.ts';
import { VARIANT_FORMATS, type VariantFormat } from '../../shared/domain/variant.ts';

/** A media range of an Accept header with its weight. */
interface Accepted {
  range: string;
  weight: number;
}

/** No browser sends more media ranges. */
const MAX_RANGES = 64;

/**
 * The format in which a client should get a rendition of the format `auto`, by its Accept header (RFC 9110, 12.5.1); undefined for the format that
 * the worker chose. AVIF and WebP are sent only if the header names them, because a wildcard does not say what a client can draw. The smaller
 * format wins if weights are equal, whatever their order. Only `formats` are considered, by default all; the smallest comes first. If no format is acceptable, the worker's is sent, which is better than nothing.
 */
export function negotiateFormat(
  accept: string | undefined,
  { contentType, frames }: Pick<RenditionFacts, 'contentType' | 'frames'>,
  formats: readonly VariantFormat[] = VARIANT_FORMATS,
): VariantFormat | undefined {
  const accepted = parseAccept(accept);
  // AVIF would keep only the first frame of an animation.
  const offered = formats.filter((format) => !(frames && format === 'avif'));
  const weights = offered.map((format) => {
    const { mediaType } = IMAGE_FORMATS[format];
    return { format, mediaType, weight: accepted.find(({ range }) => range === mediaType)?.weight ?? 0 };
  });
  const own = weightOf(contentType, accepted);
  const [best] = weights.toSorted((a, b) => b.weight - a.weight);
  if (!best || best.weight === 0 || best.weight < own || best.mediaType === contentType) return undefined;
  return best.format;
}

/** Whether the Accept header names JSON and prefers it to HTML. Wildcards do not count, because browsers and programs both send them. */
export function prefersJson(accept: string | undefined): boolean {
  const accepted = parseAccept(accept);
  const named = (mediaType: string) => accepted.find(({ range }) => range === mediaType)?.weight ?? 0;
  return named('application/json') > named('text/html');
}

/** The weight that the most specific matching range gives to a media type. */
function weightOf(mediaType: string, accepted: Accepted[]): number {
  const [type] = mediaType.split('/');
  for (const range of [mediaType, `${type}/*`, '*/*']) {
    const found = accepted.find((each) => each.range === range);
    if (found) return found.weight;
  }
  return 0;
}

/** Libraries such as negotiator return types in the client's order, without the weights that both functions above compare. */
function parseAccept(accept = '*/*'): Accepted[] {
  return accept
    .split(',', MAX_RANGES)
    .map((each) => each.split(';').map((part) => part.trim().toLowerCase()))
    .map(([range = '', ...parameters]) => {
      const weight = parameters.find((parameter) => parameter.startsWith('q='))?.slice(2);
      return { range, weight: weight === undefined ? 1 : Math.min(1, Math.max(0, Number(weight) || 0)) };
    });
}
