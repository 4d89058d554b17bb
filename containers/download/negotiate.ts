import { IMAGE_FORMATS } from '../../shared/domain/formats/image-format.ts';
import type { RenditionFacts } from '../../shared/domain/rendition.ts';
import { VARIANT_FORMATS, type VariantFormat } from '../../shared/domain/variant.ts';

/** A media range of an Accept header with its weight. */
interface Accepted {
  range: string;
  weight: number;
}

/** More are no browser's. */
const MOST_RANGES = 64;

/**
 * The format in which a client is to get a rendition of `auto`, by its Accept header (RFC 9110, 12.5.1); undefined for the one that the
 * worker chose. AVIF and WebP only where the header names them: a wildcard says nothing of what a client can draw. Of equal weights
 * the smaller format wins, whatever their order; where none is acceptable the worker's choice is better than nothing.
 */
export function negotiateFormat(
  accept: string | undefined,
  { contentType, frames }: Pick<RenditionFacts, 'contentType' | 'frames'>,
): VariantFormat | undefined {
  const accepted = parseAccept(accept);
  // AVIF would leave the first frame only.
  const offered = VARIANT_FORMATS.filter((format) => !(frames && format === 'avif'));
  const weights = offered.map((format) => {
    const { mediaType } = IMAGE_FORMATS[format];
    return { format, mediaType, weight: accepted.find(({ range }) => range === mediaType)?.weight ?? 0 };
  });
  const own = weightOf(contentType, accepted);
  const [best] = weights.toSorted((a, b) => b.weight - a.weight);
  if (!best || best.weight === 0 || best.weight < own || best.mediaType === contentType) return undefined;
  return best.format;
}

/** Whether a client names JSON, and no page that it would rather have: a wildcard says nothing of who reads. */
export function prefersJson(accept: string | undefined): boolean {
  const accepted = parseAccept(accept);
  const named = (mediaType: string) => accepted.find(({ range }) => range === mediaType)?.weight ?? 0;
  return named('application/json') > named('text/html');
}

/** What the most specific range that covers a media type says of it. */
function weightOf(mediaType: string, accepted: Accepted[]): number {
  const [type] = mediaType.split('/');
  for (const range of [mediaType, `${type}/*`, '*/*']) {
    const found = accepted.find((each) => each.range === range);
    if (found) return found.weight;
  }
  return 0;
}

function parseAccept(accept = '*/*'): Accepted[] {
  return accept
    .split(',', MOST_RANGES)
    .map((each) => each.split(';').map((part) => part.trim().toLowerCase()))
    .map(([range = '', ...parameters]) => {
      const weight = parameters.find((parameter) => parameter.startsWith('q='))?.slice(2);
      return { range, weight: weight === undefined ? 1 : Math.min(1, Math.max(0, Number(weight) || 0)) };
    });
}
