import { IMAGE_TABLE, owedPartOf } from '../../contracts/table.ts';
import { updateItem } from './conditional-write.ts';
import { type ImageTable, recordKey } from './image-table.ts';
import { owes } from './owed-work.ts';

const { partitionKey, sortKey } = IMAGE_TABLE.failureIndex;

/** The condition that an image is still pending and nobody has told of it. */
const owedFor = (imageId: string) => ({
  key: recordKey(imageId),
  condition: `#${partitionKey} = :part AND #moderation = :pending`,
  names: [partitionKey, 'moderation'],
  values: { ':part': owedPartOf('owed_moderation', imageId), ':pending': 'pending' },
});

/** Keeps that whoever decides has been told of a pending image, which waits for the decision from then on. */
export async function writeModeratorTold(table: ImageTable, imageId: string, at: Date): Promise<void> {
  await updateItem(table, {
    ...owedFor(imageId),
    set: { moderatorToldAt: at.toISOString(), ...owes('owed_decision', imageId, at) },
  });
}

/** Has a pending image taken again at a time. */
export async function postponeNotice(table: ImageTable, imageId: string, until: Date): Promise<void> {
  await updateItem(table, { ...owedFor(imageId), set: { [sortKey]: until.toISOString() } });
}
