import { IMAGE_TABLE, recordSortKey, renditionSortKeyPrefix } from '../../shared/contracts/table.ts';
import { removeInvalidItem } from '../../shared/storage/table/image-writes.ts';
import { imageOfKey } from '../../shared/storage/table/item-validation.ts';
import { type ItemKey, readInvalidAttributes } from '../../shared/storage/table/table-scan.ts';
import type { Finding } from './findings.ts';
import type { RecheckContext } from './recheck-context.ts';

/** Checks whether an item of the table is damaged, and removes it if the options say so. */
export async function recheckItem(
  { partition, sort }: ItemKey,
  { stack, options, reads }: Pick<RecheckContext, 'stack' | 'options' | 'reads'>,
): Promise<Finding | undefined> {
  const wrong = await readInvalidAttributes(stack.table, { partition, sort });
  await reads.take(1);
  if (wrong.length === 0) return undefined;
  const key = { [IMAGE_TABLE.partitionKey]: partition, [IMAGE_TABLE.sortKey]: sort };
  const imageId = imageOfKey(key);
  const finding: Finding = {
    ...{ kind: 'damaged', what: 'record', key: `${partition} ${sort}`, ...(imageId !== undefined && { imageId }) },
    ...(sort.startsWith(renditionSortKeyPrefix) && { rendition: sort.slice(renditionSortKeyPrefix.length) }),
    detail: `${subjectOf(sort)} does not say what it should: ${wrong.join(', ')}.`,
  };
  if (!options.dropDamaged || !(await removeInvalidItem(stack.table, key))) return finding;
  return { ...finding, done: 'dropped' };
}

function subjectOf(sortKey: string): string {
  if (sortKey === recordSortKey) return 'The record of the image';
  return sortKey.startsWith(renditionSortKeyPrefix) ? 'The record of the rendition' : 'This item of the table';
}
