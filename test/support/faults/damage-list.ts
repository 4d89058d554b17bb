import { open, readdir, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** A damage to a file of the data folder. */
export interface Damage {
  fault: string;
  where: string;
  /** Whether everything is stopped during the damage, or keeps running. */
  isStopped: boolean;
  /** Whether the image was uploaded in parts. */
  inParts?: boolean;
  inflict(data: string, imageId: string): Promise<unknown>;
}

const JUNK = Buffer.alloc(5000, 'junk');

/** The kinds of damage to a file. */
const WAYS: Record<string, (path: string) => Promise<unknown>> = {
  'cut in half': async (path) => truncate(path, Math.floor((await stat(path)).size / 2)),
  'some bytes changed': async (path) => {
    await using file = await open(path, 'r+');
    await file.write(JUNK.subarray(0, 16), 0, 16, Math.floor((await stat(path)).size / 2));
  },
  overwritten: (path) => writeFile(path, JUNK),
  empty: (path) => truncate(path, 0),
  removed: (path) => rm(path),
};

const original = async (data: string, imageId: string) => join(data, 'object-store/objects/originals', imageId);

/** The only file in a folder of the object store. */
const onlyIn = (folder: string, suffix: string) => async (data: string, imageId: string) => {
  const path = join(data, 'object-store/objects', folder, `${imageId}${suffix}`);
  const names = await readdir(path);
  if (names.length !== 1) throw new Error(`${path} has ${names.length} files.`);
  return join(path, String(names[0]));
};

const rendition = onlyIn('renditions', '');
const part = onlyIn('originals', '.parts');
const inData = (name: string) => async (data: string) => join(data, name);

type Find = (data: string, imageId: string) => Promise<string>;

const damages = (where: string, find: Find, ways: string[], more: Pick<Damage, 'isStopped' | 'inParts'>): Damage[] =>
  ways.map((fault) => ({
    fault,
    where,
    ...more,
    inflict: async (data, imageId) => WAYS[fault]?.(await find(data, imageId)),
  }));

const CUT = ['cut in half', 'some bytes changed', 'removed'];

export const DAMAGES: Damage[] = [
  ...damages('the file of an original', original, CUT, { isStopped: false }),
  ...damages('a part of an original that was uploaded in parts', part, CUT, { isStopped: false, inParts: true }),
  ...damages('the file of a rendition', rendition, CUT, { isStopped: false }),
  ...damages('the table (`dynamodb/table.db`)', inData('dynamodb/table.db'), ['overwritten', 'empty', 'removed'], {
    isStopped: true,
  }),
  ...damages('the log of the table (`dynamodb/table.db-wal`)', inData('dynamodb/table.db-wal'), ['removed'], {
    isStopped: true,
  }),
  ...damages('the queue (`sqs/fauxqs.db`)', inData('sqs/fauxqs.db'), ['overwritten', 'empty', 'removed'], {
    isStopped: true,
  }),
  ...damages('the log of the queue (`sqs/fauxqs.db-wal`)', inData('sqs/fauxqs.db-wal'), ['removed'], {
    isStopped: true,
  }),
  ...damages('`lock`', inData('lock'), ['overwritten', 'empty', 'removed'], { isStopped: true }),
  ...damages('`settings.json`', inData('settings.json'), ['overwritten', 'empty', 'removed'], { isStopped: true }),
];
