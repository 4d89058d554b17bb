import { UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { IMAGE_TABLE, imagePartition, renditionSortKey } from '../contracts/table.ts';
import type { Pipeline } from '../domain/commands.ts';
import type { Failure } from '../domain/errors.ts';
import { RENDITION_TRANSITIONS, type Rendition, type RenditionFacts } from '../domain/rendition.ts';
import { type ImageTable, isConditionFailed, renditionOf } from './image-table.ts';

const { failureIndex } = IMAGE_TABLE;

interface RenditionName {
  imageId: string;
  name: string;
}

interface Change {
  /** Attributes to set beside the status. */
  set?: Record<string, unknown>;
  remove?: string[];
  /** What to add to the attempts. */
  attempts?: 1 | -1;
}

/**
 * Changes a rendition's status by one conditional write; the condition is its row of the transition table. Answers the rendition as
 * it is now, or undefined if it is gone or in a status from which there is no way: somebody else was first.
 */
async function change(
  { documents, tableName }: ImageTable,
  { imageId, name }: RenditionName,
  transition: keyof typeof RENDITION_TRANSITIONS,
  { set = {}, remove = [], attempts }: Change,
): Promise<Rendition | undefined> {
  const { to, from } = RENDITION_TRANSITIONS[transition];
  const values = { status: to, updatedAt: new Date().toISOString(), ...set };
  const assignments = Object.keys(values).map((attribute) => `#${attribute} = :${attribute}`);
  const clauses = [
    `SET ${assignments.join(', ')}`,
    ...(remove.length > 0 ? [`REMOVE ${remove.join(', ')}`] : []),
    ...(attempts ? ['ADD attempts :attempts'] : []),
  ];
  try {
    const { Attributes = {} } = await documents.send(
      new UpdateCommand({
        TableName: tableName,
        Key: { [IMAGE_TABLE.partitionKey]: imagePartition(imageId), [IMAGE_TABLE.sortKey]: renditionSortKey(name) },
        UpdateExpression: clauses.join(' '),
        ConditionExpression: `#status IN (${from.map((_, index) => `:from${index}`).join(', ')})`,
        ExpressionAttributeNames: Object.fromEntries(
          Object.keys(values).map((attribute) => [`#${attribute}`, attribute]),
        ),
        ExpressionAttributeValues: {
          ...Object.fromEntries(Object.entries(values).map(([attribute, value]) => [`:${attribute}`, value])),
          ...Object.fromEntries(from.map((status, index) => [`:from${index}`, status])),
          ...(attempts && { ':attempts': attempts }),
        },
        ReturnValues: 'ALL_NEW',
      }),
    );
    return renditionOf(Attributes);
  } catch (error) {
    if (isConditionFailed(error)) return undefined;
    throw error;
  }
}

/** Counts an attempt, before the decode begins. */
export const startRendition = (table: ImageTable, rendition: RenditionName): Promise<Rendition | undefined> =>
  change(table, rendition, 'start', { attempts: 1 });

export const finishRendition = (
  table: ImageTable,
  rendition: RenditionName,
  facts: RenditionFacts,
): Promise<Rendition | undefined> => change(table, rendition, 'finish', { set: { facts }, remove: ['failure'] });

/** Says why it failed for good, and puts it where failed renditions are found (storage/failed-renditions.ts). */
export const failRendition = (
  table: ImageTable,
  rendition: RenditionName,
  failure: Failure,
): Promise<Rendition | undefined> => {
  const updatedAt = new Date().toISOString();
  const keys = { [failureIndex.partitionKey]: failure.code, [failureIndex.sortKey]: updatedAt };
  return change(table, rendition, 'fail', { set: { failure, updatedAt, ...keys }, remove: ['facts'] });
};

/** Takes an attempt back that failed for a reason that passes. */
export const returnRendition = (table: ImageTable, rendition: RenditionName): Promise<Rendition | undefined> =>
  change(table, rendition, 'giveBack', { attempts: -1 });

/** Makes a rendition wait for its message to come again, with the attempt counted: it ended badly, and may do so again. */
export const interruptRendition = (table: ImageTable, rendition: RenditionName): Promise<Rendition | undefined> =>
  change(table, rendition, 'giveBack', {});

/** Puts a rendition whose object is gone back into the queue's care. */
export const remakeRendition = (table: ImageTable, rendition: RenditionName): Promise<Rendition | undefined> =>
  change(table, rendition, 'remake', { set: { attempts: 0 }, remove: ['facts'] });

/** Puts a failed rendition back into the queue's care with its attempts forgotten; it is no longer found among the failed. */
export const requeueRendition = (
  table: ImageTable,
  rendition: RenditionName,
  { commands, output }: Pipeline,
): Promise<Rendition | undefined> =>
  change(table, rendition, 'askAgain', {
    set: { commands, output, attempts: 0 },
    remove: ['failure', failureIndex.partitionKey, failureIndex.sortKey],
  });
