import { readFile } from 'node:fs/promises';
import { has, run } from '../images/run-program.ts';

/** The programs that the tests start, and how Debian installs them. */
const PROGRAMS: [command: string[], remedy: string][] = [
  [['buildah', '--version'], 'apt-get install buildah'],
  [['skopeo', '--version'], 'apt-get install skopeo'],
  [['unshare', '--version'], 'apt-get install util-linux'],
  [['ip', '-V'], 'apt-get install iproute2'],
  [['docker-registry', '--version'], 'apt-get install docker-registry'],
];

/** What the tests need and miss, each with a way to get it. */
export async function findMissing(isHubReachable: boolean): Promise<string[]> {
  if (process.platform !== 'linux') return ['  Linux: other systems have no containers of its programs'];
  const programs = isHubReachable ? PROGRAMS : [...PROGRAMS, DEBOOTSTRAP];
  const missing: string[] = [];
  for (const [command, remedy] of programs) {
    if (!(await has(...command))) missing.push(`  ${command[0]}: install it: ${remedy}`);
  }
  if (process.getuid?.() !== 0) missing.push('  root: only root can start containers here: sudo npm run test:images');
  return missing;
}

const DEBOOTSTRAP: [string[], string] = [
  ['debootstrap', '--version'],
  'apt-get install debootstrap; it stands in for Docker Hub, which this machine does not reach',
];

/** Whether the bases of a Dockerfile can be had from where it has them. */
export async function canReachBases(dockerfile: string): Promise<boolean> {
  const [, name, digest] =
    /^FROM ([\w./-]+):\S+?@(sha256:[0-9a-f]{64})$/m.exec(await readFile(dockerfile, 'utf8')) ?? [];
  return run(['skopeo', 'inspect', '--raw', `docker://${name}@${digest}`]).then(
    () => true,
    () => false,
  );
}
