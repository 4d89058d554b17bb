import { randomUUID } from 'node:crypto';
import { mkdir, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { originalKey, renditionsPrefix } from '../../../shared/domain/object-key.ts';
import { photograph } from '../../support/images/photographs.ts';
import { hasFifos, makeFifo } from '../../support/storage/fifos.ts';
import { withoutPermission } from '../../support/storage/unwritable-folder.ts';
import { openVerifiedFolder, type VerifiedFolder } from '../../support/storage/verified-folder.ts';
import type { StoredImage } from '../../support/storage/verified-place.ts';

const ALL = { dropDamaged: true, removeOrphans: true, adopt: true };

describe('npm run verify over odd names', () => {
  let place: VerifiedFolder;
  beforeEach(async () => {
    place = await openVerifiedFolder();
  });
  afterEach(() => place.close());

  const PLACES: [what: string, place: (path: string) => unknown][] = [
    ...(hasFifos ? [['a FIFO', makeFifo] as [string, typeof makeFifo]] : []),
    ['a folder', (path) => mkdir(path)],
    ['a link to itself', (path) => symlink(path, path)],
    ['a link to nothing', (path) => symlink('nothing', path)],
  ];

  for (const quick of [false, true]) {
    for (const [what, put] of PLACES) {
      it(`goes on past ${what} where a file belongs${quick ? ', by lengths' : ''}`, async () => {
        const odd = await place.store();
        const last = await place.store();
        for (const key of [odd.original, odd.rendition]) {
          await rm(place.pathOf(key));
          await put(place.pathOf(key));
        }
        await rm(place.pathOf(last.original));
        const { findings } = await place.run({ quick, ...ALL });
        expect(findings.map(({ kind, key }) => `${kind} ${key}`)).to.include.members([
          `lost ${odd.original}`,
          `expired ${odd.rendition}`,
          `lost ${last.original}`,
        ]);
      });
    }
  }

  it('goes on past names that are long, encoded by nobody, or lead to themselves, and tells what comes behind', async () => {
    await place.store();
    const extra = `${renditionsPrefix(randomUUID())}${'f'.repeat(32)}.${'g'.repeat(220)}`;
    await place.put(extra, Buffer.from('extra'));
    for (const top of ['originals', 'renditions']) {
      await symlink('loop', place.pathOf(`${top}/loop`));
      await writeFile(place.pathOf(`${top}/${'n'.repeat(255)}`), 'long');
      await symlink('loop', place.pathOf(`${top}/${'o'.repeat(255)}`));
      await writeFile(place.pathOf(`${top}/zz`), 'last');
    }
    for (const name of ['%zz', '%61']) {
      await mkdir(join(place.folder, 'uploads', `${name}.1700000000000-${randomUUID()}`));
    }
    await writeFile(join(place.folder, 'uploads', `originals%2Fa.1700000000000-${randomUUID()}`), 'a file');
    const left = originalKey(randomUUID());
    await place.objects.createMultipartUpload(left, { contentType: 'image/jpeg' });
    const { findings } = await place.run(ALL);
    expect(findings.map(({ key, done }) => [key, done])).to.deep.include.members([
      [`originals/${'n'.repeat(255)}`, undefined],
      ['originals/zz', undefined],
      ['renditions/zz', undefined],
      [extra, 'removed'],
      [left, 'removed'],
    ]);
  });

  it('removes a damaged rendition in a folder that is reached by a link, and goes on', async () => {
    const linked = await place.store();
    const prefix = renditionsPrefix(linked.record.imageId).slice(0, -1);
    await place.put(linked.rendition, Buffer.from('damaged'));
    await rename(place.pathOf(prefix), join(place.folder, 'elsewhere'));
    await symlink('../../elsewhere', place.pathOf(prefix));
    const { findings } = await place.run(ALL);
    expect(findings.map(({ kind, key, done }) => [kind, key, done])).to.deep.include([
      'different',
      linked.rendition,
      'removed',
    ]);
    expect((await place.run(ALL)).findings.map(({ kind }) => kind)).to.include('expired');
  });

  it('adopts an original whose parts are reached by a link, and finds renditions that are', async () => {
    const [bytes, id, extra] = [await photograph('png'), randomUUID(), randomUUID()];
    const elsewhere = join(place.folder, 'elsewhere');
    await mkdir(elsewhere);
    await place.store();
    await writeFile(join(elsewhere, `00001-${bytes.length}`), Buffer.concat([bytes, Buffer.alloc(16)]));
    await symlink(elsewhere, `${place.pathOf(originalKey(id))}.parts`);
    const orphans = join(place.folder, 'orphans');
    await mkdir(orphans);
    await writeFile(join(orphans, `${'f'.repeat(32)}.webp`), 'extra');
    await symlink(orphans, place.pathOf(renditionsPrefix(extra).slice(0, -1)));
    const { findings } = await place.run({ adopt: true });
    expect(findings.map(({ kind, key, done }) => [kind, key, done])).to.deep.equal([
      ['unrecorded', originalKey(id), 'adopted'],
      ['unrecorded', `${renditionsPrefix(extra)}${'f'.repeat(32)}.webp`, undefined],
    ]);
  });

  const unreadable = async () =>
    (await place.run(ALL)).findings.flatMap(({ kind, key, detail }) =>
      kind === 'unreadable' ? `${key} ${detail}` : [],
    );

  it('reports names that are not UTF-8 and broken links, and goes on', async () => {
    const { original } = await place.store();
    const raw = (path: string) => Buffer.concat([Buffer.from(`${place.pathOf(path)}/`), Buffer.from([0x66, 0xff])]);
    await writeFile(raw('originals'), 'no text');
    await mkdir(raw('renditions'));
    await symlink('nothing', place.pathOf('originals/link'));
    expect(await unreadable()).to.deep.equal([
      'originals/f\ufffd Nobody can tell what it is: its name is not UTF-8.',
      'originals/link Nobody can tell what it is: it is a link that leads nowhere.',
      'renditions/f\ufffd/ Nobody can tell what it is: its name is not UTF-8.',
    ]);
    await rm(place.pathOf(original));
    expect((await place.run()).counts.faults).to.equal(1);
  });

  const CLOSED: [what: string, folderOf: (image: StoredImage) => string, says: (image: StoredImage) => RegExp[]][] = [
    [
      'folder of the originals',
      () => 'originals',
      ({ original }) => [
        new RegExp(`^${original} It cannot be read \\(EACCES\\)\\.$`),
        /^originals\/ Nobody .* \(EACCES\)\.$/,
      ],
    ],
    [
      "folder of an image's renditions",
      ({ record }) => renditionsPrefix(record.imageId),
      ({ rendition, record }) => [
        new RegExp(`^${rendition} It cannot be read`),
        new RegExp(`^${renditionsPrefix(record.imageId)} Nobody .* \\(EACCES\\)\\.$`),
      ],
    ],
    ['folder of uploads', () => '../uploads', () => [/^uploads\/ It cannot be read \(EACCES\)\.$/]],
  ];
  for (const [what, folderOf, says] of CLOSED) {
    it(`takes nothing for lost that is in a closed ${what}, and finds what else is wrong`, async () => {
      const [closed, lost] = [await place.store(), await place.store()];
      await rm(place.pathOf(lost.rendition));
      await withoutPermission(place.pathOf(folderOf(closed)), async () => {
        for (const quick of [false, true]) {
          const { findings, counts } = await place.run({ ...ALL, quick });
          const told = findings
            .filter(({ kind }) => kind === 'unreadable')
            .map(({ key, detail }) => `${key} ${detail}`);
          for (const expected of says(closed))
            expect(
              told.some((line) => expected.test(line)),
              told.join(),
            ).to.equal(true);
          expect(findings.map(({ kind }) => kind)).to.include('expired');
          expect([counts.faults, findings.filter(({ done }) => done)]).to.deep.equal([0, []]);
        }
      });
      expect((await place.run(ALL)).counts.faults).to.equal(0);
    });
  }
});
