import pMap from 'p-map';
import { hasCode } from '../../shared/domain/errors.ts';
import { originalKey } from '../../shared/domain/object-key.ts';
import type { Item } from '../../shared/storage/image-table.ts';
import { type ScannedPage, scanPage } from '../../shared/storage/table-scan.ts';
import { lookAt, type Promised, type Verdict } from './look-at-bytes.ts';
import type { Run } from './run.ts';

/** Items of the table that are read at once. */
const PAGE = 100;

/** Objects that are looked at at the same time: a store elsewhere takes its time for each. */
const CONCURRENCY = 8;

/** Beyond its time an upload may still be under completion, and is then removed by an hourly sweep. */
const MARGIN_MS = 2 * 60 * 60 * 1000;

/** What a record tells of the bytes of an image, or of its rendition of that name. */
interface Check extends Promised {
  imageId: string;
  rendition?: string;
}

/** Goes through the table, and looks whether the bytes are there and are those that each record tells of. */
export async function lookThroughRecords(run: Run): Promise<void> {
  const { place, state, reads, secondLooks } = run;
  const { progress } = state;
  for (;;) {
    const page = await scanPage(place.table, { limit: PAGE, from: progress.cursor as Item | undefined });
    await reads.take(page.itemCount);
    noteOpenUploads(page, run);
    const done = new Set(progress.done);
    const checks = checksIn(page).filter(({ key }) => !done.has(key));
    await pMap(checks, (check) => lookAtCheck(check, run), { concurrency: CONCURRENCY });
    Object.assign(progress, { cursor: page.next, done: [] });
    run.step();
    await secondLooks.settle();
    if (!page.next) return;
  }
}

/** Of what is not ready there are no bytes to look at. */
const checksIn = ({ records, renditions }: ScannedPage): Check[] => [
  ...records.map((record) => ({ ...record, key: originalKey(record.imageId) })),
  ...renditions.flatMap(({ imageId, rendition: { name, status, facts } }) =>
    status === 'ready' && facts ? [{ ...facts, imageId, rendition: name }] : [],
  ),
];

async function lookAtCheck(check: Check, run: Run): Promise<void> {
  const { secondLooks, state, looking } = run;
  const { imageId, rendition, key } = check;
  if ((await firstLook(check, looking)) !== 'well') {
    secondLooks.add({ of: 'record', imageId, ...(rendition !== undefined && { rendition }) });
  }
  state.progress.done.push(key);
  state.progress.counts.records += 1;
  run.step();
}

/** A connection that broke is looked at again as anything else; a store that does not answer ends the run. */
const firstLook = (check: Check, looking: Run['looking']): Promise<Verdict> =>
  lookAt(check, looking).catch((error: Error) => {
    if (hasCode(error, 'service_unavailable')) throw error;
    return { wrong: error.message };
  });

function noteOpenUploads({ openUploads }: ScannedPage, { state: { progress } }: Run): void {
  const open = openUploads.filter(({ validUntil }) => Date.parse(validUntil) + MARGIN_MS > progress.startedAt);
  progress.openUploads = [...new Set([...progress.openUploads, ...open.map(({ imageId }) => imageId)])];
}
