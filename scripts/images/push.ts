import { createHash } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { accountNames } from '../../shared/contracts/names.ts';
import { SERVICE_NAMES, type ServiceName } from '../../shared/contracts/services.ts';
import { CommandError } from '../command-line.ts';
import { readDigests, whole } from '../deploy/digests.ts';
import { CLOCK } from '../deploy/wait.ts';
import type { Aws } from '../target-stack/aws-cli.ts';
import { readEnvironment } from '../target-stack/synthesised-environment.ts';
import { ACCEPTED } from './accepted-vulnerabilities.ts';
import { type Archive, openArchive } from './archive.ts';
import { isLocal } from './bases.ts';
import { archiveOf } from './build.ts';
import type { PushOptions } from './options.ts';
import { run } from './run-program.ts';
import { awaitScan, type Scanned, unaccepted, type Vulnerability } from './scan.ts';

const log = (line: string): void => void process.stdout.write(`${line}\n`);

/** Hexadecimal digits of the commit in a tag. */
const TAG_DIGITS = 12;

/** Pushes what was built to the registry of an environment, and looks at what ECR finds in it. */
export async function pushImages(options: PushOptions): Promise<void> {
  const { environment, from, stacks, isDryRun } = options;
  const file = join(from, 'digests.json');
  const { revision, images } = whole(file, await readDigests(file));
  if (!revision)
    throw new CommandError(`${file} does not say its commit: npm run images -- build writes one that does.`);
  const checked = await readEnvironment(stacks, environment);
  const host = options.registry ?? `${checked.accountId}.dkr.ecr.${checked.region}.amazonaws.com`;
  const { repository } = accountNames(checked);
  const tag = revision.slice(0, TAG_DIGITS);
  const work = await mkdtemp(join(tmpdir(), 'image-service-push-'));
  try {
    const archives = new Map<ServiceName, Archive>();
    for (const service of SERVICE_NAMES) {
      const archive = await openArchive(archiveOf(from, service), join(work, service));
      if (archive.digest !== images[service])
        throw new CommandError(
          `${archiveOf(from, service)} is ${archive.digest}, but ${file} names ${images[service]}. Build them together.`,
        );
      archives.set(service, archive);
    }
    if (isDryRun) {
      for (const service of SERVICE_NAMES) log(`Would push ${host}/${repository(service)}:${tag} = ${images[service]}`);
      return;
    }
    const login = options.registry ? [] : await logIn(checked.aws(), host, work);
    for (const service of SERVICE_NAMES) {
      const target = { image: `${host}/${repository(service)}:${tag}`, digest: images[service], login };
      await pushOne(archives.get(service) as Archive, target);
    }
    if (options.registry) return log('This registry is not ECR, so no scan is waited for.');
    const scanned = [...archives].flatMap(([service, archive]) =>
      archive.images.map(({ digest }) => ({ repository: repository(service), digest })),
    );
    await checkScans(checked.aws(), scanned, options.timeoutMinutes);
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

/** Logs in to ECR by a file that only this command uses, so that the password is on no command line and in no home folder. */
async function logIn(aws: Aws, host: string, work: string): Promise<string[]> {
  const { authorizationData } = await aws('ecr', 'get-authorization-token');
  const file = join(work, 'auth.json');
  const auths = { [host]: { auth: authorizationData[0].authorizationToken } };
  await writeFile(file, JSON.stringify({ auths }), { mode: 0o600 });
  return ['--authfile', file];
}

interface Target {
  image: string;
  digest: string;
  /** What skopeo takes to log in. */
  login: string[];
}

/** Pushes the folder whose blobs were checked, because the tag that they take cannot be given to others. */
async function pushOne({ folder }: Archive, { image, digest, login }: Target): Promise<void> {
  const began = performance.now();
  const there = await digestAt({ image, digest, login });
  if (there === digest) return log(`${image} is there already.`);
  if (there)
    throw new CommandError(
      `${image} is ${there} already, and not ${digest}: this commit was built before, with another result, and tags cannot be changed. Deploy the images of that build with its digests.json, or build another commit.`,
    );
  const insecure = isLocal(image) ? ['--dest-tls-verify=false'] : [];
  const copy = ['skopeo', 'copy', '--all', '--preserve-digests', ...login, ...insecure];
  await run([...copy, `oci:${folder}`, `docker://${image}`]);
  const pushed = await digestAt({ image, digest, login });
  if (pushed !== digest) throw new CommandError(`${image} has become ${pushed}, and not ${digest}.`);
  log(`${image} = ${digest} after ${Math.round((performance.now() - began) / 1000)} s`);
}

/** What registries answer where there is nothing under a name. */
const NOTHING = /manifest unknown|name unknown|not found/i;

/** The digest of what is under a tag; undefined if nothing is. */
async function digestAt({ image, login }: Target): Promise<string | undefined> {
  const insecure = isLocal(image) ? ['--tls-verify=false'] : [];
  try {
    const manifest = await run(['skopeo', 'inspect', '--raw', ...login, ...insecure, `docker://${image}`]);
    return `sha256:${createHash('sha256').update(manifest).digest('hex')}`;
  } catch (error) {
    if (error instanceof CommandError && NOTHING.test(error.message)) return undefined;
    throw error;
  }
}

async function checkScans(aws: Aws, scanned: Scanned[], timeoutMinutes: number): Promise<void> {
  const until = CLOCK.now() + timeoutMinutes * 60_000;
  const day = new Date().toISOString().slice(0, 10);
  log(`Waits for ECR to scan ${scanned.length} images, for ${timeoutMinutes} minutes at most.`);
  const wrong: string[] = [];
  for (const image of scanned) {
    const found = await awaitScan(aws, image, { until, clock: CLOCK });
    log(`${image.repository}@${image.digest}: ${summaryOf(found)}`);
    wrong.push(...unaccepted(found, ACCEPTED, day).map((sentence) => `${image.repository}: ${sentence}`));
  }
  if (wrong.length > 0)
    throw new CommandError(
      `Critical vulnerabilities:\n  ${[...new Set(wrong)].join('\n  ')}\nBuild on a mended base, or accept one with a reason in scripts/images/accepted-vulnerabilities.ts.`,
    );
}

function summaryOf(found: Vulnerability[]): string {
  const counts = Map.groupBy(found, ({ severity }) => severity);
  return [...counts].map(([severity, each]) => `${each.length} ${severity}`).join(', ') || 'nothing found';
}
