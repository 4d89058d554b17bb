import { createHash } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { openArchive } from '../../../scripts/images/archive.ts';
import { run } from '../../../scripts/images/run-program.ts';
import { rejectionOf } from '../../support/rejection.ts';
import { createTemporaryFolder, type TemporaryFolder } from '../../support/storage/temporary-folder.ts';

const sha = (content: string): string => createHash('sha256').update(content).digest('hex');

describe('an archive with an image', () => {
  let folder: TemporaryFolder;
  beforeEach(async () => {
    folder = await createTemporaryFolder();
  });
  afterEach(() => folder.remove());

  /** Writes an archive. `tamper` may change blobs, by the names of what they are, under digests that stay. */
  async function archived(tamper: Record<string, string | undefined> = {}, copies = 1): Promise<string> {
    const content = join(folder.path, 'content');
    await mkdir(join(content, 'blobs/sha256'), { recursive: true });
    const put = async (name: string, text: string) => {
      const written = name in tamper ? tamper[name] : text;
      if (written !== undefined) await writeFile(join(content, 'blobs/sha256', sha(text)), written);
      return { digest: `sha256:${sha(text)}`, size: text.length };
    };
    const layers = [await put('first layer', 'one'), await put('last layer', 'two')];
    const config = await put('config', JSON.stringify({ config: { Cmd: ['good'] } }));
    const manifest = await put('manifest', JSON.stringify({ config, layers }));
    const index = await put('index', JSON.stringify({ manifests: [{ ...manifest, platform: {} }] }));
    await writeFile(join(content, 'index.json'), JSON.stringify({ manifests: Array(copies).fill(index) }));
    const file = join(folder.path, 'worker.oci.tar');
    await run(['tar', '--create', '--file', file, '--directory', content, '.']);
    return file;
  }
  const open = (file: string) => openArchive(file, join(folder.path, 'opened'));
  const messageOf = async (promise: Promise<unknown>) => ((await rejectionOf(promise)) as Error).message;

  it('is opened where everything is what its digests say', async () => {
    const { images } = await open(await archived());
    expect(images[0]?.config.config.Cmd).to.deep.equal(['good']);
  });

  const EVIL: Record<string, string> = {
    index: JSON.stringify({ manifests: [] }),
    manifest: JSON.stringify({ config: { digest: `sha256:${sha('x')}` }, layers: [] }),
    config: JSON.stringify({ config: { Cmd: ['evil'] } }),
    'first layer': 'One',
    'last layer': 'two ',
  };
  for (const [name, text] of Object.entries(EVIL)) {
    it(`is refused where its ${name} was changed under its digest`, async () => {
      const message = await messageOf(open(await archived({ [name]: text })));
      expect(message).to.match(
        /worker\.oci\.tar is damaged: the blob sha256:\w{64} is sha256:\w{64}\. Build it again\.$/,
      );
    });
    it(`is refused where its ${name} is missing`, async () => {
      expect(await messageOf(open(await archived({ [name]: undefined })))).to.match(/lacks the blob .* \(ENOENT\)\.$/);
    });
  }

  it('is refused where it has several images, of which one cannot say which is meant', async () => {
    expect(await messageOf(open(await archived({}, 2)))).to.match(/has 2 images, and not one\.$/);
  });
});
