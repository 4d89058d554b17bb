import pMap from 'p-map';
import { hasCode } from '../../shared/domain/errors.ts';
import { originalKey } from '../../shared/domain/object-key.ts';
import type { Item } from '../../shared/storage/table/image-table.ts';
import { type ItemKey, type ScannedPage, scanPage } from '../../shared/storage/table/table-scan.ts';
import { type CheckResult, checkObject, type ExpectedObject, expectedRendition } from './check-object.ts';
import type { VerifyRun } from './run.ts';

/** The number of items of the table that are read at once. */
const PAGE = 100;

/** Objects that are looked at at the same time: a store elsewhere takes its time for each. */
const CONCURRENCY = 8;

/** Beyond its time an upload may still be under completion, and is then removed by an hourly sweep. */
const MARGIN_MS = 2 * 60 * 60 * 1000;

/** Goes through the table, and looks whether the bytes are there and are those that each record tells of. */
export async function verifyRecords(run: VerifyRun): Promise<void> {
  const { stack, state, reads, rechecks } = run;
  const { progress } = state;
  for (;;) {
    const page = await scanPage(stack.table, { limit: PAGE, from: progress.cursor as Item | undefined });
    await reads.take(page.itemCount);
    noteOpenUploads(page, run);
    const done = new Set(progress.done);
    const checks = checksIn(page).filter((check) => !done.has(nameOf(check)));
    suspectDamaged(page, run);
    await pMap(checks, (check) => lookAtCheck(check, run), { concurrency: CONCURRENCY });
    Object.assign(progress, { cursor: page.next, done: [] });
    run.step();
    await rechecks.settle();
    if (!page.next) return;
  }
}

/** Adds the damaged items as suspects, except those that an interrupted run has already found. */
function suspectDamaged({ damaged }: ScannedPage, { state: { progress }, rechecks }: VerifyRun): void {
  const known = new Set(progress.suspects.flatMap((suspect) => (suspect.of === 'item' ? nameOfItem(suspect) : [])));
  for (const key of damaged) if (!known.has(nameOfItem(key))) rechecks.add({ of: 'item', ...key });
}

const nameOfItem = ({ partition, sort }: ItemKey): string => `${partition} ${sort}`;

/** The objects that a page describes. Renditions that are not ready have none. */
const checksIn = ({ records, renditions }: ScannedPage): ExpectedObject[] => [
  ...records.map((record) => ({ ...record, key: originalKey(record.imageId) })),
  ...renditions.flatMap(({ imageId, rendition }) => expectedRendition(imageId, rendition) ?? []),
];

/** A unique name for a check, whatever keys the records contain. */
const nameOf = ({ imageId, rendition }: ExpectedObject): string =>
  rendition === undefined ? imageId : `${imageId} ${rendition}`;

async function lookAtCheck(check: ExpectedObject, run: VerifyRun): Promise<void> {
  const { rechecks, state, looking } = run;
  const { imageId, rendition } = check;
  if ((await firstLook(check, looking)) !== 'well') {
    rechecks.add({ of: 'record', imageId, ...(rendition !== undefined && { rendition }) });
  }
  state.progress.done.push(nameOf(check));
  state.progress.counts.records += 1;
  run.step();
}

/** A connection that broke is looked at again as anything else; a store that does not answer ends the run. */
const firstLook = (check: ExpectedObject, looking: VerifyRun['looking']): Promise<CheckResult> =>
  checkObject(check, looking).catch((error: Error) => {
    if (hasCode(error, 'service_unavailable')) throw error;
    return { wrong: error.message };
  });

/** Scans the table again for uploads that began after the interrupted run scanned it. */
export async function findOpenUploadsAgain(run: VerifyRun): Promise<void> {
  let from: Item | undefined;
  do {
    const page = await scanPage(run.stack.table, { limit: PAGE, from });
    await run.reads.take(page.itemCount);
    noteOpenUploads(page, run);
    from = page.next;
  } while (from);
}

function noteOpenUploads({ openUploads }: ScannedPage, { state: { progress } }: VerifyRun): void {
  // The clock may have been set back since.
  const now = Math.min(progress.startedAt, Date.now());
  const open = openUploads.filter(({ validUntil }) => Date.parse(validUntil) + MARGIN_MS > now);
  for (const { imageId, uploadId } of open) progress.openUploads[imageId] = uploadId;
}
