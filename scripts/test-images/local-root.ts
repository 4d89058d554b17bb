import { chmod, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { BUILD_PLATFORM, forPlatform, tlsOptions } from '../images/bases.ts';
import { openBuildah } from '../images/buildah.ts';
import type { Bases } from '../images/options.ts';
import { checkOut } from '../images/source.ts';

const DOCKERFILE = 'scripts/local/Dockerfile';

/** Builds the image that compose.yaml runs beside the services, and writes its file system into a folder. */
export async function buildLocalRoot(revision: string, bases: Bases, folder: string): Promise<string> {
  const source = await checkOut(revision, join(folder, 'source'));
  const [file, root] = [join(folder, 'local.Dockerfile'), join(folder, 'local')];
  const dockerfile = await readFile(join(source.folder, DOCKERFILE), 'utf8');
  await writeFile(file, await forPlatform(dockerfile, BUILD_PLATFORM, bases));
  const ignored = join(source.folder, `${DOCKERFILE}.dockerignore`);
  const buildah = openBuildah(join(folder, 'local-buildah'));
  const options = ['--file', file, '--ignorefile', ignored, '--isolation', 'chroot', ...tlsOptions(bases)];
  await buildah.run('build', ...options, '--output', `type=local,dest=${root}`, source.folder);
  await buildah.remove();
  // buildah makes the folder for this user alone, and the root of a container is for all.
  await chmod(root, 0o755);
  return root;
}
