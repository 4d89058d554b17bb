import type { RenditionRequest } from '../../shared/domain/commands.ts';
import type { ErrorCode } from '../../shared/domain/errors.ts';
import { renditionHash } from '../../shared/domain/object-key.ts';
import type { Rendition } from '../../shared/domain/rendition.ts';
import { deleteDeadLetters } from '../../shared/storage/queues/dead-letter-queue.ts';
import { sendMessage } from '../../shared/storage/queues/processing-queue.ts';
import { type FoundImage, isStored, readImage } from '../../shared/storage/table/image-table.ts';
import { requeueRendition } from '../../shared/storage/table/rendition-states.ts';
import { CommandError } from '../command-line.ts';
import type { OwnLetter } from './dead-letters.ts';
import type { TargetStack } from './target-stack.ts';

/** What one redrive shares among all images. */
export interface RedriveRun {
  stack: TargetStack;
  /** In the messages it sends, and so in the workers' log. */
  requestId: string;
  code: ErrorCode | undefined;
  /** Only images of this owner, if there is one. */
  owner: string | undefined;
  /** Messages and renditions of each that are looked at. */
  limit: number | undefined;
  /** `imageId/rendition` of all that was sent: each goes once, however many messages ask for it. */
  sent: Set<string>;
}

/** What is asked for of one image. */
export interface RedriveOrder {
  imageId: string;
  /** Renditions by name; all without. */
  names?: ReadonlySet<string>;
  /** Messages of that image that were received from the dead-letter queue. */
  letters: OwnLetter[];
}

export interface Redriven {
  imageId: string;
  renditions: string[];
  /** Those that were taken out of the dead-letter queue. */
  messageIds: string[];
}

/** A rendition that failed, as its record has it, or one that is not final, as a message asks for it. */
type Sendable = RenditionRequest & Partial<Pick<Rendition, 'status'>>;

/** Seconds from sending a message until workers see it. */
const HEAD_START_SECONDS = 2;

/**
 * Gives what is asked for of an image to the workers again, in one message, and then takes the dead letters that asked for it out of
 * their queue. Rejects with CommandError where there is nothing to do.
 */
export async function redriveImage(order: RedriveOrder, run: RedriveRun): Promise<Redriven> {
  const { imageId } = order;
  const image = await readImage(run.stack.table, imageId, { consistent: true });
  if (run.owner !== undefined && image?.record.owner !== run.owner)
    throw new CommandError(`There is no image ${imageId} of ${run.owner}.`);
  const asked = order.letters.filter(({ message }) =>
    message.renditions.some(({ name }) => isAskedFor(name, image, { ...order, ...run })),
  );
  const found = [...recorded(image, { ...order, ...run }), ...unmade(image, asked)];
  const renditions = [...new Map(found.map((rendition) => [rendition.name, rendition])).values()].filter(
    ({ name }) => !run.sent.has(`${imageId}/${name}`),
  );
  if (renditions.length === 0 && asked.length === 0) throw new CommandError(reasonOf(image, order));
  if (renditions.length > 0) await send(imageId, renditions, run);
  const letters = asked.map(({ letter }) => letter);
  await deleteDeadLetters(run.stack.deadLetters, letters);
  return {
    imageId,
    renditions: renditions.map(({ name }) => name),
    messageIds: letters.map(({ messageId }) => messageId),
  };
}

const knownOf = (image: FoundImage | undefined, name: string): Rendition | undefined =>
  image?.renditions.find((rendition) => rendition.name === name);

const isAskedFor = (name: string, image: FoundImage | undefined, { names, code }: RedriveOrder & RedriveRun): boolean =>
  (!names || names.has(name)) && (!code || knownOf(image, name)?.failure?.code === code);

/** What failed; and what is queued, if it was named: whoever queued it may have died before there was a message. */
const recorded = (image: FoundImage | undefined, wish: RedriveOrder & RedriveRun): Sendable[] =>
  (image?.renditions ?? []).filter(
    ({ name, status }) =>
      (status === 'failed' || (status === 'queued' && wish.names?.has(name))) && isAskedFor(name, image, wish),
  );

/** What the messages ask for and is neither final nor another pipeline's by now: without its message nobody would make it. */
const unmade = (image: FoundImage | undefined, letters: OwnLetter[]): Sendable[] =>
  letters
    .flatMap(({ message }) => message.renditions)
    .filter((request) => {
      const known = knownOf(image, request.name);
      if (!isStored(image) || !known) return true;
      const hash = (pipeline: RenditionRequest) => renditionHash(image.record.checksumSha256, pipeline);
      return (known.status === 'queued' || known.status === 'processing') && hash(known) === hash(request);
    });

/**
 * The message goes first: if it is refused, or this process dies, what failed is failed still and found again. A worker leaves failed
 * renditions alone, so it sees the message only when they have been put back; if that took long, it may have seen it before.
 */
async function send(imageId: string, renditions: Sendable[], { stack, requestId, sent }: RedriveRun): Promise<void> {
  const requests = renditions.map(({ name, commands, output }) => ({ name, commands, output }));
  const message = { imageId, requestId, renditions: requests };
  const begun = Date.now();
  await sendMessage(stack.queue, message, HEAD_START_SECONDS);
  const failed = renditions.filter(({ status }) => status === 'failed');
  await Promise.all(
    failed.map((rendition) => requeueRendition(stack.table, { imageId, name: rendition.name }, rendition)),
  );
  if (Date.now() - begun > (HEAD_START_SECONDS * 1000) / 2) await sendMessage(stack.queue, message);
  for (const { name } of renditions) sent.add(`${imageId}/${name}`);
}

function reasonOf(image: FoundImage | undefined, { imageId, names }: RedriveOrder): string {
  if (!image) return `There is no image ${imageId}.`;
  if (image.record.status === 'deleted') return `The image ${imageId} was deleted.`;
  if (!names) return `The image ${imageId} has no rendition that failed, or not with that code.`;
  const found = [...names].map((name) => {
    const known = knownOf(image, name);
    return known
      ? `${name} is ${known.status}${known.failure ? ` with ${known.failure.code}` : ''}`
      : `it has no ${name}`;
  });
  return `There is nothing to redrive of the image ${imageId}: ${found.join(', ')}.`;
}
