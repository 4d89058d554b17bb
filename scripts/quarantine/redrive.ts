import pMap from 'p-map';
import {
  type DeadLetter,
  receiveDeadLetters,
  releaseDeadLetters,
} from '../../shared/storage/queues/dead-letter-queue.ts';
import { listFailedRenditions } from '../../shared/storage/table/failed-renditions.ts';
import { CommandError } from '../command-line.ts';
import { type ForeignLetter, type OwnLetter, sortLetters } from './dead-letters.ts';
import { CONCURRENCY } from './find-quarantined.ts';
import type { Target } from './options.ts';
import { type Redriven, type RedriveOrder, type RedriveRun, redriveImage } from './redrive-image.ts';

/** Told of everything as it happens. */
export interface Observer {
  redriven(what: Redriven): void;
  /** In one sentence, what could not be redriven. */
  refused(imageId: string, reason: string): void;
  /** Left in the dead-letter queue, because no worker can make anything of it. */
  left(letter: ForeignLetter): void;
}

/** Dead letters in hand at a time: few enough to be done with before they are visible again. */
const CHUNK = 100;

/** Dead letters that are looked through for those of the images that were named. */
const SEARCHED = 1000;

/** Redrives what is named, with the dead letters that ask for it. */
export async function redriveTargets(targets: Target[], run: RedriveRun, observer: Observer): Promise<void> {
  const { deadLetters } = run.stack;
  const letters = await receiveDeadLetters(deadLetters, run.limit ?? SEARCHED);
  const { own } = sortLetters(letters);
  const taken = new Set<string>();
  try {
    for (const { imageId, name } of withoutRepetitions(targets)) {
      const ofImage = own.filter(({ message, letter }) => message.imageId === imageId && !taken.has(letter.messageId));
      const redriven = await tryImage(
        { imageId, letters: ofImage, ...(name && { names: new Set([name]) }) },
        run,
        observer,
      );
      for (const messageId of redriven?.messageIds ?? []) taken.add(messageId);
    }
  } finally {
    await releaseDeadLetters(
      deadLetters,
      letters.filter(({ messageId }) => !taken.has(messageId)),
    );
  }
}

/** Each once; renditions of an image that is named whole are in there. */
function withoutRepetitions(targets: Target[]): Target[] {
  const whole = new Set(targets.filter(({ name }) => !name).map(({ imageId }) => imageId));
  const each = new Map(targets.map((target) => [`${target.imageId}/${target.name ?? ''}`, target]));
  return [...each.values()].filter(({ imageId, name }) => !name || !whole.has(imageId));
}

/** Redrives every dead letter and every failed rendition, or as many of each as the limit says. */
export async function redriveAll(run: RedriveRun, reporter: Observer): Promise<void> {
  // Nothing named it: where there is nothing to redrive by now, or not with that code, nothing is refused.
  const observer = { ...reporter, refused: () => undefined };
  const limit = run.limit ?? Number.POSITIVE_INFINITY;
  await redriveLetters({ ...run, limit }, observer);
  const { failed } = await listFailedRenditions(run.stack.table, { code: run.code, limit });
  // An index is behind its table: what has just been sent may still be in it.
  const unsent = failed.filter(({ imageId, rendition }) => !run.sent.has(`${imageId}/${rendition.name}`));
  const orders = Map.groupBy(unsent, ({ imageId }) => imageId)
    .entries()
    .map(([imageId, of]) => ({ imageId, letters: [], names: new Set(of.map(({ rendition }) => rendition.name)) }));
  await pMap(orders, (order) => tryImage(order, run, observer), { concurrency: CONCURRENCY });
}

async function redriveLetters(run: RedriveRun & { limit: number }, observer: Observer): Promise<void> {
  const { deadLetters } = run.stack;
  const kept = new Map<string, DeadLetter>();
  const seen = new Set<string>();
  try {
    for (;;) {
      const letters = await receiveDeadLetters(deadLetters, Math.min(CHUNK, run.limit - seen.size), seen);
      if (letters.length === 0) break;
      for (const letter of letters) {
        seen.add(letter.messageId);
        kept.set(letter.messageId, letter);
      }
      const { own, foreign } = sortLetters(letters);
      for (const letter of foreign) if (!run.code && run.owner === undefined) observer.left(letter);
      const redriven = await pMap(ordersFor(own), (order) => tryImage(order, run, observer), {
        concurrency: CONCURRENCY,
      });
      for (const messageId of redriven.flatMap((of) => of?.messageIds ?? [])) kept.delete(messageId);
    }
  } finally {
    await releaseDeadLetters(deadLetters, [...kept.values()]);
  }
}

const ordersFor = (own: OwnLetter[]): RedriveOrder[] =>
  [...Map.groupBy(own, ({ message }) => message.imageId)].map(([imageId, letters]) => ({
    imageId,
    letters,
    names: new Set(letters.flatMap(({ message }) => message.renditions.map(({ name }) => name))),
  }));

async function tryImage(order: RedriveOrder, run: RedriveRun, observer: Observer): Promise<Redriven | undefined> {
  try {
    const redriven = await redriveImage(order, run);
    observer.redriven(redriven);
    return redriven;
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    observer.refused(order.imageId, error.message);
    return undefined;
  }
}
