import pMap from 'p-map';
import { KEY_PREFIXES } from '../../shared/domain/object-key.ts';
import type { ListedObject } from '../../shared/storage/objects/object-store.ts';
import { readImageItems } from '../../shared/storage/table/image-table.ts';
import { findStoredImages } from '../../shared/storage/table/table-scan.ts';
import type { Finding } from './findings.ts';
import { isRecorded, ownerOfKey } from './object-owner.ts';
import { imageStateFrom } from './recheck-context.ts';
import { isTooRecent, type VerifyRun } from './run.ts';

/** Objects whose records are asked for at once: as many as one BatchGetItem takes. */
const PAGE = 100;

/** Images whose renditions are asked for at the same time. */
const CONCURRENCY = 8;

/** Goes through the objects of a kind and checks whether each has a record. */
export async function verifyObjects(run: VerifyRun, kind: keyof typeof KEY_PREFIXES): Promise<void> {
  const { progress } = run.state;
  let page: ListedObject[] = [];
  let unread: Finding[] = [];
  const look = async () => {
    await (kind === 'originals' ? lookAtOriginals(page, run) : lookAtRenditions(page, run));
    progress.counts.objects += page.length;
    progress.cursor = page.at(-1)?.key ?? progress.cursor;
    run.step(unread);
    [page, unread] = [[], []];
    await run.rechecks.settle();
  };
  const after = progress.cursor as string | undefined;
  const note = (key: string, reason: string) => {
    const detail = `Nobody can tell what it is: ${reason}.`;
    unread.push({ kind: 'unreadable', ...ownerOfKey(key), key, detail });
  };
  for await (const object of run.stack.objects.list(KEY_PREFIXES[kind], after, note)) {
    if (page.push(object) === PAGE) await look();
  }
  await look();
}

async function lookAtOriginals(page: ListedObject[], run: VerifyRun): Promise<void> {
  const ids = page.flatMap(({ key }) => ownerOfKey(key).imageId ?? []);
  await run.reads.take(ids.length);
  const stored = await findStoredImages(run.stack.table, ids);
  for (const object of page) {
    const { imageId } = ownerOfKey(object.key);
    if (imageId === undefined || !stored.has(imageId)) suspect(object, run);
  }
}

async function lookAtRenditions(page: ListedObject[], run: VerifyRun): Promise<void> {
  const byImage = Map.groupBy(page, ({ key }) => ownerOfKey(key).imageId);
  await pMap(
    byImage,
    async ([imageId, objects]) => {
      const items = imageId === undefined ? { renditions: [] } : await readImageItems(run.stack.table, imageId);
      await run.reads.take(1 + items.renditions.length);
      const { image, isDamaged } = imageStateFrom(imageId ?? '', items);
      for (const object of objects) if (!isDamaged && !isRecorded(object.key, image)) suspect(object, run);
    },
    { concurrency: CONCURRENCY },
  );
}

function suspect({ key, contentLength, lastModified }: ListedObject, run: VerifyRun): void {
  if (isTooRecent(lastModified, run)) return;
  run.rechecks.add({ of: 'object', key, contentLength, lastModified: lastModified.toISOString() });
}
