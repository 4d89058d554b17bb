import { IMAGE_TABLE, recordSortKey, renditionSortKeyPrefix } from '../../shared/contracts/table.ts';
import { imageOfKey } from '../../shared/storage/damaged-items.ts';
import { dropDamaged } from '../../shared/storage/image-table.ts';
import { type ItemKey, wrongNow } from '../../shared/storage/table-scan.ts';
import type { Finding } from './findings.ts';
import type { Judging } from './judging.ts';

/** Whether an item of the table is damaged, and what is done about it. */
export async function judgeItem(
  { partition, sort }: ItemKey,
  { place, options, reads }: Pick<Judging, 'place' | 'options' | 'reads'>,
): Promise<Finding | undefined> {
  const wrong = await wrongNow(place.table, { partition, sort });
  await reads.take(1);
  if (wrong.length === 0) return undefined;
  const key = { [IMAGE_TABLE.partitionKey]: partition, [IMAGE_TABLE.sortKey]: sort };
  const imageId = imageOfKey(key);
  const finding: Finding = {
    ...{ kind: 'damaged', what: 'record', key: `${partition} ${sort}`, ...(imageId !== undefined && { imageId }) },
    ...(sort.startsWith(renditionSortKeyPrefix) && { rendition: sort.slice(renditionSortKeyPrefix.length) }),
    detail: `${subjectOf(sort)} does not say what it should: ${wrong.join(', ')}.`,
  };
  if (!options.dropDamaged || !(await dropDamaged(place.table, key))) return finding;
  return { ...finding, done: 'dropped' };
}

function subjectOf(sortKey: string): string {
  if (sortKey === recordSortKey) return 'The record of the image';
  return sortKey.startsWith(renditionSortKeyPrefix) ? 'The record of the rendition' : 'This item of the table';
}
