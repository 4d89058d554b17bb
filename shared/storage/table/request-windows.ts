import { IMAGE_TABLE, limitPartition, limitWindowSortKey } from '../../contracts/table.ts';
import { updateItem } from './conditional-write.ts';
import { sumOf } from './counted-entries.ts';
import { epochSeconds, type ImageTable, type Item } from './image-table.ts';

/** The requests of one subject in one window of time. */
export interface RequestWindow {
  /** What is limited, such as `owner`. */
  kind: string;
  subject: string;
  /** The number of the window since the epoch. */
  window: number;
  /** Seconds that a window lasts. */
  seconds: number;
}

const windowKey = ({ kind, subject, window }: RequestWindow): Item => ({
  [IMAGE_TABLE.partitionKey]: limitPartition(kind, subject),
  [IMAGE_TABLE.sortKey]: limitWindowSortKey(window),
});

/**
 * Takes requests out of a window. Resolves to how many all processes have taken then, or to undefined if fewer are left. A write that is sent
 * again because its answer was lost takes twice: then fewer are served, and never more.
 */
export async function takeFromWindow(
  table: ImageTable,
  window: RequestWindow,
  { count, limit }: { count: number; limit: number },
): Promise<number | undefined> {
  const removeAfter = epochSeconds((window.window + 3) * window.seconds * 1000);
  const written = await updateItem(table, {
    ...{ key: windowKey(window), add: { taken: count }, set: { [IMAGE_TABLE.timeToLiveAttribute]: removeAfter } },
    condition: 'attribute_not_exists(#taken) OR #taken <= :room',
    ...{ values: { ':room': limit - count }, returnValues: 'ALL_NEW' },
  });
  return written && sumOf(written, 'taken');
}

/**
 * Gives requests back that were taken and not served. If the SDK sends this again because the answer was lost, up to `count` requests more than the
 * limit are served in this window.
 */
export async function giveBackToWindow(table: ImageTable, window: RequestWindow, count: number): Promise<void> {
  await updateItem(table, {
    ...{ key: windowKey(window), add: { taken: -count } },
    ...{ condition: '#taken >= :count', values: { ':count': count } },
  });
}
