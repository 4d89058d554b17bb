import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ServiceName } from '../../shared/contracts/services.ts';
import { CommandError, WrongUse } from '../command-line.ts';
import { forPlatform, tlsOptions } from './bases.ts';
import type { Buildah } from './buildah.ts';
import type { Bases } from './options.ts';
import { has, run } from './run-program.ts';
import type { Source } from './source.ts';

/** One image to build, for each platform, into one OCI archive. */
interface Job {
  service: ServiceName;
  platforms: readonly string[];
  source: Source;
  bases: Bases;
  archive: string;
  /** What buildah builds in. */
  buildah: Buildah;
}

interface Builder {
  isInstalled(): Promise<boolean>;
  build(job: Job): Promise<void>;
}

/** The arguments of the Dockerfiles. */
const argumentsOf = ({ version, revision, url }: Source): string[] =>
  Object.entries({ VERSION: version, REVISION: revision, SOURCE: url }).flatMap(([name, value]) => [
    '--build-arg',
    `${name}=${value}`,
  ]);

const dockerfileOf = ({ service, source }: Job): string => join(source.folder, 'containers', service, 'Dockerfile');

/** Built without a daemon, and by whoever has no root's rights too. */
const buildah: Builder = {
  isInstalled: async () => (await has('buildah', '--version')) && has('skopeo', '--version'),
  async build(job) {
    const name = `localhost/${job.service}`;
    const made: string[] = [];
    for (const platform of job.platforms) {
      const image = `${name}:${platform.replace('/', '-')}`;
      await buildOne(job, platform, image);
      made.push(image);
    }
    await job.buildah.run('manifest', 'create', name, ...made);
    await job.buildah.run('manifest', 'push', '--all', '--format', 'oci', name, `oci-archive:${job.archive}`);
  },
};

async function buildOne(job: Job, platform: string, image: string): Promise<void> {
  const { source, bases } = job;
  const dockerfile = await forPlatform(await readFile(dockerfileOf(job), 'utf8'), platform, bases);
  // Beside the files of the commit, and not among them.
  const file = `${source.folder}-${job.service}-${platform.replace('/', '-')}.Dockerfile`;
  await writeFile(file, dockerfile);
  const options = [
    ...['--file', file, '--platform', platform, '--tag', image, ...tlsOptions(bases)],
    // Layers of a cache would bring their own history along. The only program that runs is npm, which needs no container of its own.
    ...['--layers', '--no-cache', '--isolation', 'chroot', '--timestamp', String(source.timestamp)],
    // Otherwise a label would name the version of buildah, and another version would give other images.
    ...['--identity-label=false', ...argumentsOf(source), source.folder],
  ];
  await job.buildah.run('build', ...options);
}

/** For machines without buildah. Docker's default builder makes neither archives nor images of other platforms. */
const docker: Builder = {
  isInstalled: () => has('docker', 'buildx', 'version'),
  async build(job) {
    if (Object.keys(job.bases).length > 0) throw new WrongUse('--base needs buildah.');
    const { source, archive, platforms } = job;
    const command = [
      ...['docker', 'buildx', 'build', '--file', dockerfileOf(job), '--platform', platforms.join(',')],
      ...['--no-cache', '--provenance=false', '--sbom=false'],
      ...['--build-arg', `SOURCE_DATE_EPOCH=${source.timestamp}`, ...argumentsOf(source)],
      ...['--output', `type=oci,dest=${archive},rewrite-timestamp=true`, source.folder],
    ];
    await run(command).catch((error: CommandError) => {
      const remedy = 'docker buildx create --use makes a builder that can';
      throw /not supported/i.test(error.message) ? new CommandError(`${error.message}\n${remedy}.`) : error;
    });
  },
};

export const BUILDERS = { buildah, docker };

export type BuilderName = keyof typeof BUILDERS;

/** The builder of that name, or the first that is installed. */
export async function chooseBuilder(name?: BuilderName): Promise<BuilderName> {
  const names = name ? [name] : (Object.keys(BUILDERS) as BuilderName[]);
  for (const each of names) if (await BUILDERS[each].isInstalled()) return each;
  throw new CommandError(
    `${name ?? 'A builder'} is missing. Install buildah and skopeo (apt-get install buildah skopeo), or Docker with buildx.`,
  );
}
