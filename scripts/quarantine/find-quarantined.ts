import pMap from 'p-map';
import { renditionView } from '../../shared/contracts/api/image-view.ts';
import type { ErrorCode, Failure } from '../../shared/domain/errors.ts';
import type { RenditionStatus } from '../../shared/domain/rendition.ts';
import { countDeadLetters, type DeadLetter, peekDeadLetters } from '../../shared/storage/queues/dead-letter-queue.ts';
import { listFailedRenditions } from '../../shared/storage/table/failed-renditions.ts';
import { type FoundImage, readImageIfValid } from '../../shared/storage/table/image-table.ts';
import { type ForeignLetter, type OwnLetter, sortLetters } from './dead-letters.ts';
import { MOST } from './options.ts';
import type { TargetStack } from './target-stack.ts';

/** Images that are read at the same time. */
export const CONCURRENCY = 8;

/** A rendition as a dead letter asks for it, and what became of it. */
interface RequestedRendition {
  name: string;
  /** `absent`: the image has none of that name. */
  status: RenditionStatus | 'absent';
  failure?: Failure;
}

/** A message in the dead-letter queue; without an image if it is none of ours. */
export interface QuarantinedLetter extends Omit<DeadLetter, 'receiptHandle'> {
  imageId?: string;
  /** Whose image it is, if there is a record that says so. */
  owner?: string;
  requestId?: string;
  renditions?: RequestedRendition[];
  /** Why it is of no use, in a sentence; absent where the renditions say it. */
  reason?: string;
}

export interface Quarantined {
  failedRenditions: ({ imageId: string; owner?: string } & ReturnType<typeof renditionView>)[];
  /** More renditions failed than were asked for. */
  isTruncated: boolean;
  deadLetters: QuarantinedLetter[];
  /** Approximate, as SQS tells it, of the whole dead-letter queue: what waits, and what somebody has in hand. */
  deadLetterCount: { waiting: number; held: number };
}

/** What failed for good, with reasons: the newest renditions, and a sample of the dead letters where there are more than `limit`. */
export async function findQuarantined(
  { table, deadLetters }: TargetStack,
  { code, owner, limit }: { code: ErrorCode | undefined; owner?: string | undefined; limit: number },
): Promise<Quarantined> {
  const deadLetterCount = await countDeadLetters(deadLetters);
  // The index does not know owners, so what belongs to one is looked for among as much as one run may look at.
  const searched = owner === undefined ? limit : MOST;
  const [{ failed, isTruncated }, letters] = await Promise.all([
    listFailedRenditions(table, { code, limit: searched }),
    peekDeadLetters(deadLetters, searched),
  ]);
  const { own, foreign } = sortLetters(letters);
  const ids = [...new Set([...failed.map(({ imageId }) => imageId), ...own.map(({ message }) => message.imageId)])];
  const images = await pMap(ids, (imageId) => readImageIfValid(table, imageId, { consistent: true }), {
    concurrency: CONCURRENCY,
  });
  const known = new Map(ids.map((imageId, index) => [imageId, images[index]]));
  const isMeant = (imageId: string) => owner === undefined || known.get(imageId)?.record.owner === owner;
  const meant = failed.filter(({ imageId }) => isMeant(imageId));
  const described = own
    .filter(({ message }) => isMeant(message.imageId))
    .map((letter) => describeOwn(letter, known.get(letter.message.imageId)));
  return {
    failedRenditions: meant.slice(0, limit).map(({ imageId, rendition }) => ({
      ...{ imageId, ...ownerOf(known.get(imageId)) },
      ...renditionView(imageId, rendition),
    })),
    isTruncated: isTruncated || meant.length > limit,
    deadLetters: [
      ...described.filter((letter) => !code || hasFailed(letter, code)),
      ...(code || owner !== undefined ? [] : foreign.map(describeForeign)),
    ].slice(0, limit),
    deadLetterCount,
  };
}

const ownerOf = (image: FoundImage | undefined): { owner?: string } => (image ? { owner: image.record.owner } : {});

function describeOwn({ letter, message }: OwnLetter, image: FoundImage | undefined): QuarantinedLetter {
  const { receiptHandle: _handle, ...facts } = letter;
  const { imageId, requestId } = message;
  const renditions = message.renditions.map(({ name }): RequestedRendition => {
    const known = image?.renditions.find((rendition) => rendition.name === name);
    return { name, status: known?.status ?? 'absent', ...(known?.failure && { failure: known.failure }) };
  });
  const reason = reasonOf(image);
  return { ...facts, imageId, ...ownerOf(image), requestId, renditions, ...(reason && { reason }) };
}

function reasonOf(image: FoundImage | undefined): string | undefined {
  if (!image)
    return 'There is no such image, and whoever uploaded it was not told that it is stored; or its record is damaged, which npm run verify tells.';
  return image.record.status === 'deleted' ? 'The image was deleted.' : undefined;
}

const describeForeign = ({ letter, reason }: ForeignLetter): QuarantinedLetter => {
  const { receiptHandle: _handle, ...facts } = letter;
  return { ...facts, reason };
};

const hasFailed = ({ renditions = [] }: QuarantinedLetter, code: ErrorCode): boolean =>
  renditions.some(({ failure }) => failure?.code === code);
