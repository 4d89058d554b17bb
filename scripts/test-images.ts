import { mkdtemp, rm } from 'node:fs/promises';
import { constants, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readArguments, runCommand } from './command-line.ts';
import { BUILD_PLATFORM } from './images/bases.ts';
import { buildImages } from './images/build.ts';
import { basesIn, readBuildOptions } from './images/options.ts';
import { run } from './images/run-program.ts';
import { buildLocalRoot } from './test-images/local-root.ts';
import { canReachBases, findMissing } from './test-images/prerequisites.ts';
import { startRegistry } from './test-images/registry.ts';
import { pushStandIns } from './test-images/stand-in.ts';
import { startMocha, statusOf } from './test-run/mocha.ts';

const HELP = `npm run test:images [-- OPTIONS]
Builds the images of the services as npm run images -- build does, without Docker, and runs the tests in test/images: each program is started from
the file system of its image as ECS starts it, and all four serve uploads and downloads together. The tests say how large the images are and how
soon they are ready. It takes about six minutes on two cores, and two more the first time.

  --grep PATTERN  only the tests whose names match
  --from FOLDER   tests images that were built before
  --help          this text

Files that are not committed are tested too, unless git does not know them yet. Where Docker Hub is not reachable, stand-ins for the base images are
made from packages of Debian and npm. It needs Linux, root, buildah, skopeo and docker-registry; for stand-ins debootstrap too.
Exit status 1 if a test fails, 2 for wrong use, 3 if something that it needs is missing and nothing was tested.
`;

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const log = (line: string): void => void process.stdout.write(`${line}\n`);

const git = async (...args: string[]): Promise<string> => (await run(['git', ...args], { cwd: ROOT })).trim();

/** A commit of the files as they are, which belongs to no branch where they differ from the last one. */
async function commitOfTree(): Promise<string> {
  const isChanged = (await git('status', '--porcelain', '--untracked-files=no')) !== '';
  return isChanged ? git('stash', 'create') : git('rev-parse', 'HEAD');
}

interface Values {
  grep?: string | undefined;
  from?: string | undefined;
}

/**
 * Builds all images for this machine, and one of them a second time and for another machine too: the second time must give the same, and what
 * another machine runs is the same in all.
 */
async function buildAll(into: string, revision: string, bases: string[]): Promise<void> {
  const options = ['--revision', revision, ...bases.flatMap((base) => ['--base', base])];
  await buildImages(readBuildOptions(['--into', into, '--platform', BUILD_PLATFORM, ...options]));
  await buildImages(readBuildOptions(['worker', '--into', join(into, 'again'), ...options]));
}

/** A network of its own, in which nobody else has the ports of compose.yaml and nothing beyond loopback can be reached. */
const OWN_NETWORK = ['unshare', '--net', '/bin/sh', '-c', 'ip link set lo up; exec "$@"', 'sh'];

async function test(folder: string, isHubReachable: boolean, { grep, from }: Values): Promise<number> {
  const registry = await startRegistry(folder);
  try {
    const bases = isHubReachable ? [] : await pushStandIns(registry.host, folder, log);
    const revision = await commitOfTree();
    const images = from ?? join(folder, 'images');
    if (!from) await buildAll(images, revision, bases);
    log('Builds what compose.yaml runs beside the images.');
    const local = await buildLocalRoot(revision, basesIn(bases), folder);
    const env = { ...process.env, TEST_IMAGES: images, TEST_LOCAL: local, TEST_REGISTRY: registry.host };
    const options = ['--timeout', '120000', ...(grep ? ['--grep', grep] : [])];
    const statuses = [
      await statusOf(startMocha([...options, 'test/images/*.images.ts'], { env })),
      await statusOf(startMocha([...options, 'test/images/compose/*.images.ts'], { env }, OWN_NETWORK)),
    ];
    return Math.max(...statuses);
  } finally {
    registry.stop();
  }
}

async function main(): Promise<number> {
  const { values } = readArguments(HELP, { options: { grep: { type: 'string' }, from: { type: 'string' } } });
  const isHubReachable = await canReachBases(join(ROOT, 'containers/worker/Dockerfile'));
  const missing = await findMissing(isHubReachable);
  if (missing.length > 0) {
    process.stderr.write(
      `\nnpm run test:images CANNOT RUN AND HAS TESTED NOTHING. It misses:\n\n${missing.join('\n')}\n\n`,
    );
    return 3;
  }
  const folder = await mkdtemp(join(tmpdir(), 'image-service-test-images-'));
  try {
    return await test(folder, isHubReachable, values);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.once(signal, () => process.exit(128 + constants.signals[signal]));
}
await runCommand(async () => process.exit(await main()));
