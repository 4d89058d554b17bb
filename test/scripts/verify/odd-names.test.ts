import { randomUUID } from 'node:crypto';
import { mkdir, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { originalKey, renditionsPrefix } from '../../../shared/domain/object-key.ts';
import { openFileObjectStore } from '../../../shared/storage/file-object-store.ts';
import { openLocalTable } from '../../support/emulators.ts';
import { hasFifos, makeFifo } from '../../support/fifos.ts';
import { createTemporaryFolder, type TemporaryFolder } from '../../support/temporary-folder.ts';
import { openVerifiedPlace, type VerifiedPlace } from '../../support/verified-place.ts';

const ALL = { dropDamaged: true, removeOrphans: true, adopt: true };

describe('npm run verify over odd names', () => {
  let folder: TemporaryFolder;
  let place: VerifiedPlace;
  const pathOf = (key: string) => join(folder.path, 'objects', key);

  beforeEach(async () => {
    folder = await createTemporaryFolder();
    const { table, close } = await openLocalTable();
    place = await openVerifiedPlace(table, await openFileObjectStore(folder.path), close);
  });
  afterEach(async () => {
    await place.close();
    await folder.remove();
  });

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
          await rm(pathOf(key));
          await put(pathOf(key));
        }
        await rm(pathOf(last.original));
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
      await symlink('loop', pathOf(`${top}/loop`));
      await writeFile(pathOf(`${top}/${'n'.repeat(255)}`), 'long');
      await symlink('loop', pathOf(`${top}/${'o'.repeat(255)}`));
      await writeFile(pathOf(`${top}/zz`), 'last');
    }
    for (const name of ['%zz', '%61']) {
      await mkdir(join(folder.path, 'uploads', `${name}.1700000000000-${randomUUID()}`));
    }
    await writeFile(join(folder.path, 'uploads', `originals%2Fa.1700000000000-${randomUUID()}`), 'a file');
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
    await rename(pathOf(prefix), join(folder.path, 'elsewhere'));
    await symlink('../../elsewhere', pathOf(prefix));
    const { findings } = await place.run(ALL);
    expect(findings.map(({ kind, key, done }) => [kind, key, done])).to.deep.include([
      'different',
      linked.rendition,
      'removed',
    ]);
    expect((await place.run(ALL)).findings.map(({ kind }) => kind)).to.include('expired');
  });
});
