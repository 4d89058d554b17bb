import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, open, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pMap from 'p-map';
import { SERVICE_NAMES, type ServiceName } from '../../shared/contracts/services.ts';
import { CommandError } from '../command-line.ts';
import type { WholeDigests } from '../deploy/digests.ts';
import { linesOf, plainTable } from '../terminal/plain-table.ts';
import { openArchive, type PlatformImage, unpack } from './archive.ts';
import { type Contents, packagesIn, spdxOf } from './bill-of-materials.ts';
import { type Buildah, openBuildah } from './buildah.ts';
import { BUILDERS, type BuilderName, chooseBuilder } from './builders.ts';
import type { BuildOptions } from './options.ts';
import { isTooLarge, type Size, sizeOf } from './sizes.ts';
import { checkOut, type Source, unlike } from './source.ts';

const log = (line: string): void => void process.stdout.write(`${line}\n`);

/** Builds that run at once: while one waits for npm, the other compresses. */
const AT_ONCE = 2;

export const archiveOf = (folder: string, service: ServiceName): string => join(folder, `${service}.oci.tar`);

interface Built {
  service: ServiceName;
  digest: string;
  sizes: Size[];
}

export async function buildImages(options: BuildOptions): Promise<void> {
  const { services, platforms, into, revision } = options;
  const work = await mkdtemp(join(tmpdir(), 'image-service-images-'));
  const buildah = openBuildah(join(work, 'buildah'));
  try {
    const builder = await chooseBuilder(options.builder);
    const source = await checkOut(revision, join(work, 'source'), options.source);
    log(
      `Builds ${services.join(', ')} for ${platforms.join(' and ')} of ${source.revision} with ${builder} into ${into}/.`,
    );
    const others = await unlike(source);
    if (others.length > 0) log(`That commit counts, and not what differs from it here: ${shortened(others)}.`);
    if (options.isDryRun) return;
    await mkdir(into, { recursive: true });
    const build = (service: ServiceName) => buildOne(service, { options, builder, buildah, source, work });
    const built = await pMap(services, build, { concurrency: AT_ONCE });
    report(built);
    await writeDigests(into, source, built);
  } finally {
    if (existsSync(join(work, 'buildah'))) await buildah.remove();
    await rm(work, { recursive: true, force: true });
  }
}

/** Names of files that are shown before the rest is only counted. */
const SHOWN = 5;

const shortened = (names: string[]): string =>
  names.length <= SHOWN ? names.join(', ') : `${names.slice(0, SHOWN).join(', ')} and ${names.length - SHOWN} more`;

interface Building {
  options: BuildOptions;
  builder: BuilderName;
  buildah: Buildah;
  source: Source;
  work: string;
}

async function buildOne(service: ServiceName, { options, builder, buildah, source, work }: Building): Promise<Built> {
  const { platforms, bases, into } = options;
  const began = performance.now();
  log(`${service}: is being built`);
  const archive = archiveOf(into, service);
  await rm(archive, { force: true });
  await BUILDERS[builder].build({ service, platforms, source, bases, archive, buildah });
  const opened = await openArchive(archive, join(work, service));
  const contents: Contents[] = [];
  for (const image of opened.images) {
    const root = join(work, `${service}-root`);
    await unpack(opened, image, root);
    await checkPlatform(root, image);
    contents.push({ ...image, packages: await packagesIn(root, await nodeVersionOf(source, service)) });
    await rm(root, { recursive: true });
  }
  const { digest } = opened;
  const document = spdxOf(service, digest, contents, source);
  await writeFile(join(into, `${service}.spdx.json`), `${JSON.stringify(document, null, 2)}\n`);
  await rm(opened.folder, { recursive: true });
  log(`${service}: ${digest} after ${Math.round((performance.now() - began) / 1000)} s`);
  return { service, digest, sizes: opened.images.map((image) => sizeOf(service, image)) };
}

/** The number of a machine in the head of its programs (ELF's e_machine, at byte 18), by OCI's names. */
const MACHINES: Record<string, number> = { amd64: 62, arm64: 183 };

/** Builders have put programs of one platform into the image of another, which no other check would find before the image is started. */
async function checkPlatform(root: string, { platform, config }: PlatformImage): Promise<void> {
  const file = await open(join(root, 'usr/local/bin/node'));
  const { buffer } = await file.read(Buffer.alloc(20), 0, 20, 0);
  await file.close();
  const wanted = platform.split('/')[1] ?? '';
  if (config.architecture !== wanted || buffer.readUInt16LE(18) !== MACHINES[wanted])
    throw new CommandError(
      `The image for ${platform} has a Node for another platform. Its builder has a fault: try another.`,
    );
}

async function nodeVersionOf({ folder }: Source, service: ServiceName): Promise<string> {
  const text = await readFile(join(folder, 'containers', service, 'Dockerfile'), 'utf8');
  return /^FROM node:(\d+\.\d+\.\d+)/m.exec(text)?.[1] ?? '';
}

function report(built: Built[]): void {
  const table = plainTable(['image', 'platform', 'MB compressed', 'above the base', 'budget']);
  const sizes = built.flatMap((each) => each.sizes);
  for (const { service, platform, wholeMb, ownMb, budgetMb } of sizes)
    table.push([service, platform, wholeMb, ownMb, budgetMb]);
  log(`\n${linesOf(table)}\n`);
  const large = sizes.filter(isTooLarge).map(({ service, platform }) => `${service} for ${platform}`);
  if (large.length > 0)
    throw new CommandError(
      `Larger than its budget: ${large.join(', ')}. Find what has grown (tar --list of its layers), or raise the budget in scripts/images/sizes.ts.`,
    );
}

/** Names the images for what deploys them, which wants all: of a part of them nothing is written. */
async function writeDigests(into: string, { version, revision }: Source, built: Built[]): Promise<void> {
  const file = join(into, 'digests.json');
  await rm(file, { force: true });
  if (built.length < SERVICE_NAMES.length) return log('digests.json names all images, so it is not written for some.');
  const images = Object.fromEntries(built.map(({ service, digest }) => [service, digest])) as WholeDigests['images'];
  await writeFile(file, `${JSON.stringify({ version, revision, images } satisfies WholeDigests, null, 2)}\n`);
  log(`${file} names them.`);
}
