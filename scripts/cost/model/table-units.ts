import { type AwsCall, callsOf, type ItemName, type ReadName } from './requests-per-operation.ts';

/**
 * Bytes of an item as DynamoDB counts them, names of attributes included
 * (https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/CapacityUnitCalculations.html, read 2026-11-30). Its test measures items with
 * a file name, two commands and four renditions, without metadata.
 */
export const ITEM_BYTES: Readonly<Record<ItemName, number>> = {
  record: 440,
  'queued rendition': 380,
  'ready rendition': 700,
  upload: 1500,
  'part claim': 150,
  counter: 80,
  'request window': 100,
  // While an owner sends 32, as many as the default allows.
  'uploads at once': 1000,
  tombstone: 180,
};

/** DynamoDB adds this to the storage of an item, and of each of its copies in an index (the page above). */
const OVERHEAD_BYTES = 100;
const WRITE_UNIT_BYTES = 1024;
const READ_UNIT_BYTES = 4096;
/** `GET /v1/images` without a limit. */
const RECORDS_PER_PAGE = 20;

/** The number of renditions and parts of an image. */
export interface ImageShape {
  renditions: number;
  parts: number;
}

function bytesRead(name: ReadName, { renditions }: ImageShape): number {
  if (name === 'nothing') return 0;
  if (name === 'page of records') return RECORDS_PER_PAGE * ITEM_BYTES.record;
  if (name === 'new image') return ITEM_BYTES.record + renditions * ITEM_BYTES['queued rendition'];
  if (name === 'image') return ITEM_BYTES.record + renditions * ITEM_BYTES['ready rendition'];
  return ITEM_BYTES[name];
}

/** The request units of one call: writes round up to a KB and are repeated in each index, reads round up to 4 KB and cost half if they may be stale. */
function unitsOf(
  call: AwsCall & { service: 'dynamodb' },
  shape: ImageShape,
): { reads: number; indexWrites: number; writes: number } {
  if ('reads' in call) {
    const units = Math.max(1, Math.ceil(bytesRead(call.reads, shape) / READ_UNIT_BYTES));
    return { reads: call.consistent ? units : units / 2, writes: 0, indexWrites: 0 };
  }
  const units = Math.ceil(ITEM_BYTES[call.writes] / WRITE_UNIT_BYTES);
  return { reads: 0, writes: units, indexWrites: units * (call.indexes ?? 0) };
}

export interface TableUnits {
  reads: number;
  writes: number;
  /** Writes of the copies in indexes, which are billed beside those of the table. */
  indexWrites: number;
}

/** The request units of the calls of one operation. */
export function tableUnitsOf(calls: readonly AwsCall[], shape: ImageShape): TableUnits {
  const total: TableUnits = { reads: 0, writes: 0, indexWrites: 0 };
  for (const call of calls) {
    if (call.service !== 'dynamodb') continue;
    const [units, times] = [unitsOf(call, shape), callsOf(call, shape)];
    total.reads += units.reads * times;
    total.writes += units.writes * times;
    total.indexWrites += units.indexWrites * times;
  }
  return total;
}

/** The bytes that a rendition takes in the table, whether its object has expired or not. */
export const STORED_RENDITION_BYTES = ITEM_BYTES['ready rendition'] + OVERHEAD_BYTES;

/** The bytes that an image takes in the table with the renditions of its upload, and those of its copies in the index of the list, which has the whole record. */
export const storedBytes = ({ renditions }: Pick<ImageShape, 'renditions'>): { table: number; index: number } => ({
  table: ITEM_BYTES.record + OVERHEAD_BYTES + renditions * STORED_RENDITION_BYTES,
  index: ITEM_BYTES.record + OVERHEAD_BYTES,
});
