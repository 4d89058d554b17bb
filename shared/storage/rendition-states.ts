import { UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { IMAGE_TABLE, imagePartition, renditionSortKey } from '../contracts/table.ts';
import type { Pipeline } from '../domain/commands.ts';
import type { Failure } from '../domain/errors.ts';
import {
  RENDITION_TRANSITIONS,
  type Rendition,
  type RenditionFacts,
  type RenditionStatus,
} from '../domain/rendition.ts';
import { type ImageTable, isConditionFailed, withoutKeys } from './image-table.ts';

interface RenditionName {
  imageId: string;
  name: string;
}

interface Change {
  /** Attributes to set beside the status. */
  set?: Record<string, unknown>;
  remove?: string[];
  /** Whether this counts as an attempt. */
  attempt?: boolean;
  from: readonly RenditionStatus[];
}

/**
 * Changes a rendition's status by one conditional write; the condition is its row of the transition table. Answers the rendition as
 * it is now, or undefined if it is gone or in a status from which there is no way: somebody else was first.
 */
async function transition(
  { documents, tableName }: ImageTable,
  { imageId, name }: RenditionName,
  to: RenditionStatus,
  { set = {}, remove = [], attempt = false, from }: Change,
): Promise<Rendition | undefined> {
  const values = { status: to, updatedAt: new Date().toISOString(), ...set };
  const assignments = Object.keys(values).map((attribute) => `#${attribute} = :${attribute}`);
  const clauses = [
    `SET ${assignments.join(', ')}`,
    ...(remove.length > 0 ? [`REMOVE ${remove.join(', ')}`] : []),
    ...(attempt ? ['ADD attempts :one'] : []),
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
          ...(attempt && { ':one': 1 }),
        },
        ReturnValues: 'ALL_NEW',
      }),
    );
    return withoutKeys<Rendition>(Attributes);
  } catch (error) {
    if (isConditionFailed(error)) return undefined;
    throw error;
  }
}

/** Counts an attempt, before the decode begins. */
export const startRendition = (table: ImageTable, rendition: RenditionName): Promise<Rendition | undefined> =>
  transition(table, rendition, 'processing', { attempt: true, from: RENDITION_TRANSITIONS.processing });

export const finishRendition = (
  table: ImageTable,
  rendition: RenditionName,
  facts: RenditionFacts,
): Promise<Rendition | undefined> =>
  transition(table, rendition, 'ready', { set: { facts }, remove: ['failure'], from: RENDITION_TRANSITIONS.ready });

export const failRendition = (
  table: ImageTable,
  rendition: RenditionName,
  failure: Failure,
): Promise<Rendition | undefined> =>
  transition(table, rendition, 'failed', { set: { failure }, remove: ['facts'], from: RENDITION_TRANSITIONS.failed });

/** Puts a failed rendition back into the queue's care with its attempts forgotten. */
export const requeueRendition = (
  table: ImageTable,
  rendition: RenditionName,
  { commands, output }: Pipeline,
): Promise<Rendition | undefined> =>
  transition(table, rendition, 'queued', {
    set: { commands, output, attempts: 0 },
    remove: ['failure'],
    from: RENDITION_TRANSITIONS.queued,
  });
