import { imageView } from '../../shared/contracts/api/image-view.ts';
import { QUEUE_TIMING } from '../../shared/contracts/queue-timing.ts';
import type { RenditionRequest } from '../../shared/domain/commands.ts';
import { askedFor, economised } from '../../shared/domain/economy-mode.ts';
import { ImageServiceError } from '../../shared/domain/errors.ts';
import { renditionHash } from '../../shared/domain/object-key.ts';
import { queuedRendition, type Rendition, type SettledRequest } from '../../shared/domain/rendition.ts';
import { isVariant } from '../../shared/domain/variant.ts';
import { ownerOf } from '../../shared/http/authentication.ts';
import { requestId } from '../../shared/http/request-id.ts';
import type { Handler } from '../../shared/http/server.ts';
import { sendMessage } from '../../shared/storage/queues/processing-queue.ts';
import { isConditionFailed } from '../../shared/storage/table/conditional-write.ts';
import type { Image } from '../../shared/storage/table/image-table.ts';
import { addRendition } from '../../shared/storage/table/image-writes.ts';
import { requeueRendition } from '../../shared/storage/table/rendition-states.ts';
import { readOwnImage } from './image-access.ts';
import type { UploadDependencies } from './store-image.ts';

type Dependencies = Pick<UploadDependencies, 'table' | 'queue' | 'economyMode' | 'limits' | 'checkTransformations'>;

/** How often the image is read and the decision taken again when somebody else asks for the same names at the same time. */
const TRIES = 3;

/** `POST /v1/images/{imageId}/renditions` */
export const requestRenditions =
  (dependencies: Dependencies): Handler =>
  async (request, h) => {
    const { renditions: requests } = request.payload as { renditions: RenditionRequest[] };
    dependencies.limits.checkRenditions(requests.length);
    dependencies.checkTransformations(requests);
    await dependencies.limits.checkOwner(ownerOf(request));
    for (let attempt = 1; ; attempt += 1) {
      const image = await readOwnImage(dependencies.table, request, { consistent: true });
      try {
        const renditions = await queueRenditions(image, requests, requestId(request), dependencies);
        return h.response(imageView(image.record, renditions)).code(202).header('cache-control', 'no-store');
      } catch (error) {
        if (!isConditionFailed(error) || attempt === TRIES) throw error;
      }
    }
  };

/**
 * Requeues failed renditions first, then sends the message, then writes the new renditions: a worker that meets a failed rendition leaves it,
 * while it waits for one whose record is not there yet. Returns all renditions of the image as they are then.
 */
async function queueRenditions(
  image: Image,
  asked: RenditionRequest[],
  requestId: string,
  { table, queue, economyMode, limits }: Dependencies,
): Promise<Rendition[]> {
  const { imageId } = image.record;
  const known = new Map(image.renditions.map((rendition) => [rendition.name, rendition]));
  checkConflicts(image, known, asked);
  checkCount(known, asked, limits.values.renditionsPerImage);
  const now = new Date();
  const settle = settlementOf(known, economyMode.isOn());
  const requests = asked.map(settle);
  const status = ({ name }: RenditionRequest) => known.get(name)?.status;
  const unmade = requests.filter((request) => [undefined, 'failed'].includes(status(request)));
  const added = requests
    .filter((request) => !known.has(request.name))
    .map((request, index) => queuedRendition(request, now, index));
  // A rendition that is still queued is sent once more, in case the request that queued it died before it sent the message. So is one whose
  // worker must be long gone, in case its message was lost.
  const waiting = requests.filter(
    (request) => [undefined, 'failed', 'queued'].includes(status(request)) || isForgotten(known.get(request.name), now),
  );
  const counted = await limits.takeRenditions(image.record.owner, unmade.length);
  const again = await Promise.all(
    requests
      .filter((request) => status(request) === 'failed')
      .map((request) => requeueRendition(table, { imageId, name: request.name }, request)),
  );
  if (waiting.length > 0)
    await sendMessage(queue, { imageId, requestId, renditions: waiting }).catch(async (error: unknown) => {
      // Those that had failed are queued again by now: the next request for them sends them and does not count them.
      await counted.giveBack(added.length);
      throw error;
    });
  await Promise.all(added.map((rendition) => addRendition(table, imageId, rendition)));
  return merge(image.renditions, [...again, ...added]);
}

/** How a rendition is to be made: one that is waited for as it was settled then, and any other as it is settled now. */
const settlementOf =
  (known: Map<string, Rendition>, isEconomyMode: boolean) =>
  (request: RenditionRequest): SettledRequest => {
    const existing = known.get(request.name);
    if (existing && existing.status !== 'failed') return existing;
    return isEconomyMode ? economised(request) : request;
  };

/** Whether a rendition has been `processing` for longer than any message may be held, so that nobody works on it any more. */
const isForgotten = (rendition: Rendition | undefined, now: Date): boolean =>
  rendition?.status === 'processing' &&
  now.getTime() - Date.parse(rendition.updatedAt) > QUEUE_TIMING.messageTimeoutSeconds * 1000;

function checkConflicts({ record }: Image, known: Map<string, Rendition>, requests: RenditionRequest[]): void {
  const hash = (pipeline: RenditionRequest) => renditionHash(record.checksumSha256, pipeline);
  requests.forEach((request, index) => {
    const existing = known.get(request.name);
    if (!existing || hash(askedFor(existing)) === hash(request)) return;
    const message = `${request.name} exists with other commands or output; choose another name`;
    throw new ImageServiceError('rendition_conflict', `renditions[${index}]: ${message}.`, {
      errors: [{ path: `renditions[${index}]`, message }],
    });
  });
}

function checkCount(known: Map<string, Rendition>, requests: RenditionRequest[], limit: number): void {
  const own = [...known.values()].filter((rendition) => !isVariant(rendition));
  const actual = own.length + requests.filter(({ name }) => !known.has(name)).length;
  if (actual <= limit) return;
  const detail = `The image would have ${actual} renditions, and ${limit} may be. Upload the image again to have others made.`;
  throw new ImageServiceError('too_many_renditions', detail, { limit, actual, unit: 'renditions' });
}

function merge(before: Rendition[], changed: (Rendition | undefined)[]): Rendition[] {
  const after = new Map(before.map((rendition) => [rendition.name, rendition]));
  for (const rendition of changed) if (rendition) after.set(rendition.name, rendition);
  return [...after.values()];
}
