import { existsSync, globSync } from 'node:fs';
import { chmod, copyFile, cp, mkdir, mkdtemp, readFile, rename, rm, symlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Buildah, openBuildah } from '../images/buildah.ts';
import { run } from '../images/run-program.ts';

/** Where what takes long is kept for the next time. */
const CACHE = fileURLToPath(new URL('../../node_modules/.cache/test-images', import.meta.url));

/** The suite of Debian of the Dockerfiles. */
const SUITE = 'bookworm';

const ARCHITECTURES = ['amd64', 'arm64'] as const;
type Architecture = (typeof ARCHITECTURES)[number];

type Log = (line: string) => void;

/**
 * Images to take for the bases of the Dockerfiles where Docker Hub is not reachable, in a registry of this machine: Debian from its own packages,
 * and Node from npm's. They have the programs of the published ones, not their exact files. That for arm64 has arm64's Node, which nothing here
 * runs, and otherwise the files of this machine.
 */
export async function pushStandIns(host: string, folder: string, log: Log): Promise<string[]> {
  const debian = await debianFolder(log);
  const bases: string[] = [];
  const buildah = openBuildah(join(folder, 'stand-in'));
  for (const name of ['debian', 'node']) {
    log(`Makes a stand-in for the base ${name}.`);
    const made: string[] = [];
    for (const architecture of ARCHITECTURES) {
      const files = name === 'debian' ? [] : [await nodeFolder(join(folder, `node-${architecture}`), architecture)];
      made.push(await makeImage(buildah, { name: `${host}/${name}`, architecture, folders: [debian, ...files] }));
    }
    const index = `${host}/${name}:stand-in`;
    await buildah.run('manifest', 'create', index, ...made);
    const digestFile = join(folder, `${name}.digest`);
    const push = ['manifest', 'push', '--all', '--tls-verify=false', '--digestfile', digestFile];
    await buildah.run(...push, index, `docker://${index}`);
    bases.push(`${name}=${host}/${name}@${(await readFile(digestFile, 'utf8')).trim()}`);
  }
  await buildah.remove();
  return bases;
}

interface StandIn {
  name: string;
  architecture: Architecture;
  folders: string[];
}

async function makeImage(buildah: Buildah, { name, architecture, folders }: StandIn): Promise<string> {
  const image = `${name}:${architecture}`;
  const container = (await buildah.run('from', '--arch', architecture, 'scratch')).trim();
  for (const folder of folders) await buildah.run('add', '--quiet', container, folder, '/');
  const authority = folders.length > 1 ? ['--env', `NODE_EXTRA_CA_CERTS=${AUTHORITIES}`] : [];
  await buildah.run('config', '--arch', architecture, ...authority, container);
  await buildah.run('commit', '--quiet', '--rm', container, image);
  return image;
}

/** A minimal Debian, which takes a minute or two, made once. */
async function debianFolder(log: Log): Promise<string> {
  const folder = join(CACHE, SUITE);
  if (existsSync(folder)) return folder;
  log(`Installs Debian ${SUITE} into a folder, once.`);
  await mkdir(CACHE, { recursive: true });
  const made = await mkdtemp(join(CACHE, 'debian-'));
  // `slim` of the published image: no documentation.
  await run(['debootstrap', '--variant=minbase', SUITE, made, await mirror()]);
  for (const useless of ['usr/share/doc', 'usr/share/man', 'usr/share/locale', 'var/cache/apt', 'var/lib/apt/lists'])
    await rm(join(made, useless), { recursive: true, force: true });
  await chmod(made, 0o755);
  await rename(made, folder);
  return folder;
}

/** Where this machine has its Debian from, else Debian's own address. */
async function mirror(): Promise<string> {
  const files = globSync(['/etc/apt/sources.list', '/etc/apt/sources.list.d/*']);
  const texts = await Promise.all(files.map((file) => readFile(file, 'utf8')));
  return /https?:\/\/\S+\/debian(?=[\s/]*$)/m.exec(texts.join('\n'))?.[0] ?? 'http://deb.debian.org/debian';
}

/** Where the stand-in for Node has the certificates of this machine, which may stand behind a proxy with its own. */
const AUTHORITIES = '/etc/ssl/of-this-machine.pem';

/** The files of the stand-in for Node above Debian: Node, and npm on the platform that builds. */
async function nodeFolder(folder: string, architecture: Architecture): Promise<string> {
  const [programs, modules] = [join(folder, 'usr/local/bin'), join(folder, 'usr/local/lib/node_modules')];
  await mkdir(programs, { recursive: true });
  await mkdir(modules, { recursive: true });
  await copyFile(await nodeProgram(folder, architecture), join(programs, 'node'));
  await chmod(join(programs, 'node'), 0o755);
  await rm(join(folder, 'package'), { recursive: true, force: true });
  await cp(npmFolder(), join(modules, 'npm'), { recursive: true });
  await symlink('../lib/node_modules/npm/bin/npm-cli.js', join(programs, 'npm'));
  await mkdir(join(folder, dirname(AUTHORITIES)), { recursive: true });
  const ours = process.env.NODE_EXTRA_CA_CERTS || '/etc/ssl/certs/ca-certificates.crt';
  await copyFile(ours, join(folder, AUTHORITIES));
  return folder;
}

/** Node of the version of the project, from the package that npm installs for that platform. */
async function nodeProgram(folder: string, architecture: Architecture): Promise<string> {
  if (architecture === (process.arch === 'x64' ? 'amd64' : process.arch)) return process.execPath;
  const name = `node-linux-${architecture === 'amd64' ? 'x64' : architecture}@${process.versions.node}`;
  const packed = await run(['npm', 'pack', '--silent', '--pack-destination', folder, name]);
  const archive = join(folder, packed.trim());
  await run(['tar', '--extract', '--gzip', '--file', archive, '--directory', folder, 'package/bin/node']);
  await rm(archive);
  return join(folder, 'package/bin/node');
}

/** The npm that runs this, whose files need nothing else. */
function npmFolder(): string {
  const program = process.env.npm_execpath;
  if (!program) throw new Error('This is started by npm run test:images, which says where npm is.');
  return dirname(dirname(program));
}
