import { mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { CommandError } from '../../../scripts/command-line.ts';
import type { Finding } from '../../../scripts/verify/findings.ts';
import { RunState } from '../../../scripts/verify/run-state.ts';
import { hasFifos, makeFifo } from '../../support/storage/fifos.ts';
import { createTemporaryFolder, type TemporaryFolder } from '../../support/storage/temporary-folder.ts';

const IDENTITY = 'The data in /a/folder';
const FINDING: Finding = { kind: 'lost', what: 'original', key: 'originals/a', detail: 'It is gone.' };
const PHOTO = Buffer.from([0xff, 0xd8, 0xff, 0xe0, 0, 0x10, 0x4a, 0x46, 0x49, 0x46]);

describe('the state of npm run verify', () => {
  let folder: TemporaryFolder;
  let path: string;
  beforeEach(async () => {
    folder = await createTemporaryFolder();
    path = join(folder.path, 'state');
  });
  afterEach(() => folder.remove());

  const open = (restart = false) => new RunState(path, IDENTITY, { restart });
  const foundBy = async (state: RunState): Promise<Finding[]> => {
    const findings = [];
    for await (const finding of state.findings()) findings.push(finding);
    return findings;
  };
  const contents = () =>
    readdirSync(folder.path, { withFileTypes: true }).map((entry) => [
      entry.name,
      entry.isFile() ? readFileSync(join(folder.path, entry.name), 'latin1') : entry.isSymbolicLink(),
    ]);
  const refusal = (restart: boolean): CommandError => {
    try {
      open(restart);
    } catch (error) {
      expect(error).to.be.instanceOf(CommandError);
      return error as CommandError;
    }
    throw new Error('it was taken');
  };

  it('resumes where it was, and removes what it has written', async () => {
    open().add(FINDING);
    expect(open().isResumed).to.equal(true);
    const state = open();
    state.add(FINDING);
    state.progress.phase = 'originals';
    state.progress.cursor = 'originals/a';
    state.progress.suspects = [{ of: 'object', key: 'k', contentLength: 1, lastModified: new Date().toISOString() }];
    state.save();
    const resumed = open();
    expect(resumed.progress).to.deep.equal(state.progress);
    expect(await foundBy(resumed)).to.deep.equal([FINDING]);
    resumed.remove();
    expect(contents()).to.deep.equal([]);
  });

  const FOREIGN: [what: string, place: (path: string) => void][] = [
    ['a photo', (at) => writeFileSync(at, PHOTO)],
    ['a text', (at) => writeFileSync(at, 'to do: nothing')],
    ...[
      'null',
      '7',
      '"a"',
      '[]',
      '{}',
      '{"name":"somebody"}',
      `{"identity":"me","secret":"key"}`,
      '{"identity":7}',
    ].map((text): [string, (path: string) => void] => [text, (at) => writeFileSync(at, text)]),
    ['a JSON that was cut', (at) => writeFileSync(at, '{"identity":"me","sec')],
    ['a folder', (at) => mkdirSync(at)],
    ['a link', (at) => symlinkSync('somewhere', at)],
    ...(hasFifos ? [['a FIFO', makeFifo] as [string, typeof makeFifo]] : []),
  ];

  for (const restart of [false, true]) {
    for (const [what, place] of FOREIGN) {
      it(`is no file of others${restart ? ', also to begin anew' : ''}: ${what}`, () => {
        place(path);
        const before = contents();
        expect(refusal(restart).message).to.match(
          /state is there and is no state of npm run verify\. Name another file by --state\.$/,
        );
        expect(contents()).to.deep.equal(before);
      });

      if (what.startsWith('{"identity"') || what.startsWith('a JSON')) continue;
      for (const beside of ['.findings', '.new']) {
        it(`overwrites no file of others at FILE${beside}${restart ? ', also to begin anew' : ''}: ${what}`, () => {
          place(path + beside);
          const before = contents();
          expect(refusal(restart).message).to.include(`state${beside} is there and is no state of npm run verify.`);
          expect(contents()).to.deep.equal(before);
        });
      }
    }
  }

  it('accepts what a run that was killed at its beginning or end has left', () => {
    writeFileSync(`${path}.findings`, '');
    writeFileSync(`${path}.new`, '{"iden');
    open().remove();
    writeFileSync(`${path}.findings`, `${JSON.stringify(FINDING)}\n{"ki`);
    expect(open().isResumed).to.equal(false);
    expect(readFileSync(`${path}.findings`, 'utf8')).to.equal('');
  });

  const saved = () => JSON.parse(readFileSync(path, 'utf8'));
  const DAMAGES: [name: string, value: unknown][] = [
    ...['pid', 'findingsBytes', 'phase', 'done', 'openUploads', 'suspects', 'startedAt', 'counts'].flatMap(
      (name): [string, unknown][] =>
        [undefined, null, 'nope', -1, 1.5, { a: 7 }, [7], '\ud800'].map((value) => [name, value]),
    ),
    ['startedAt', 8.64e15 + 1],
    ['cursor', null],
    ['cursor', 'originals/a'],
    ['cursor', { pk: 'a' }],
    ['cursor', { pk: 'a', sk: '' }],
    ['cursor', { pk: 'a', sk: 'b', listedFor: 'c' }],
    ['counts', { records: 1 }],
    ['counts', { records: 0, objects: 0, bytesRead: 0, young: 0, faults: 0, found: { lost: 'x' }, mended: {} }],
    ['counts', { records: 0, objects: 0, bytesRead: 0, young: 0, faults: 0, found: { nothing: 1 }, mended: {} }],
    ['counts', { records: 0, objects: 0, bytesRead: 0, young: 0, faults: 0, found: {}, mended: { eaten: 1 } }],
    ['suspects', [{ of: 'nothing' }]],
    ['suspects', [{ of: 'record' }]],
    ['suspects', [{ of: 'object', key: 'a', contentLength: 1, lastModified: 'once' }]],
    ['suspects', [{ of: 'upload', key: '\ud800', storeUploadId: 'a' }]],
  ];

  const expectDamaged = () => {
    const before = contents();
    expect(refusal(false).message).to.match(
      /^The state of an earlier run, \S+state, is damaged\. Begin anew by --restart\.$/,
    );
    expect(contents()).to.deep.equal(before);
    expect(open(true).isResumed).to.equal(false);
  };

  for (const [name, value] of DAMAGES) {
    it(`is damaged with ${name} ${JSON.stringify(value)}`, () => {
      open();
      writeFileSync(path, JSON.stringify({ ...saved(), [name]: value }));
      expectDamaged();
    });
  }

  it('is damaged if it was cut, is empty, or has only its identity', () => {
    open();
    const whole = readFileSync(path, 'utf8');
    for (const text of [
      whole.slice(0, -1),
      whole.slice(0, whole.indexOf('"phase"') + 3),
      '',
      JSON.stringify({ identity: IDENTITY }),
    ]) {
      writeFileSync(path, text);
      expectDamaged();
    }
  });

  it('is damaged in every phase with the cursor of another phase', () => {
    const cursors = { records: { pk: 'a', sk: 'b' }, originals: 'originals/a', uploads: true };
    for (const phase of ['records', 'originals', 'uploads'] as const) {
      for (const [of, cursor] of Object.entries(cursors)) {
        open(true);
        writeFileSync(path, JSON.stringify({ ...saved(), phase, cursor }));
        if (of === phase) expect(open().isResumed).to.equal(true);
        else expectDamaged();
      }
    }
  });

  for (const text of ['xx', 'null\n', '{}\n', `${JSON.stringify({ ...FINDING, kind: 'nope' })}\n`]) {
    it(`is damaged with what was found beside it: ${JSON.stringify(text)}`, async () => {
      open();
      writeFileSync(`${path}.findings`, text);
      writeFileSync(path, JSON.stringify({ ...saved(), findingsBytes: text.length }));
      const error = await foundBy(open()).catch((reason: unknown) => reason);
      expect(error)
        .to.be.instanceOf(CommandError)
        .with.property('message')
        .that.matches(/is damaged\. Begin anew by --restart\.$/);
      expect(open(true).isResumed).to.equal(false);
    });
  }

  it('refuses the state of another run, or of a run that another process continues', () => {
    open();
    writeFileSync(path, JSON.stringify({ ...saved(), identity: 'The data in /b' }));
    expect(refusal(false).message).to.match(
      /is the state of another run: The data in \/b\. Name another file by --state\.$/,
    );
    writeFileSync(path, JSON.stringify({ ...saved(), identity: IDENTITY, pid: process.ppid }));
    expect(refusal(false).message).to.match(/^Another npm run verify, process \d+, is at it by /);
  });
});
