import { IMAGE_TABLE } from '../../contracts/table.ts';
import type { Failure } from '../../domain/errors.ts';
import type { Receipt } from '../../domain/receipt.ts';
import {
  RENDITION_TRANSITIONS,
  type Rendition,
  type RenditionFacts,
  type SettledRequest,
} from '../../domain/rendition.ts';
import { updateItem } from './conditional-write.ts';
import { type ImageTable, renditionFromItem, renditionKey } from './image-table.ts';

const { failureIndex } = IMAGE_TABLE;

interface RenditionName {
  imageId: string;
  name: string;
  /** What an attempt has cost, which is added with the change. */
  cost?: Receipt | undefined;
}

interface Change {
  /** Attributes to set beside the status. */
  set?: Record<string, unknown>;
  remove?: string[];
  add?: { attempts?: 1 | -1 };
}

/**
 * Changes a rendition's status with one conditional write whose condition is the row of the transition table. Resolves to the updated rendition, or
 * to undefined if the rendition is gone or in a status without that transition, because somebody else was first.
 */
async function change(
  table: ImageTable,
  { imageId, name, cost }: RenditionName,
  transition: keyof typeof RENDITION_TRANSITIONS,
  { set, add, ...changes }: Change,
): Promise<Rendition | undefined> {
  const { to, from } = RENDITION_TRANSITIONS[transition];
  const item = await updateItem(table, {
    key: renditionKey(imageId, name),
    set: { status: to, updatedAt: new Date().toISOString(), ...(cost && datesOf(cost)), ...set },
    add: { ...(cost && amountsOf(cost)), ...add },
    ...changes,
    condition: `#status IN (${from.map((_, index) => `:from${index}`).join(', ')})`,
    values: Object.fromEntries(from.map((status, index) => [`:from${index}`, status])),
    returnValues: 'ALL_NEW',
  });
  return item && renditionFromItem(item);
}

const amountsOf = ({ priced: _date, ...amounts }: Receipt): Record<string, number> => ({ ...amounts });
const datesOf = ({ priced }: Receipt) => (priced === undefined ? {} : { priced });

/**
 * Adds what an attempt has cost to a rendition whose status it may not change any more, because somebody else has finished it or may be working on
 * it. Resolves to false if the rendition is gone.
 */
export async function addCost(
  table: ImageTable,
  { imageId, name, cost }: RenditionName & { cost: Receipt },
): Promise<boolean> {
  const updated = await updateItem(table, {
    key: renditionKey(imageId, name),
    set: datesOf(cost),
    add: amountsOf(cost),
    condition: 'attribute_exists(#status)',
    names: ['status'],
    values: {},
  });
  return updated !== undefined;
}

/** Counts an attempt, before the decode begins. */
export const startRendition = (table: ImageTable, rendition: RenditionName): Promise<Rendition | undefined> =>
  change(table, rendition, 'start', { add: { attempts: 1 } });

/** Whether the rendition is private is written with its facts, so that its bytes are never there without it. */
export const finishRendition = (
  table: ImageTable,
  rendition: RenditionName,
  { isPrivate, ...facts }: RenditionFacts & Pick<Rendition, 'isPrivate'>,
): Promise<Rendition | undefined> =>
  change(table, rendition, 'finish', {
    set: { facts, ...(isPrivate && { isPrivate }) },
    remove: ['failure', ...(isPrivate ? [] : ['isPrivate'])],
  });

/** Records why a rendition failed for good, and adds it to the index of failures (./failed-renditions.ts). */
export const failRendition = (
  table: ImageTable,
  rendition: RenditionName,
  failure: Failure,
): Promise<Rendition | undefined> => {
  const updatedAt = new Date().toISOString();
  const keys = { [failureIndex.partitionKey]: failure.code, [failureIndex.sortKey]: updatedAt };
  return change(table, rendition, 'fail', { set: { failure, updatedAt, ...keys }, remove: ['facts'] });
};

/** Returns a rendition to the queue without counting the attempt, which failed for a temporary reason. */
export const releaseRendition = (table: ImageTable, rendition: RenditionName): Promise<Rendition | undefined> =>
  change(table, rendition, 'release', { add: { attempts: -1 } });

/** Returns a rendition to the queue with the attempt counted, because it crashed or hung and may do so again. */
export const interruptRendition = (table: ImageTable, rendition: RenditionName): Promise<Rendition | undefined> =>
  change(table, rendition, 'release', {});

/** Returns a rendition whose object is gone to the queue. */
export const remakeRendition = (table: ImageTable, rendition: RenditionName): Promise<Rendition | undefined> =>
  change(table, rendition, 'remake', { set: { attempts: 0 }, remove: ['facts'] });

/** Returns a failed rendition to the queue with its attempts reset, and removes it from the index of failures. */
export const requeueRendition = (
  table: ImageTable,
  rendition: RenditionName,
  { commands, output, askedOutput }: Omit<SettledRequest, 'name'>,
): Promise<Rendition | undefined> =>
  change(table, rendition, 'requeue', {
    set: { commands, output, ...(askedOutput && { askedOutput }), attempts: 0 },
    remove: ['failure', failureIndex.partitionKey, failureIndex.sortKey, ...(askedOutput ? [] : ['askedOutput'])],
  });
