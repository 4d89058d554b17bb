import { copyFile, cp, mkdir, open, readdir, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { expect } from 'chai';
import type { Finding } from '../../../scripts/verify/findings.ts';
import { eventually } from '../../support/eventually.ts';
import { send } from '../../support/http/http-client.ts';
import { type StartProcess, spawnStart } from '../../support/services/start-process.ts';
import { startWithImages, stopStart, type Uploaded } from '../../support/storage/stored-data.ts';
import { createTemporaryFolder, type TemporaryFolder } from '../../support/storage/temporary-folder.ts';
import { spawnVerify, verifyData } from '../../support/storage/verify-process.ts';

const told = ({ kind, key }: Finding): string => `${kind} ${key}`;

async function flipByte(path: string): Promise<void> {
  await using file = await open(path, 'r+');
  const at = Math.floor((await file.stat()).size / 2);
  const { buffer } = await file.read(Buffer.alloc(1), 0, 1, at);
  await file.write(Buffer.from([(buffer[0] ?? 0) ^ 1]), 0, 1, at);
}

const shorten = async (path: string) => truncate(path, (await stat(path)).size - 1);

/** Keeps what it was before: a second name of the file may be somewhere else. */
async function lengthen(path: string): Promise<void> {
  await writeFile(path, 'x', { flag: 'a' });
}

const EXTRA = 'originals/00000000-0000-4000-8000-000000000000';
const FOREIGN = ['originals/.DS_Store', 'renditions/notes.txt', 'originals/a folder/deep/file'];

describe('npm run verify after damage to files', function () {
  this.timeout(180_000);
  let folder: TemporaryFolder;
  let data: string;
  let images: Uploaded[];
  let start: StartProcess | undefined;
  let expected: string[];
  let damagedRendition: string;

  const pathOf = (key: string) => join(data, 'object-store/objects', key);
  const keyOf = (index: number): string => images[index]?.key ?? '';
  const renditionOf = async (index: number): Promise<string> => {
    const prefix = keyOf(index).replace('originals/', 'renditions/');
    return `${prefix}/${(await readdir(pathOf(prefix)))[0]}`;
  };

  before(async () => {
    folder = await createTemporaryFolder();
    data = join(folder.path, 'data');
    const begun = await startWithImages(data, 12);
    images = begun.images;
    await stopStart(begun.start);
    const clean = await verifyData(data);
    expect([clean.status, clean.findings]).to.deep.equal([0, []]);
    expected = await damage();
  });
  after(async () => {
    if (start) await stopStart(start);
    await folder?.remove();
  });

  /** One damage of each kind to an image of its own; answers what is to be found. */
  async function damage(): Promise<string[]> {
    await truncate(pathOf(keyOf(0)), 100);
    await truncate(pathOf(keyOf(1)), 0);
    await flipByte(pathOf(keyOf(2)));
    await lengthen(pathOf(keyOf(3)));
    await rm(pathOf(keyOf(4)));
    const [gone, flipped, cut] = await Promise.all([renditionOf(5), renditionOf(6), renditionOf(7)]);
    damagedRendition = flipped;
    await rm(pathOf(gone));
    await flipByte(pathOf(flipped));
    await shorten(pathOf(cut));
    await copyFile(pathOf(keyOf(8)), pathOf(EXTRA));
    const extraRendition = `${dirname(await renditionOf(8))}/${'0'.repeat(32)}.webp`;
    await copyFile(pathOf(await renditionOf(8)), pathOf(extraRendition));
    for (const key of FOREIGN) {
      await mkdir(dirname(pathOf(key)), { recursive: true });
      await writeFile(pathOf(key), 'of somebody');
    }
    // The last was uploaded in parts.
    await flipByte(join(pathOf(`${keyOf(11)}.parts`), (await readdir(pathOf(`${keyOf(11)}.parts`)))[1] ?? ''));
    return [
      ...[0, 1, 2, 3, 11].map((index) => `different ${keyOf(index)}`),
      `lost ${keyOf(4)}`,
      `expired ${gone}`,
      ...[flipped, cut].map((key) => `different ${key}`),
      ...[EXTRA, extraRendition, ...FOREIGN].map((key) => `unrecorded ${key}`),
    ];
  }

  const expectFound = async (but: string[] = [], ...args: string[]) => {
    const { status, findings, summary } = await verifyData(data, ...args);
    const all = expected.filter((line) => !but.includes(line));
    expect(findings.map(told)).to.have.members(all);
    expect([status, summary?.faults]).to.deep.equal([1, all.filter((line) => !line.startsWith('expired')).length]);
    return findings;
  };

  it('names exactly what was damaged, while npm start does not run', () => expectFound());

  it('names by lengths all but what was altered', () =>
    expectFound([`different ${keyOf(2)}`, `different ${keyOf(11)}`, `different ${damagedRendition}`], '--quick'));

  it('names exactly the same while npm start runs, changes nothing, and has a damaged rendition made again', async () => {
    start = spawnStart('--port', '0', '--data', data, '--log', 'silent');
    const url = await start.ready();
    await expectFound();
    await expectFound();
    const findings = await verifyData(data, '--drop-damaged');
    const dropped = findings.findings.filter(({ done }) => done === 'removed').map(({ key }) => key);
    expect(dropped).to.include(damagedRendition).and.to.have.length(2);
    const { imageId } = images[6] ?? {};
    const path = `/v1/images/${imageId}/renditions/thumb`;
    await eventually('the rendition is made again', async () => (await send(url, { path })).status === 200);
    const left = (await verifyData(data)).findings.map(told);
    expect(left).to.not.include(`different ${damagedRendition}`);
    expect(left).to.not.include(`expired ${damagedRendition}`);
  });

  it('tells it in sentences, and removes no original and nothing of others', async () => {
    const args = ['--data', data, '--grace', '0', '--age', '0', '--remove-orphans', '--drop-damaged'];
    const { stdout, status } = await spawnVerify({ XDG_STATE_HOME: folder.path }, ...args).finished;
    expect(status).to.equal(1);
    expect(stdout).to.match(/^The data in \S+\n\n/);
    expect(stdout).to.include(`Lost: ${keyOf(4)}. Its record, of `);
    expect(stdout).to.include(`Different: ${keyOf(0)}. It has 100 bytes, and its record tells of `);
    expect(stdout).to.match(
      new RegExp(`In no record: ${EXTRA}\\. No record tells of it\\. It has \\d+ bytes, of .*Z\\. Its SHA-256 is `),
    );
    expect(stdout).to.match(
      /\nLooked at \d+ records, .* faults \(lost: 1, different: 5, in no record: 4\)\. No faults: not there: \d\.\nWhat was wrong and is mended: removed: \d\.\n/,
    );
    for (const key of [EXTRA, ...FOREIGN]) await stat(pathOf(key));
  });

  it('names parts of an object that are gone or cut', async () => {
    const more = join(folder.path, 'parts');
    await cp(data, more, { recursive: true });
    const parts = join(more, 'object-store/objects', `${keyOf(11)}.parts`);
    const [first = '', second = ''] = (await readdir(parts)).sort();
    const found = async () =>
      (await verifyData(more, '--quick')).findings.filter(({ key }) => key === keyOf(11)).map(({ kind }) => kind);
    // Behind its bytes a part has 16 more that name it.
    await truncate(join(parts, second), 100);
    expect(await found()).to.deep.equal(['different']);
    await rm(join(parts, second));
    expect(await found()).to.deep.equal(['different']);
    await rm(join(parts, first));
    expect(await found()).to.deep.equal(['lost']);
  });
});
