import {
  apiKeySortKeyPrefix,
  imageIdOf,
  limitWindowSortKeyPrefix,
  openUploadsCountSortKey,
  recordSortKey,
  renditionSortKeyPrefix,
  uploadSortKey,
  uploadTokenSortKey,
  usageDaySortKeyPrefix,
  usageSendingSortKey,
  usageTotalSortKey,
} from '../../../shared/contracts/table.ts';
import type { TableItem } from '../storage/table-items.ts';

/** The ids of images and uploads that were deleted or ended. */
type Deleted = ReadonlySet<string>;

const expires = ({ removeAfter }: TableItem): boolean => typeof removeAfter === 'number';
const hasNone = (item: object, entries: RegExp): boolean => !Object.keys(item).some((name) => entries.test(name));

/** What may stay of each kind of item, which its sort key begins with, once everything is deleted. */
const EXPLAINED: [sortKey: string, isExplained: (item: TableItem, deleted: Deleted) => boolean][] = [
  [recordSortKey, ({ pk, status }, deleted) => status === 'deleted' && deleted.has(imageIdOf(pk))],
  [renditionSortKeyPrefix, () => false],
  [uploadSortKey, ({ status }) => status !== 'open' && status !== 'completing'],
  [openUploadsCountSortKey, ({ openUploads }) => openUploads === 0],
  // Nothing is stored, and nothing is on its way in or out.
  [usageTotalSortKey, (item) => item.images === 0 && item.storedBytes === 0 && hasNone(item, /^(in|out)_/)],
  [usageSendingSortKey, (item) => expires(item) && hasNone(item, /^at_/)],
  // What was used today stays used, of renditions and of requests.
  [usageDaySortKeyPrefix, expires],
  [limitWindowSortKeyPrefix, expires],
  [uploadTokenSortKey, expires],
  // Keys stay until somebody ends them.
  [apiKeySortKeyPrefix, () => true],
];

/** Whether an item stays by intent after everything was deleted. Of kinds without a row, such as answered idempotency keys, those do that are of something deleted. */
export function isExplained(item: TableItem, deleted: Deleted): boolean {
  const [, explains] = EXPLAINED.find(([sortKey]) => item.sk.startsWith(sortKey)) ?? [];
  return explains?.(item, deleted) ?? [item.imageId, item.uploadId].some((id) => deleted.has(String(id)));
}
