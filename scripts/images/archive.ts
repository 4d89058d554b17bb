import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { CommandError } from '../command-line.ts';
import { run } from './run-program.ts';

/** A reference to a blob of an archive. */
interface Descriptor {
  digest: string;
  size: number;
  platform?: { os: string; architecture: string };
}

/** What the configuration of an image says, of https://github.com/opencontainers/image-spec/blob/main/config.md. */
interface ImageConfig {
  created: string;
  architecture: string;
  config: {
    User: string;
    Env: string[];
    Cmd: string[];
    Entrypoint?: string[];
    WorkingDir: string;
    ExposedPorts: Record<string, object>;
    Labels: Record<string, string>;
  };
}

/** The image of one platform in an archive. */
export interface PlatformImage {
  /** `linux/amd64` */
  platform: string;
  digest: string;
  config: ImageConfig;
  layers: Descriptor[];
}

/** An OCI archive, taken apart in a folder. */
export interface Archive {
  folder: string;
  /** The digest of the index, by which all platforms are pulled. */
  digest: string;
  images: PlatformImage[];
}

const blob = (folder: string, digest: string): string => join(folder, 'blobs', digest.replace(':', '/'));

async function readJson<T>(path: string): Promise<T> {
  return JSON.parse(await readFile(path, 'utf8')) as T;
}

/** Makes sure that a blob is what its digest says: an archive names its files by digests, but may contain anything under these names. */
async function check(file: string, folder: string, digest: string): Promise<void> {
  if (!/^sha256:[0-9a-f]{64}$/.test(digest)) throw new CommandError(`${file} names a blob ${JSON.stringify(digest)}.`);
  const hash = createHash('sha256');
  await pipeline(createReadStream(blob(folder, digest)), hash).catch((error: NodeJS.ErrnoException) => {
    throw new CommandError(`${file} lacks the blob ${digest} (${error.code}).`);
  });
  const found = `sha256:${hash.digest('hex')}`;
  if (found !== digest) throw new CommandError(`${file} is damaged: the blob ${digest} is ${found}. Build it again.`);
}

/** Takes an archive apart in a new folder, and makes sure that everything in it is what its digests say. */
export async function openArchive(file: string, folder: string): Promise<Archive> {
  await mkdir(folder, { recursive: true });
  await run(['tar', '--extract', '--file', file, '--directory', folder]);
  const { manifests } = await readJson<{ manifests: Descriptor[] }>(join(folder, 'index.json'));
  const [named, ...others] = manifests;
  if (!named || others.length > 0) throw new CommandError(`${file} has ${manifests.length} images, and not one.`);
  const { digest } = named;
  await check(file, folder, digest);
  const index = await readJson<{ manifests: Descriptor[] }>(blob(folder, digest));
  const images = index.manifests.map(async ({ digest, platform }): Promise<PlatformImage> => {
    await check(file, folder, digest);
    const manifest = await readJson<{ config: Descriptor; layers: Descriptor[] }>(blob(folder, digest));
    for (const part of [manifest.config, ...manifest.layers]) await check(file, folder, part.digest);
    const config = await readJson<ImageConfig>(blob(folder, manifest.config.digest));
    return { platform: `${platform?.os}/${platform?.architecture}`, digest, config, layers: manifest.layers };
  });
  return { folder, digest, images: await Promise.all(images) };
}

/** Writes the files of an image into a new folder, as root with their owners. */
export async function unpack({ folder }: Archive, { layers }: PlatformImage, into: string): Promise<void> {
  await mkdir(into, { recursive: true });
  for (const { digest } of layers) {
    const names = await run(['tar', '--list', '--gzip', '--file', blob(folder, digest)]);
    // No step of the Dockerfiles removes a file of a layer below, so nothing here knows what OCI has for that.
    if (/(^|\/)\.wh\./m.test(names))
      throw new CommandError(`The layer ${digest} removes files, which is not provided for.`);
    await run(['tar', '--extract', '--gzip', '--file', blob(folder, digest), '--directory', into]);
  }
}
