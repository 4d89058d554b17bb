import { access, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { expect } from 'chai';
import { ImageServiceError } from '../../../../shared/domain/errors.ts';
import { discardIncoming, openFileObjectStore } from '../../../../shared/storage/objects/file-object-store.ts';
import type { ObjectStore } from '../../../../shared/storage/objects/object-store.ts';
import { rejectionOf } from '../../../support/rejection.ts';
import { bodyOf, brokenBody, KiB } from '../../../support/storage/bodies.ts';
import { createTemporaryFolder, type TemporaryFolder } from '../../../support/storage/temporary-folder.ts';
import { withoutPermission } from '../../../support/storage/unwritable-folder.ts';
import { describeObjectStore } from './object-store.contract.ts';

describeObjectStore('files', async () => {
  const folder = await createTemporaryFolder();
  return { store: await openFileObjectStore(folder.path), close: folder.remove };
});

const OPTIONS = { contentType: 'image/png' };

describe('file object store', () => {
  let folder: TemporaryFolder;
  let store: ObjectStore;

  beforeEach(async () => {
    folder = await createTemporaryFolder();
    store = await openFileObjectStore(folder.path);
  });

  afterEach(() => folder.remove());

  const put = (key: string, body = bodyOf(Buffer.from('bytes'))) => store.put(key, body, OPTIONS);
  const incoming = () => readdir(join(folder.path, 'incoming'));
  const expectUnavailable = (error: unknown) =>
    expect(error).to.be.instanceOf(ImageServiceError).with.property('code', 'service_unavailable');

  it('leaves nothing in incoming/ after a body that fails', async () => {
    const breakOff = (body: Readable) => void body.destroy(new Error('the sender is gone'));
    await rejectionOf(put('originals/a', brokenBody(Buffer.alloc(300 * KiB), breakOff)));
    await rejectionOf(put('originals/a', brokenBody(Buffer.alloc(0), breakOff)));
    expect(await incoming()).to.deep.equal([]);
  });

  it('leaves nothing in incoming/ after a body that was put', async () => {
    await put('originals/a');
    expect(await incoming()).to.deep.equal([]);
  });

  it('leaves nothing in incoming/ after a key that cannot be taken', async () => {
    await put('originals/a/b');
    await rejectionOf(put('originals/a'));
    await rejectionOf(put('originals/a/b/c'));
    expect(await incoming()).to.deep.equal([]);
  });

  it('shows no object before its body has ended', async () => {
    let seen: string[] = [];
    const lookAndFail = async (body: Readable) => {
      seen = await readdir(join(folder.path, 'objects'));
      body.destroy(new Error('the sender is gone'));
    };
    await rejectionOf(put('originals/a', brokenBody(Buffer.alloc(300 * KiB), lookAndFail)));
    expect(seen).to.deep.equal([]);
  });

  for (const key of [
    '',
    '/',
    '..',
    '../x',
    '/etc/passwd',
    './x',
    'originals/../../x',
    'originals/..',
    'originals/./x',
    '..\\x',
    'originals/a\0b',
    'originals/a\n',
    'originals/%2e%2e/x',
    'originals/ä',
  ]) {
    it(`refuses the key ${JSON.stringify(key)}`, async () => {
      const outside = join(folder.path, 'x');
      await writeFile(outside, 'outside');
      expect(await rejectionOf(put(key))).to.be.instanceOf(Error);
      expect(await rejectionOf(store.get(key))).to.be.instanceOf(Error);
      expect(await rejectionOf(store.delete(key))).to.be.instanceOf(Error);
      expect(await rejectionOf(store.deletePrefix(`${key}/`))).to.be.instanceOf(Error);
      await access(outside);
      expect(await incoming()).to.deep.equal([]);
    });
  }

  it('leaves no empty folder behind the last object in it, and the folder while there is another', async () => {
    await put('renditions/a/1');
    await put('renditions/a/2');
    await store.delete('renditions/a/1');
    expect(await readdir(join(folder.path, 'objects/renditions/a'))).to.deep.equal(['2']);
    await store.delete('renditions/a/2');
    await store.delete('renditions/a/2');
    expect(await readdir(join(folder.path, 'objects/renditions'))).to.deep.equal([]);
  });

  it('stores an object beside one that is deleted at the same time', async () => {
    for (let turn = 0; turn < 100; turn += 1) {
      await put('renditions/a/old');
      await Promise.all([store.delete('renditions/a/old'), put('renditions/a/new')]);
      expect((await store.head('renditions/a/new')).contentLength).to.equal(5);
      await store.delete('renditions/a/new');
    }
  });

  it('is unavailable while its folder cannot be written', async () => {
    await put('originals/a');
    const errors = await withoutPermission(folder.path, async () => [
      await rejectionOf(put('originals/b')),
      await rejectionOf(store.get('originals/a')),
      await rejectionOf(store.delete('originals/a')),
      await rejectionOf(store.deletePrefix('originals/')),
      // access(2) asks what the real user may do, and root's tests can lay down their effective user only.
      ...(process.getuid?.() === 0 ? [] : [await rejectionOf(store.check())]),
    ]);
    for (const error of errors) expectUnavailable(error);
    await put('originals/b');
    await store.check();
  });

  it('is unavailable while its folder is gone', async () => {
    await rm(folder.path, { recursive: true });
    expectUnavailable(await rejectionOf(store.check()));
    expectUnavailable(await rejectionOf(put('originals/a')));
  });

  describe('while its objects folder is away, as on a mount that drops', () => {
    const objects = () => join(folder.path, 'objects');
    const away = () => join(folder.path, 'away');

    it('is unavailable for reads, deletions and completions, and has everything when the folder is back', async () => {
      await put('originals/a');
      const upload = { key: 'originals/b', storeUploadId: await store.createMultipartUpload('originals/b', OPTIONS) };
      await rename(objects(), away());
      await rename(join(folder.path, 'uploads'), join(folder.path, 'uploads-away'));
      const copy = join(folder.path, 'copy');
      const errors = [
        await rejectionOf(store.head('originals/a')),
        await rejectionOf(store.get('originals/a')),
        await rejectionOf(store.get('originals/a', { start: 0, end: 1 })),
        await rejectionOf(store.digest('originals/a')),
        await rejectionOf(
          store.copyTo('originals/a', copy, { contentLength: 5, signal: new AbortController().signal }),
        ),
        await rejectionOf(store.deletePrefix('originals/')),
        await rejectionOf(store.listParts(upload, { maxParts: 10, partNumberMarker: 0 })),
      ];
      for (const error of errors) expectUnavailable(error);
      await writeFile(objects(), 'in its place');
      expectUnavailable(await rejectionOf(store.head('originals/a')));
      await rm(objects());
      await rename(away(), objects());
      expect((await store.head('originals/a')).contentLength).to.equal(5);
      const none = await rejectionOf(store.head('originals/none'));
      expect(none).to.be.instanceOf(ImageServiceError).with.property('code', 'object_missing');
    });

    it('does not create the folder anew for a body that was under way', async () => {
      const leave = async (body: Readable) => {
        await rename(objects(), away());
        body.push(null);
      };
      expectUnavailable(await rejectionOf(put('originals/a', brokenBody(Buffer.alloc(300 * KiB), leave))));
      expect(await readdir(folder.path)).to.not.include('objects');
    });
  });

  it('creates incoming/ anew after a write that did not find it', async () => {
    const upload = { key: 'originals/b', storeUploadId: await store.createMultipartUpload('originals/b', OPTIONS) };
    const part = () => store.uploadPart(upload, { partNumber: 1, contentLength: 5 }, bodyOf(Buffer.from('bytes')));
    for (const write of [() => put('originals/a'), part]) {
      await rm(join(folder.path, 'incoming'), { recursive: true });
      expectUnavailable(await rejectionOf(write()));
      await write();
    }
  });

  it('keeps its objects when it is opened again', async () => {
    await put('originals/a');
    const { body, contentLength } = await (await openFileObjectStore(folder.path)).get('originals/a');
    body.destroy();
    expect(contentLength).to.equal(5);
  });

  it('discards what was left half written, and nothing else', async () => {
    await put('originals/a');
    await writeFile(join(folder.path, 'incoming', 'half'), 'half');
    await discardIncoming(folder.path);
    store = await openFileObjectStore(folder.path);
    expect(await incoming()).to.deep.equal([]);
    (await store.get('originals/a')).body.destroy();
    await put('originals/b');
  });

  it('has nothing to discard where there is no store', () => discardIncoming(join(folder.path, 'none')));
});
