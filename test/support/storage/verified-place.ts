import { randomBytes, randomUUID } from 'node:crypto';
import { chmod } from 'node:fs/promises';
import { join } from 'node:path';
import type { Finding } from '../../../scripts/verify/findings.ts';
import type { Options } from '../../../scripts/verify/options.ts';
import type { Counts, Progress } from '../../../scripts/verify/progress.ts';
import { verify } from '../../../scripts/verify/run.ts';
import { RunState } from '../../../scripts/verify/run-state.ts';
import type { TargetStack } from '../../../scripts/verify/target-stack.ts';
import type { ImageRecord } from '../../../shared/domain/image-record.ts';
import { originalKey, renditionKey } from '../../../shared/domain/object-key.ts';
import type { ObjectStore } from '../../../shared/storage/objects/object-store.ts';
import type { ImageTable } from '../../../shared/storage/table/image-table.ts';
import { createImage } from '../../../shared/storage/table/image-writes.ts';
import { finishRendition, startRendition } from '../../../shared/storage/table/rendition-states.ts';
import { bodyOf } from './bodies.ts';
import { imageRecord, rendition } from './image-records.ts';
import { createTemporaryFolder } from './temporary-folder.ts';

/** A store and a table with images for verify. */
export interface VerifiedPlace {
  table: ImageTable;
  objects: ObjectStore;
  /** Stores an image of these bytes with a rendition that is ready. */
  store(bytes?: Buffer): Promise<StoredImage>;
  put(key: string, bytes: Buffer): Promise<unknown>;
  /** Runs from the beginning, or from where an earlier run was interrupted. */
  run(
    options?: Partial<Options & Pick<TargetStack, 'isStopped'>>,
    earlier?: Partial<Progress>,
  ): Promise<{ findings: Finding[]; counts: Counts }>;
  close(): Promise<void>;
}

export interface StoredImage {
  record: ImageRecord;
  original: string;
  rendition: string;
}

const OPTIONS: Options = {
  ...{ quick: false, adopt: false, owner: undefined, state: undefined, restart: false, json: false, data: undefined },
  ...{ help: false, visibility: 'private', moderation: 'public', removeOrphans: false, dropDamaged: false },
  ...{ rateMiB: 1e6, reads: 1e6, graceMs: 0, ageMs: 0 },
};

const CONTENT = { contentType: 'image/jpeg' };

/** Runs verify on a store and a table. */
export async function openVerifiedPlace(
  table: ImageTable,
  objects: ObjectStore,
  close: () => Promise<unknown>,
): Promise<VerifiedPlace> {
  const folder = await createTemporaryFolder();
  // The folder of state files, which verify must be able to write.
  await chmod(folder.path, 0o777);
  const place: TargetStack = {
    ...{ label: 'a place', table, objects, isCloud: false, isStopped: false, notes: [] },
    close: async () => undefined,
  };
  const put = (key: string, bytes: Buffer) =>
    objects.put(key, bodyOf(bytes), { ...CONTENT, contentLength: bytes.length });
  return {
    table,
    objects,
    put,
    async store(bytes = randomBytes(2000)) {
      const id = randomUUID();
      const record = imageRecord({ imageId: id, ...(await put(originalKey(id), bytes)) });
      const thumb = rendition();
      const key = renditionKey(record, thumb, 'webp');
      await createImage(table, { record, renditions: [thumb] });
      const facts = { key, contentType: 'image/webp', ...(await put(key, randomBytes(700))), width: 10, height: 10 };
      await startRendition(table, { imageId: id, name: thumb.name });
      await finishRendition(table, { imageId: id, name: thumb.name }, facts);
      return { record, original: originalKey(id), rendition: key };
    },
    async run({ isStopped = false, ...changes } = {}, earlier) {
      const options = { ...OPTIONS, ...changes };
      const state = new RunState(join(folder.path, randomUUID()), 'a place', options);
      Object.assign(state.progress, earlier);
      const findings: Finding[] = [];
      await verify({ ...place, isStopped }, options, state, {
        found: (finding) => findings.push(finding),
        stepped: () => undefined,
      });
      return { findings, counts: state.progress.counts };
    },
    async close() {
      await folder.remove();
      await close();
    },
  };
}
