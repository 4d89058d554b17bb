import { randomUUID } from 'node:crypto';
import { mkdir, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { WrongUse } from '../../../scripts/command-line.ts';
import { makeFolders } from '../../../scripts/local/data-folder/make-folders.ts';
import { readOptions } from '../../../scripts/verify/options.ts';
import { photograph } from '../../support/images/photographs.ts';
import { createTemporaryFolder, type TemporaryFolder } from '../../support/storage/temporary-folder.ts';
import { spawnVerify } from '../../support/storage/verify-process.ts';

describe('the summary of npm run verify', () => {
  let folder: TemporaryFolder;
  beforeEach(async () => {
    folder = await createTemporaryFolder();
    await mkdir(join(folder.path, 'object-store/objects/originals'), { recursive: true });
  });
  afterEach(() => folder.remove());

  const run = (...args: string[]) =>
    spawnVerify({ XDG_STATE_HOME: join(folder.path, 'state') }, '--data', folder.path, '--grace', '0', ...args)
      .finished;
  const original = async (bytes: Buffer | string): Promise<string> => {
    const path = join(folder.path, 'object-store/objects/originals', randomUUID());
    await writeFile(path, bytes);
    return path;
  };
  const lastLines = (stdout: string): string[] => stdout.slice(stdout.indexOf('Looked at ')).trim().split('\n');

  it('counts repairs apart from what is still wrong, and advises no option that was given', async () => {
    await original(await photograph('png'));
    await original('no image');
    const [, ...advised] = lastLines((await run()).stdout);
    expect(advised).to.deep.equal([
      '--adopt makes records of originals.',
      '--remove-orphans removes renditions and unfinished uploads.',
    ]);
    const { stdout, status } = await run('--adopt');
    expect(status).to.equal(1);
    const [lookedAt, ...more] = lastLines(stdout);
    expect(lookedAt).to.match(/^Looked at 0 records, 2 objects, [\d.]+ k?B read\. 1 fault \(in no record: 1\)\.$/);
    expect(more).to.deep.equal([
      'What was wrong and is mended: adopted: 1.',
      '--remove-orphans removes renditions and unfinished uploads.',
    ]);
    const { summary } = JSON.parse((await run('--json')).stdout.trim().split('\n').at(-1) ?? '');
    expect(summary).to.deep.include({ faults: 1, found: { unrecorded: 1 }, mended: {} });
  });

  it('says when bytes that are too young will be old enough, and adopts none of them', async () => {
    const { mtime } = await stat(await original(await photograph('png')));
    const after = new Date(mtime.getTime() + 900_000).toISOString();
    const { stdout, status } = await run('--adopt', '--age', '900');
    expect(status).to.equal(0);
    expect(lastLines(stdout).at(-1)).to.equal(
      `Without a record, and so young that they may be under way: 1. They were left alone. Look again after ${after}, or say from which age on by --age.`,
    );
  });

  const WRONG: [args: string[], says: string][] = [
    [['--moderation', 'off'], '--moderation goes with --adopt.'],
    [['--adopt', '--moderation', 'some'], '--moderation takes off or public or all, not some.'],
    [['--age', '-1'], '--age takes a number from 0 to 9999999, with three decimals at most, not -1.'],
    [['--age=-1'], '--age takes a number from 0 to 9999999, with three decimals at most, not -1.'],
    [['--reads', '-5'], '--reads takes a number from 1 to 9999999, with three decimals at most, not -5.'],
    [
      ['--rate', '-.5', '--quick'],
      '--rate takes a number from 0.001 to 9999999, with three decimals at most, not -.5.',
    ],
    [['--grace', '10000000'], '--grace takes a number from 0 to 9999999, with three decimals at most, not 10000000.'],
  ];
  for (const [args, says] of WRONG) {
    it(`says what is wrong with ${args.join(' ')}`, () => {
      expect(() => readOptions(args)).to.throw(WrongUse, says);
    });
  }

  it('adopts for the owner who is named, on one machine too', async () => {
    const path = await original(await photograph('png'));
    expect((await run('--adopt', '--owner', 'ada')).status).to.equal(0);
    await rm(path);
    const [finding = ''] = (await run('--json')).stdout.split('\n');
    expect(JSON.parse(finding)).to.include({ kind: 'lost', owner: 'ada' });
  });

  it('says at once that the folder of the state cannot be made', async function () {
    if (process.platform !== 'linux') this.skip();
    expect(() => makeFolders('/proc/none/of/them')).to.throw(/ENOENT/);
    const { stderr, status } = await run('--state', '/proc/none/state');
    expect([status, stderr]).to.deep.equal([
      1,
      'The folder /proc/none cannot be made (ENOENT). Name another file by --state.\n',
    ]);
  });
});
