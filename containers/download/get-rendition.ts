import type { RenditionRequest } from '../../shared/domain/commands.ts';
import { hasCode } from '../../shared/domain/errors.ts';
import { FORMAT_OF_EXTENSION, IMAGE_FORMATS } from '../../shared/domain/formats/image-format.ts';
import type { Rendition } from '../../shared/domain/rendition.ts';
import { VARIANT_FORMATS, type VariantFormat, variantOf } from '../../shared/domain/variant.ts';
import { requestId } from '../../shared/http/request-id.ts';
import { noteError } from '../../shared/http/request-log.ts';
import type { Handler } from '../../shared/http/server.ts';
import type { Image } from '../../shared/storage/table/image-table.ts';
import { checkImageAccess, mayHaveCached } from './image-access.ts';
import type { ImageCache } from './image-cache.ts';
import { negotiateFormat } from './negotiate.ts';
import type { NotModifiedCache } from './not-modified-cache.ts';
import { readPreferWait } from './prefer-wait.ts';
import {
  findVisibleRendition,
  type RenditionContext,
  type RenditionDependencies,
  sendRendition,
} from './send-rendition.ts';
import { sendRenditionStatus } from './send-rendition-status.ts';

type Dependencies = RenditionDependencies & {
  imageCache: ImageCache;
  notModifiedCache: NotModifiedCache;
  /** The formats of variants that this deployment makes. */
  variantFormats: readonly VariantFormat[];
};

/**
 * `GET /v1/images/{imageId}/renditions/{rendition}`. A rendition of the format `auto` is sent in the best format that the client accepts, and in
 * the format that the worker chose until that one is made. In economy mode, and in formats that this deployment does not make, none is made for it,
 * but those that exist are sent.
 */
export const getRendition =
  (dependencies: Dependencies): Handler =>
  async (request, h) => {
    const { table, imageCache, renditionRequests, notModifiedCache, economyMode, signedUrls, variantFormats } =
      dependencies;
    const formats = economyMode.isOn() ? [] : variantFormats;
    const [name = '', extension] = String(request.params.rendition).split('.');
    const preferWait = readPreferWait(request, table);
    const found = await imageCache.read(
      String(request.params.imageId),
      (cached) => isReady(cached.renditions, name) && mayHaveCached(request, cached, { signedUrls }),
    );
    const image = await checkImageAccess(request, found, { need: 'bytes', signedUrls });
    findVisibleRendition({ request, image }, { name }, dependencies);
    const context: RenditionContext = { request, h, preferWait, image: await preferWait.untilFinal(image, name) };
    const rendition = findVisibleRendition(context, { name }, dependencies);
    // An extension in the path overrides the header, so that a cache that knows only paths keeps the formats apart.
    const accept = extension ? acceptOf(extension) : request.raw.req.headers.accept;
    const vary = rendition.output.format === 'auto' && !extension ? 'accept' : undefined;
    const variant = variantFor(
      rendition,
      accept,
      VARIANT_FORMATS.filter((format) => formats.includes(format) || isMade(context.image, rendition, format)),
    );
    const isStillMade = variant !== undefined && formats.some((format) => format === variant.output.format);
    const latest = variant ? await requestVariant(context, variant, renditionRequests) : context.image;
    const made = variant && latest.renditions.find((each) => each.name === variant.name);
    const first =
      made &&
      (await sendRendition(
        { ...context, image: latest },
        { name: made.name, policy: 'named', vary, remakes: isStillMade, isOptional: true },
        dependencies,
      ));
    if (first?.response) return first.response;
    // A variant is private where a watermark has become so since the rendition was made, which may still be had.
    const isBetterToCome = isStillMade && made?.status !== 'failed' && !first?.isHidden;
    const sent = await sendRendition(
      { ...context, image: first?.image ?? latest },
      { name, policy: isBetterToCome ? 'interim' : 'named', vary },
      dependencies,
    );
    if (!sent.response) return sendRenditionStatus({ ...context, image: sent.image }, name);
    if (!isBetterToCome) notModifiedCache.remember(request, sent.response, sent.image);
    return sent.response;
  };

/** The Accept header that an extension stands for. A client that accepts AVIF accepts WebP too, which is the format of animations. */
function acceptOf(extension: string): string | undefined {
  const format = FORMAT_OF_EXTENSION.get(extension);
  if (format === 'avif') return `${IMAGE_FORMATS.avif.mediaType}, ${IMAGE_FORMATS.webp.mediaType};q=0.9`;
  return format && IMAGE_FORMATS[format].mediaType;
}

/** The cache may be older than what the client knows, for renditions that are missing or failed. */
const isReady = (renditions: Rendition[], name: string): boolean =>
  renditions.some((each) => each.name === name && each.facts);

/** The image with the variant, or as it was if the variant cannot be requested now: what is stored can be served without a queue. */
async function requestVariant(
  { request, image }: RenditionContext,
  variant: RenditionRequest,
  renditionRequests: RenditionDependencies['renditionRequests'],
): Promise<Image> {
  try {
    return await renditionRequests.make(image, variant, requestId(request));
  } catch (error) {
    // Whoever downloads the image has not used up what its owner may have made.
    if (USED_UP.some((code) => hasCode(error, code))) return image;
    if (!hasCode(error, 'service_unavailable')) throw error;
    noteError(request, error as Error);
    return image;
  }
}

const USED_UP = ['rendition_quota_reached', 'processing_quota_reached'] as const;

/** Whether a rendition exists in a format beside its own. */
const isMade = ({ renditions }: Image, rendition: Rendition, format: VariantFormat): boolean =>
  isReady(renditions, variantOf(rendition, format).name);

/** The variant in which the client should get a rendition; undefined if the rendition itself is best. */
function variantFor(
  rendition: Rendition,
  accept: string | undefined,
  formats: readonly VariantFormat[],
): RenditionRequest | undefined {
  const { output, facts } = rendition;
  const format = output.format === 'auto' && facts ? negotiateFormat(accept, facts, formats) : undefined;
  return format && variantOf(rendition, format);
}
