import pMap from 'p-map';
import { KEY_PREFIXES } from '../../shared/domain/object-key.ts';
import { readImageItems } from '../../shared/storage/image-table.ts';
import type { ListedObject } from '../../shared/storage/object-store.ts';
import { storedAmong } from '../../shared/storage/table-scan.ts';
import type { Finding } from './findings.ts';
import { seenIn } from './judging.ts';
import { isRecorded, ownerOfKey } from './keys.ts';
import { isYoung, type Run } from './run.ts';

/** Objects whose records are asked for at once: as many as one BatchGetItem takes. */
const PAGE = 100;

/** Images whose renditions are asked for at the same time. */
const CONCURRENCY = 8;

/** Goes through the objects of a kind, and looks whether there is a record of each. */
export async function lookThroughObjects(run: Run, kind: keyof typeof KEY_PREFIXES): Promise<void> {
  const { progress } = run.state;
  let page: ListedObject[] = [];
  let unread: Finding[] = [];
  const look = async () => {
    await (kind === 'originals' ? lookAtOriginals(page, run) : lookAtRenditions(page, run));
    progress.counts.objects += page.length;
    progress.cursor = page.at(-1)?.key ?? progress.cursor;
    run.step(unread);
    [page, unread] = [[], []];
    await run.secondLooks.settle();
  };
  const after = progress.cursor as string | undefined;
  const note = (key: string, reason: string) => {
    const detail = `Nobody can tell what it is: ${reason}.`;
    unread.push({ kind: 'unreadable', ...ownerOfKey(key), key, detail });
  };
  for await (const object of run.place.objects.list(KEY_PREFIXES[kind], after, note)) {
    if (page.push(object) === PAGE) await look();
  }
  await look();
}

async function lookAtOriginals(page: ListedObject[], run: Run): Promise<void> {
  const ids = page.flatMap(({ key }) => ownerOfKey(key).imageId ?? []);
  await run.reads.take(ids.length);
  const stored = await storedAmong(run.place.table, ids);
  for (const object of page) {
    const { imageId } = ownerOfKey(object.key);
    if (imageId === undefined || !stored.has(imageId)) suspect(object, run);
  }
}

async function lookAtRenditions(page: ListedObject[], run: Run): Promise<void> {
  const byImage = Map.groupBy(page, ({ key }) => ownerOfKey(key).imageId);
  await pMap(
    byImage,
    async ([imageId, objects]) => {
      const items = imageId === undefined ? { renditions: [] } : await readImageItems(run.place.table, imageId);
      await run.reads.take(1 + items.renditions.length);
      const { image, isDamaged } = seenIn(imageId ?? '', items);
      for (const object of objects) if (!isDamaged && !isRecorded(object.key, image)) suspect(object, run);
    },
    { concurrency: CONCURRENCY },
  );
}

function suspect({ key, contentLength, lastModified }: ListedObject, run: Run): void {
  if (isYoung(lastModified, run)) return;
  run.secondLooks.add({ of: 'object', key, contentLength, lastModified: lastModified.toISOString() });
}
