import { setTimeout as sleep } from 'node:timers/promises';
import { findTargetTable } from '../../../scripts/target-stack/target-table.ts';
import { LOCAL_OWNER } from '../../../shared/domain/principal.ts';
import { listImageRecords } from '../../../shared/storage/table/image-list.ts';
import { epochSeconds, type ImageTable } from '../../../shared/storage/table/image-table.ts';
import { resolveLeftEntries } from '../../../shared/storage/table/left-entries.ts';
import { readStored } from '../../../shared/storage/table/stored-usage.ts';
import { recountOwner } from '../../../shared/storage/table/usage-recount.ts';

/** Seconds after which no process works on what it has begun: of those that were killed none does. */
const LATER = 2 * 60 * 60;

/** How often the count is compared: what a client has not waited for may still be under way. */
const TRIES = 20;

const openTable = (data: string): Promise<ImageTable> => findTargetTable(data, process.env);

async function resolveAll(table: ImageTable): Promise<void> {
  while ((await resolveLeftEntries(table, LOCAL_OWNER, epochSeconds() + LATER)) > 0);
}

async function listedIn(table: ImageTable): Promise<{ images: number; storedBytes: number }> {
  const listed = { images: 0, storedBytes: 0 };
  let cursor: string | undefined;
  do {
    const page = await listImageRecords(table, { owner: LOCAL_OWNER, limit: 100, cursor });
    for (const { contentLength } of page.records) {
      listed.images += 1;
      listed.storedBytes += contentLength;
    }
    cursor = page.nextCursor;
  } while (cursor);
  return listed;
}

/** What is wrong with the count of images and bytes of an npm start that runs on this folder, once what processes left behind is resolved. */
export async function wrongUsage(data: string): Promise<string | undefined> {
  const table = await openTable(data);
  let difference = '';
  for (let attempt = 1; attempt <= TRIES; attempt += 1) {
    await resolveAll(table);
    const [counted, listed] = [
      JSON.stringify(await readStored(table, LOCAL_OWNER)),
      JSON.stringify(await listedIn(table)),
    ];
    if (counted === listed) return undefined;
    difference = `${counted} are counted, and ${listed} are stored`;
    await sleep(500);
  }
  return difference;
}

/** Counts anew, as an operator does after a damage. */
export async function recountUsage(data: string): Promise<void> {
  const table = await openTable(data);
  await resolveAll(table);
  await recountOwner(table, LOCAL_OWNER, { settleMs: 0 });
}
