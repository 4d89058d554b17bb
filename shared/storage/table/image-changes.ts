import { isForEverybody } from '../../domain/access.ts';
import { pick } from '../../domain/attributes.ts';
import type { ImageRecord } from '../../domain/image-record.ts';
import { updateItem } from './conditional-write.ts';
import { type ImageTable, type Item, recordFromItem, recordKey } from './image-table.ts';
import { OWED_NAMES, owedBy, owes } from './owed-work.ts';

/** What can be changed of an image. An attribute that is there and undefined is removed. */
export type ImageChange = {
  [Name in 'visibility' | 'watermarkFor' | 'moderation' | 'moderationReason']?: ImageRecord[Name] | undefined;
};

/** What nobody may have changed since the record was read. Each write of others changes one of them, if it concerns what is written here. */
const AS_READ = ['changedAt', 'invalidationId', 'moderatorToldAt'] as const satisfies (keyof ImageRecord)[];

/**
 * Changes an image in one conditional write, together with what that makes it owe: a purge if it was for everybody until now and a CDN may have
 * copies, and that whoever decides is told of it if it is pending from now on. Resolves to the record as it is then, which is the one that was read if
 * nothing changes; undefined if somebody else has changed or deleted the image since.
 */
export async function changeImageRecord(
  table: ImageTable,
  read: ImageRecord,
  { change, hasCdn }: { change: ImageChange; hasCdn: boolean },
): Promise<ImageRecord | undefined> {
  const names = Object.keys(change) as (keyof ImageChange)[];
  if (names.every((name) => change[name] === read[name])) return read;
  const after = changed(read, change, hasCdn);
  const known = AS_READ.filter((name) => read[name] !== undefined);
  const before: Item = { ...read };
  const item = await updateItem(table, {
    key: recordKey(read.imageId),
    set: { ...differences(before, { ...after }), ...newlyOwed(read, after) },
    remove: [
      ...Object.keys(before).filter((name) => after[name as keyof ImageRecord] === undefined),
      ...(owedBy(read) && !owedBy(after) ? OWED_NAMES : []),
    ],
    condition: [
      '#status = :stored',
      ...AS_READ.map((name) => (known.includes(name) ? `#${name} = :read_${name}` : `attribute_not_exists(#${name})`)),
    ].join(' AND '),
    names: ['status', ...AS_READ],
    values: { ':stored': 'stored', ...Object.fromEntries(known.map((name) => [`:read_${name}`, read[name]])) },
    returnValues: 'ALL_NEW',
  });
  return item && recordFromItem(item);
}

function changed(read: ImageRecord, change: ImageChange, hasCdn: boolean): ImageRecord {
  // Later than the change before, whatever the clocks of two services say: the time tells the versions of the record apart.
  const changedAt = new Date(Math.max(Date.now(), Date.parse(read.changedAt ?? read.createdAt) + 1)).toISOString();
  const { moderatorToldAt, purgeId: _purge, invalidationId: _accepted, ...kept } = read;
  const after = { ...kept, ...change, changedAt } as ImageRecord & { changedAt: string };
  // An image that comes to wait is a new one to whoever decides.
  const isTold = moderatorToldAt && read.moderation === 'pending' && after.moderation === 'pending';
  return { ...after, ...(isTold && { moderatorToldAt }), ...purgeAfter(read, after, hasCdn) };
}

/** What is kept of purges: nothing of an image that is for everybody, whose copies are right; a new one if it was until now. */
function purgeAfter(
  read: ImageRecord,
  after: ImageRecord & { changedAt: string },
  hasCdn: boolean,
): Pick<ImageRecord, 'purgeId' | 'invalidationId'> {
  if (isForEverybody(after)) return {};
  if (isForEverybody(read)) return hasCdn ? { purgeId: after.changedAt } : {};
  return pick(read, ['purgeId', 'invalidationId']);
}

const differences = (before: Item, after: Item): Item =>
  Object.fromEntries(Object.entries(after).filter(([name, value]) => value !== undefined && value !== before[name]));

function newlyOwed(read: ImageRecord, after: ImageRecord): Item {
  const work = owedBy(after);
  return work && work !== owedBy(read) ? owes(work, read.imageId, new Date()) : {};
}
