import type { RenditionRequest } from '../../shared/domain/commands.ts';
import { hasCode } from '../../shared/domain/errors.ts';
import { FORMAT_OF_EXTENSION, IMAGE_FORMATS } from '../../shared/domain/formats/image-format.ts';
import type { Rendition } from '../../shared/domain/rendition.ts';
import { variantOf } from '../../shared/domain/variant.ts';
import { requestId } from '../../shared/http/request-id.ts';
import { noteError } from '../../shared/http/request-log.ts';
import type { Handler } from '../../shared/http/server.ts';
import { checkImageAccess } from './image-access.ts';
import type { ImageCache } from './image-cache.ts';
import { negotiateFormat } from './negotiate.ts';
import type { NotModifiedCache } from './not-modified-cache.ts';
import { readPreferWait } from './prefer-wait.ts';
import {
  findRendition,
  type RenditionContext,
  type RenditionDependencies,
  sendRendition,
  sendRenditionStatus,
} from './send-rendition.ts';

/**
 * `GET /v1/images/{imageId}/renditions/{rendition}`. One of the format `auto` comes in the best format that the client takes; until
 * that is made, in the one that the worker chose.
 */
export const getRendition =
  (dependencies: RenditionDependencies & { imageCache: ImageCache; notModifiedCache: NotModifiedCache }): Handler =>
  async (request, h) => {
    const { table, imageCache, renditionRequests, notModifiedCache } = dependencies;
    const [name = '', extension] = String(request.params.rendition).split('.');
    const preferWait = readPreferWait(request, table);
    const known = await imageCache.read(String(request.params.imageId), ({ renditions }) => isReady(renditions, name));
    const read = checkImageAccess(request, known, dependencies);
    findRendition(read, name);
    const asked: RenditionContext = { request, h, preferWait, image: await preferWait.untilFinal(read, name) };
    const rendition = findRendition(asked.image, name);
    // Where the path says it, the header counts for nothing: so a cache that knows only paths keeps the formats apart.
    const accept = extension ? acceptOf(extension) : request.raw.req.headers.accept;
    const vary = rendition.output.format === 'auto' && !extension ? 'accept' : undefined;
    const variant = variantFor(rendition, accept);
    const made = variant && (await requestVariant(asked, variant, renditionRequests));
    const sent = made && (await sendRendition(asked, { name: made.name, policy: 'named', vary }, dependencies));
    if (sent) return sent;
    const isBetterToCome = variant && made?.status !== 'failed';
    const policy = isBetterToCome ? 'interim' : 'named';
    const response = await sendRendition(asked, { name, policy, vary }, dependencies);
    if (!response) return sendRenditionStatus(asked, name);
    if (!isBetterToCome) notModifiedCache.remember(request, response, asked.image);
    return response;
  };

/** The header that an extension stands for. Who takes AVIF takes WebP, which an animation comes in. */
function acceptOf(extension: string): string | undefined {
  const format = FORMAT_OF_EXTENSION.get(extension);
  if (format === 'avif') return `${IMAGE_FORMATS.avif.mediaType}, ${IMAGE_FORMATS.webp.mediaType};q=0.9`;
  return format && IMAGE_FORMATS[format].mediaType;
}

/** Of one that is not there, or failed, what is known may be behind what the client knows. */
const isReady = (renditions: Rendition[], name: string): boolean =>
  renditions.some((each) => each.name === name && each.facts);

/** The variant as it is then; undefined where it cannot be asked for now. What is there can be served without a queue. */
async function requestVariant(
  asked: RenditionContext,
  variant: RenditionRequest,
  renditionRequests: RenditionDependencies['renditionRequests'],
): Promise<Rendition | undefined> {
  try {
    asked.image = await renditionRequests.make(asked.image, variant, requestId(asked.request));
  } catch (error) {
    if (!hasCode(error, 'service_unavailable')) throw error;
    noteError(asked.request, error as Error);
  }
  return asked.image.renditions.find(({ name }) => name === variant.name);
}

/** In what other format the client had better get a rendition; undefined where it is the one. */
function variantFor(rendition: Rendition, accept: string | undefined): RenditionRequest | undefined {
  const { output, facts } = rendition;
  const format = output.format === 'auto' && facts ? negotiateFormat(accept, facts) : undefined;
  return format && variantOf(rendition, format);
}
