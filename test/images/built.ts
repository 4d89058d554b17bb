import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Archive, openArchive, type PlatformImage, unpack } from '../../scripts/images/archive.ts';
import { BUILD_PLATFORM } from '../../scripts/images/bases.ts';
import { archiveOf } from '../../scripts/images/build.ts';
import type { ServiceName } from '../../shared/contracts/services.ts';

/** Where npm run test:images has put the archives. */
export const BUILT = process.env.TEST_IMAGES ?? 'images';

/** Where it has put those of the worker that were built a second time, for both platforms. */
export const AGAIN = join(BUILT, 'again');

/** The registry of this machine. */
export const REGISTRY = process.env.TEST_REGISTRY ?? '';

const folder = mkdtempSync(join(tmpdir(), 'image-service-roots-'));
process.once('exit', () => rmSync(folder, { recursive: true, force: true }));

const kept = new Map<string, Promise<unknown>>();
function once<T>(name: string, make: () => Promise<T>): Promise<T> {
  const made = kept.get(name) ?? make();
  kept.set(name, made);
  return made as Promise<T>;
}

export const archive = (service: ServiceName, from = BUILT): Promise<Archive> =>
  once(`${from}/${service}`, () => openArchive(archiveOf(from, service), join(folder, `${kept.size}-${service}`)));

/** The image of a platform, by default this machine's. */
export async function imageOf(service: ServiceName, from = BUILT, platform = BUILD_PLATFORM): Promise<PlatformImage> {
  const found = (await archive(service, from)).images.find((image) => image.platform === platform);
  if (!found) throw new Error(`${service} is not built for ${platform} in ${from}.`);
  return found;
}

/** The file system of an image, in a folder. */
export const rootOf = (service: ServiceName, from = BUILT, platform = BUILD_PLATFORM): Promise<string> =>
  once(`${from}/${service}/${platform}`, async () => {
    const root = join(folder, `root-${kept.size}-${service}`);
    await unpack(await archive(service, from), await imageOf(service, from, platform), root);
    return root;
  });
