import pMap from 'p-map';
import { hasCode } from '../../shared/domain/errors.ts';
import { originalKey } from '../../shared/domain/object-key.ts';
import type { Item } from '../../shared/storage/image-table.ts';
import { type ItemKey, type ScannedPage, scanPage } from '../../shared/storage/table-scan.ts';
import { lookAt, type Promised, promisedBy, type Verdict } from './look-at-bytes.ts';
import type { Run } from './run.ts';

/** Items of the table that are read at once. */
const PAGE = 100;

/** Objects that are looked at at the same time: a store elsewhere takes its time for each. */
const CONCURRENCY = 8;

/** Beyond its time an upload may still be under completion, and is then removed by an hourly sweep. */
const MARGIN_MS = 2 * 60 * 60 * 1000;

/** Goes through the table, and looks whether the bytes are there and are those that each record tells of. */
export async function lookThroughRecords(run: Run): Promise<void> {
  const { place, state, reads, secondLooks } = run;
  const { progress } = state;
  for (;;) {
    const page = await scanPage(place.table, { limit: PAGE, from: progress.cursor as Item | undefined });
    await reads.take(page.itemCount);
    noteOpenUploads(page, run);
    const done = new Set(progress.done);
    const checks = checksIn(page).filter((check) => !done.has(nameOf(check)));
    suspectDamaged(page, run);
    await pMap(checks, (check) => lookAtCheck(check, run), { concurrency: CONCURRENCY });
    Object.assign(progress, { cursor: page.next, done: [] });
    run.step();
    await secondLooks.settle();
    if (!page.next) return;
  }
}

/** Of those that a broken-off run has found already there is one only. */
function suspectDamaged({ damaged }: ScannedPage, { state: { progress }, secondLooks }: Run): void {
  const known = new Set(progress.suspects.flatMap((suspect) => (suspect.of === 'item' ? nameOfItem(suspect) : [])));
  for (const key of damaged) if (!known.has(nameOfItem(key))) secondLooks.add({ of: 'item', ...key });
}

const nameOfItem = ({ partition, sort }: ItemKey): string => `${partition} ${sort}`;

/** Of what is not ready there are no bytes to look at. */
const checksIn = ({ records, renditions }: ScannedPage): Promised[] => [
  ...records.map((record) => ({ ...record, key: originalKey(record.imageId) })),
  ...renditions.flatMap(({ imageId, rendition }) => promisedBy(imageId, rendition) ?? []),
];

/** As no other is called, whatever the records say of keys. */
const nameOf = ({ imageId, rendition }: Promised): string =>
  rendition === undefined ? imageId : `${imageId} ${rendition}`;

async function lookAtCheck(check: Promised, run: Run): Promise<void> {
  const { secondLooks, state, looking } = run;
  const { imageId, rendition } = check;
  if ((await firstLook(check, looking)) !== 'well') {
    secondLooks.add({ of: 'record', imageId, ...(rendition !== undefined && { rendition }) });
  }
  state.progress.done.push(nameOf(check));
  state.progress.counts.records += 1;
  run.step();
}

/** A connection that broke is looked at again as anything else; a store that does not answer ends the run. */
const firstLook = (check: Promised, looking: Run['looking']): Promise<Verdict> =>
  lookAt(check, looking).catch((error: Error) => {
    if (hasCode(error, 'service_unavailable')) throw error;
    return { wrong: error.message };
  });

/** Goes through the table for uploads alone: of those that were begun since an earlier run was there its state does not tell. */
export async function noteUploadsSince(run: Run): Promise<void> {
  let from: Item | undefined;
  do {
    const page = await scanPage(run.place.table, { limit: PAGE, from });
    await run.reads.take(page.itemCount);
    noteOpenUploads(page, run);
    from = page.next;
  } while (from);
}

function noteOpenUploads({ openUploads }: ScannedPage, { state: { progress } }: Run): void {
  // The clock may have gone back since.
  const now = Math.min(progress.startedAt, Date.now());
  const open = openUploads.filter(({ validUntil }) => Date.parse(validUntil) + MARGIN_MS > now);
  for (const { imageId, uploadId } of open) progress.openUploads[imageId] = uploadId;
}
