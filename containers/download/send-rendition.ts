import type { Request, ResponseObject, ResponseToolkit } from '@hapi/hapi';
import { hasCode, ImageServiceError } from '../../shared/domain/errors.ts';
import type { ImageRecord } from '../../shared/domain/image-record.ts';
import { fileOfKey, isBelowRenditionsOf } from '../../shared/domain/object-key.ts';
import type { Rendition, RenditionFacts } from '../../shared/domain/rendition.ts';
import { requestId } from '../../shared/http/request-id.ts';
import { noteError } from '../../shared/http/request-log.ts';
import type { EconomyMode } from '../../shared/services/economy-mode.ts';
import { damagedRecordError, type Image, type ImageTable } from '../../shared/storage/table/image-table.ts';
import { type CachePolicy, visibilityOf } from './cache-control.ts';
import { renditionFileName } from './download-file-name.ts';
import { type ImageAccess, mayHaveRendition } from './image-access.ts';
import type { PreferWait } from './prefer-wait.ts';
import type { RenditionRequests } from './rendition-requests.ts';
import { type ObjectDependencies, type SentObject, sendObject } from './send-object.ts';

export interface RenditionDependencies extends ObjectDependencies, ImageAccess {
  table: ImageTable;
  renditionRequests: RenditionRequests;
  economyMode: EconomyMode;
}

/** A request for a rendition, with the image as it was last read. */
export interface RenditionContext {
  request: Request;
  h: ResponseToolkit;
  image: Image;
  preferWait: PreferWait;
}

/** Which rendition to send, and how. */
interface Choice {
  name: string;
  policy: CachePolicy;
  vary?: string | undefined;
  /** The file that the URL names, if it names one: a rendition with another file is not sent. */
  file?: string;
  /** Whether a rendition whose object is gone is made again, which is the rule. */
  remakes?: boolean;
  /** Whether there is another to send instead of one that the caller may not have, so that this is no error. */
  isOptional?: boolean;
}

/** Finds a rendition by its name, and throws `rendition_not_found` if the image has none of that name. */
export function findRendition(image: Image, name: string): Rendition {
  const rendition = image.renditions.find((candidate) => candidate.name === name);
  if (rendition) return rendition;
  throw renditionNotFound(image, name);
}

/** Finds a rendition whose bytes the caller may have. To others one that is private where its image is public is as good as absent. */
export function findVisibleRendition(
  { request, image }: Pick<RenditionContext, 'request' | 'image'>,
  { name, file }: Pick<Choice, 'name' | 'file'>,
  { signedUrls }: ImageAccess,
): Rendition {
  const rendition = visibleRendition({ request, image }, name, { signedUrls });
  if (rendition) return rendition;
  throw file === undefined ? renditionNotFound(image, name) : fileNotFound(image.record.imageId, file);
}

function visibleRendition(
  { request, image: { record, renditions } }: Pick<RenditionContext, 'request' | 'image'>,
  name: string,
  access: ImageAccess,
): Rendition | undefined {
  const rendition = renditions.find((candidate) => candidate.name === name);
  return rendition && mayHaveRendition(request, { record, rendition }, access) ? rendition : undefined;
}

const renditionNotFound = ({ record }: Image, name: string): ImageServiceError =>
  new ImageServiceError('rendition_not_found', `The image ${record.imageId} has no rendition ${name}.`);

export const fileNotFound = (imageId: string, file: string): ImageServiceError =>
  new ImageServiceError('file_not_found', `The image ${imageId} has no file ${file}.`);

/** The response, if the rendition has bytes, and the image as it was last read on the way. */
interface SentRendition {
  response?: ResponseObject;
  image: Image;
  /** It is there, but not for the caller. */
  isHidden?: true;
}

/**
 * Sends a rendition once it is ready, which the client may wait for. There is no response if the rendition is not ready, or has failed. It is made
 * again if its object is damaged, or was removed by a lifecycle rule, unless the choice says otherwise.
 */
export async function sendRendition(
  { request, h, preferWait, image }: RenditionContext,
  choice: Choice,
  { objects, stalledMs, renditionRequests, signedUrls }: RenditionDependencies,
): Promise<SentRendition> {
  const { name, file, remakes = true } = choice;
  let latest = image;
  for (;;) {
    latest = await preferWait.untilFinal(latest, name);
    const { imageId } = latest.record;
    // Whether a rendition is private is known when it is ready, and what was public when the wait began may be private now.
    const visible = visibleRendition({ request, image: latest }, name, { signedUrls });
    if (!visible && choice.isOptional) return { image: latest, isHidden: true };
    const rendition = visible ?? findVisibleRendition({ request, image: latest }, choice, { signedUrls });
    const { facts } = rendition;
    if (!facts) return { image: latest };
    if (isBelowRenditionsOf(imageId, facts.key)) {
      // A rendition that was made again by a newer pipeline has another hash.
      if (file !== undefined && fileOfKey(facts.key) !== file) throw fileNotFound(imageId, file);
      try {
        const object = renditionObject(latest.record, { ...rendition, facts }, choice);
        return { response: await sendObject(request, h, { objects, stalledMs, object }), image: latest };
      } catch (error) {
        if (hasCode(error, 'object_damaged')) noteError(request, error as Error);
        else if (!hasCode(error, 'object_missing')) throw error;
      }
    } else {
      // The object may belong to another image, so it is not sent, whatever it is.
      noteError(request, damagedRecordError(`The record of the rendition ${name} of ${imageId}`, ['facts.key']));
    }
    if (!remakes) return { image: latest };
    latest = await renditionRequests.remake(latest, rendition, requestId(request));
  }
}

function renditionObject(
  record: ImageRecord,
  { facts, isPrivate, updatedAt }: Rendition & { facts: RenditionFacts },
  { name, policy, vary }: Choice,
): SentObject {
  const [shortName = name] = name.split('.');
  const [, extension] = fileOfKey(facts.key).split('.');
  return {
    ...facts,
    lastModified: new Date(updatedAt),
    visibility: visibilityOf(record, { isPrivate }),
    policy,
    fileName: record.fileName && renditionFileName(record.fileName, shortName),
    fallbackName: `${record.imageId}-${shortName}.${extension}`,
    vary,
  };
}
