import { cp, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { eventually } from '../support/eventually.ts';
import { type StartProcess, spawnStart } from '../support/services/start-process.ts';
import { killAll, startWithImages, stopStart, type Uploaded } from '../support/storage/stored-data.ts';
import { createTemporaryFolder, type TemporaryFolder } from '../support/storage/temporary-folder.ts';
import { verifyData } from '../support/storage/verify-process.ts';

const ALL_THERE = /All originals that were written since \S+Z have their records\.\n/;

describe('npm start after an unclean end', function () {
  this.timeout(180_000);
  let folder: TemporaryFolder;
  let killed: string;
  let images: Uploaded[];
  const started: StartProcess[] = [];

  before(async () => {
    folder = await createTemporaryFolder();
    killed = join(folder.path, 'killed');
    const begun = await startWithImages(killed, 8);
    images = begun.images;
    expect(begun.start.stdout(), 'a first start').to.not.match(/clean|record|removed/);
    await killAll(begun.start);
  });
  afterEach(async () => {
    for (const process of started.splice(0)) await stopStart(process);
  });
  after(() => folder?.remove());

  const start = async (data: string): Promise<StartProcess> => {
    const process = spawnStart('--port', '0', '--data', data, '--log', 'warn');
    started.push(process);
    await process.ready();
    return process;
  };
  const copy = async (name: string): Promise<string> => {
    const data = join(folder.path, name);
    // Keeps the times of files, because they show what was written since the last start.
    await cp(killed, data, { recursive: true, preserveTimestamps: true });
    return data;
  };
  const says = (process: StartProcess, sentence: string | RegExp) =>
    eventually(`npm start says ${sentence}`, () => process.stdout().match(sentence));

  it('says what it repaired and that nothing is lost, and says nothing after a clean end', async () => {
    const data = await copy('whole');
    for (const name of ['one', 'two']) await writeFile(join(data, 'object-store/incoming', name), 'half');
    const first = await start(data);
    const [before = ''] = first.stdout().split('\nThe image service is ready');
    expect(before).to.match(
      /^The npm start of \d{4}-\S+Z did not end cleanly: it was killed, or the machine went down\.$/m,
    );
    expect(before).to.match(/^What it left half written has been removed: 2 in incoming\/\.$/m);
    expect(before).to.match(/^The table was not closed: SQLite has recovered it from [\d.]+ kB of its log\.$/m);
    await says(first, ALL_THERE);
    await stopStart(first);
    const second = await start(data);
    expect(second.stdout()).to.not.match(/clean|record|removed|recovered/);
  });

  it('says how many originals have lost their records with half of the log, like npm run verify', async () => {
    const data = await copy('half-log');
    const log = join(data, 'dynamodb/table.db-wal');
    await truncate(log, Math.floor((await stat(log)).size / 2));
    const process = await start(data);
    const found = await says(process, /Originals without a record: (\d+)\. npm run verify -- --data \S+ lists them/);
    const { findings } = await verifyData(data);
    const originals = findings.filter(({ kind, what }) => kind === 'unrecorded' && what === 'original');
    expect(originals.length).to.be.within(1, images.length);
    expect(Number(found?.[1])).to.equal(originals.length);
    await verifyData(data, '--adopt');
    await stopStart(process);
    expect((await verifyData(data)).findings.filter(({ what }) => what === 'original')).to.deep.equal([]);
  });

  it('says that the table is missing, and how many originals have no record', async () => {
    const data = await copy('no-table');
    await rm(join(data, 'dynamodb'), { recursive: true });
    const process = await start(data);
    expect(process.stdout()).to.match(/^There are objects and no table: a new one is made\.$/m);
    await says(process, new RegExp(`Originals without a record: ${images.length}\\.`));
  });
});
