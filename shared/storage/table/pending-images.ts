import { QueryCommand } from '@aws-sdk/lib-dynamodb';
import { IMAGE_TABLE, imageIdOf, owedPartsOf } from '../../contracts/table.ts';
import { isImageId } from '../../domain/image-id.ts';
import { cursorRefused, type ImagePage } from './image-list.ts';
import { type ImageTable, isStored, readImageIfValid } from './image-table.ts';

const { partitionKey, failureIndex } = IMAGE_TABLE;

/** Where an image stands among those that wait. */
interface Place {
  /** ISO 8601. */
  since: string;
  imageId: string;
}

/** How many images of one part (`owedPartsOf`) may have begun to wait in the same millisecond without one being left out between two pages. */
const AT_ONCE = 16;

/** Before every time. */
const BEGINNING: Place = { since: '0', imageId: '' };

/**
 * A page of the images of all owners that wait for a decision, whether anybody was told of them or not, roughly the longest first. An image whose notice is
 * sent again meanwhile may be on two pages. Eventually consistent. A cursor that was not issued here is `invalid_request`. IAM: dynamodb:Query on the index
 * and the table.
 */
export async function readPendingImages(
  table: ImageTable,
  { limit, cursor }: { limit: number; cursor?: string | undefined },
): Promise<ImagePage> {
  const after = cursor ? placeOf(cursor) : BEGINNING;
  const parts = [...owedPartsOf('owed_moderation'), ...owedPartsOf('owed_decision')];
  const found = await Promise.all(parts.map((part) => placesIn(table, part, { since: after.since, limit })));
  const places = found
    .flat()
    .filter((place) => compare(place, after) > 0)
    .sort(compare);
  const page = places.slice(0, limit);
  const images = await Promise.all(page.map(({ imageId }) => readImageIfValid(table, imageId)));
  const last = page.at(-1);
  return {
    // The index may be behind the table.
    records: images
      .filter(isStored)
      .map(({ record }) => record)
      .filter(({ moderation }) => moderation === 'pending'),
    ...(last && places.length > limit && { nextCursor: cursorOf(last) }),
  };
}

async function placesIn(
  { documents, tableName }: ImageTable,
  part: string,
  { since, limit }: { since: string; limit: number },
): Promise<Place[]> {
  const { Items = [] } = await documents.send(
    new QueryCommand({
      TableName: tableName,
      IndexName: failureIndex.name,
      KeyConditionExpression: `${failureIndex.partitionKey} = :part AND ${failureIndex.sortKey} >= :since`,
      ExpressionAttributeValues: { ':part': part, ':since': since },
      Limit: limit + AT_ONCE,
    }),
  );
  return Items.map((item) => ({
    since: String(item[failureIndex.sortKey]),
    imageId: imageIdOf(String(item[partitionKey])),
  }));
}

const inOrder = ({ since, imageId }: Place): string => `${since} ${imageId}`;

function compare(one: Place, other: Place): number {
  const [first, second] = [inOrder(one), inOrder(other)];
  return first < second ? -1 : Number(first > second);
}

const cursorOf = (place: Place): string => Buffer.from(inOrder(place)).toString('base64url');

function placeOf(cursor: string): Place {
  const [since = '', imageId = '', ...others] = Buffer.from(cursor, 'base64url').toString().split(' ');
  if (!/^\d{4}-\d\d-\d\dT[\d:.]{8,16}Z$/.test(since) || !isImageId(imageId) || others.length > 0) throw cursorRefused();
  return { since, imageId };
}
