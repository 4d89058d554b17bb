import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { openArchive } from '../../scripts/images/archive.ts';
import { archiveOf } from '../../scripts/images/build.ts';
import { readPushOptions } from '../../scripts/images/options.ts';
import { pushImages } from '../../scripts/images/push.ts';
import { run } from '../../scripts/images/run-program.ts';
import { SERVICE_NAMES } from '../../shared/contracts/services.ts';
import { rejectionOf } from '../support/rejection.ts';
import { stackOf } from '../support/stacks/made-up-environment.ts';
import { AGAIN, archive, BUILT, imageOf, REGISTRY } from './built.ts';

const readDigests = async (folder: string) => JSON.parse(await readFile(join(folder, 'digests.json'), 'utf8'));

/** Puts the archives that were built into a folder, the worker for two platforms, under these digests. */
async function collect(folder: string, digests: object): Promise<void> {
  await mkdir(folder);
  for (const service of SERVICE_NAMES) {
    const from = service === 'worker' ? AGAIN : BUILT;
    await cp(archiveOf(from, service), archiveOf(folder, service));
  }
  await writeFile(join(folder, 'digests.json'), JSON.stringify(digests));
}

describe('npm run images -- push', () => {
  let folder: string;
  let stacks: string;
  let built: string;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'image-service-pushed-'));
    built = join(folder, 'built');
    const { images, ...rest } = await readDigests(BUILT);
    const worker = (await archive('worker', AGAIN)).digest;
    await collect(built, { ...rest, images: { ...images, worker } });
    stacks = join(folder, 'stacks');
    for (const name of ['platform-dev', 'storage-dev']) {
      await mkdir(join(stacks, name), { recursive: true });
      await writeFile(join(stacks, name, 'cdk.tf.json'), JSON.stringify(stackOf({})));
    }
  });
  after(() => rm(folder, { recursive: true, force: true }));

  const push = (from: string, ...more: string[]) =>
    pushImages(readPushOptions(['dev', '--from', from, '--stacks', stacks, '--registry', REGISTRY, ...more]));
  const digests = () => readDigests(built);
  const tagOf = async (service: string) =>
    `${REGISTRY}/image-service/${service}:${(await digests()).revision.slice(0, 12)}`;
  const skopeo = (...args: string[]) => run(['skopeo', ...args]);

  it('changes nothing with --dry-run', async () => {
    await push(built, '--dry-run');
    const listing = skopeo('list-tags', '--tls-verify=false', `docker://${REGISTRY}/image-service/worker`);
    expect(String(await rejectionOf(listing))).to.include('worker');
  });

  it('pushes every image, which is pulled by its digest with the same bytes', async () => {
    await push(built);
    const { images } = await digests();
    for (const service of SERVICE_NAMES) {
      const target = join(folder, `${service}.oci.tar`);
      const image = `docker://${REGISTRY}/image-service/${service}@${images[service]}`;
      await skopeo('copy', '--all', '--preserve-digests', '--src-tls-verify=false', image, `oci-archive:${target}`);
      const pulled = await openArchive(target, join(folder, service));
      expect(pulled.digest).to.equal(images[service]);
      expect(pulled.images).to.have.length(service === 'worker' ? 2 : 1);
      expect(pulled.images.map(({ digest }) => digest)).to.include((await imageOf(service)).digest);
      await rm(target);
    }
  });

  it('does nothing where the same is there already', async () => {
    await push(built);
    const raw = await skopeo('inspect', '--tls-verify=false', '--raw', `docker://${await tagOf('worker')}`);
    expect(JSON.parse(raw).manifests).to.have.length(2);
  });

  it('refuses to put another image under the tag of a commit, and says what to do', async () => {
    const other = join(folder, 'other');
    const { images, ...rest } = await digests();
    await collect(other, { ...rest, images: { ...images, 'sync-upload': images.download } });
    await cp(archiveOf(BUILT, 'download'), archiveOf(other, 'sync-upload'));
    const message = String(await rejectionOf(push(other)));
    expect(message).to.include(`${await tagOf('sync-upload')} is ${images['sync-upload']} already`);
    expect(message).to.include('Deploy the images of that build with its digests.json');
  });

  it('refuses an archive that digests.json does not name', async () => {
    const other = join(folder, 'mixed');
    const { images, ...rest } = await digests();
    await collect(other, { ...rest, images: { ...images, worker: images.download } });
    expect(String(await rejectionOf(push(other)))).to.include('Build them together');
  });
});
