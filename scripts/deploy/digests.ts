import { readFile } from 'node:fs/promises';
import { SERVICE_NAMES, type ServiceName } from '../../shared/contracts/services.ts';
import { CommandError } from '../command-line.ts';
import { isDigest } from '../doctor/parameters.ts';
import { printableLine } from '../terminal/printable.ts';

/**
 * Which image of each service runs, or is to run: `digests.json`. The file of a build says its version and commit too; that of what ran before a
 * deployment does not, and has null for a service that had no image yet.
 */
export interface Digests {
  version?: string;
  revision?: string;
  images: Record<ServiceName, string | null>;
}

/** The same where every service has an image. */
export interface WholeDigests extends Digests {
  images: Record<ServiceName, string>;
}

const COMMIT = /^[0-9a-f]{40}$/;

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

// A list of one text looks like that text where it is made a text.
const isDigestOrNull = (value: unknown): boolean => value === null || (typeof value === 'string' && isDigest(value));

const isOneLine = (value: unknown): boolean => typeof value === 'string' && printableLine(value) === value;

/** What is wrong with the content of such a file. */
function faultsOf(value: unknown): string[] {
  if (!isObject(value) || !isObject(value.images)) return ['it must be an object with "images"'];
  const { images, version, revision } = value;
  const unknown = Object.keys(images).filter((name) => !(SERVICE_NAMES as string[]).includes(name));
  return [
    ...SERVICE_NAMES.filter((name) => !Object.hasOwn(images, name)).map((name) => `images has no "${name}"`),
    ...unknown.map((name) => `images has "${name}", which is no service`),
    ...SERVICE_NAMES.filter((name) => Object.hasOwn(images, name) && !isDigestOrNull(images[name])).map(
      (name) => `images.${name} is ${JSON.stringify(images[name])}, and not sha256: with 64 hex digits`,
    ),
    ...(version === undefined || isOneLine(version) ? [] : ['version must be a text of one printable line']),
    ...(revision === undefined || (typeof revision === 'string' && COMMIT.test(revision))
      ? []
      : ['revision must be the 40 hex digits of a commit']),
  ];
}

export async function readDigests(path: string): Promise<Digests> {
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw new CommandError(`${path} cannot be read (${error.code}): npm run images -- build writes digests.json.`);
  });
  return digestsIn(path, text);
}

/** The digests in a text, which comes from `place`. */
export function digestsIn(place: string, text: string): Digests {
  const value = parsed(place, text);
  const faults = faultsOf(value);
  if (faults.length > 0) throw new CommandError(`${place} does not say which images are to run: ${faults.join('; ')}.`);
  return value as Digests;
}

function parsed(path: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new CommandError(`${path} is not JSON: ${(error as Error).message}.`);
  }
}

/** Whether both say the same images. */
export const areSame = (one: Digests, other: Digests): boolean =>
  SERVICE_NAMES.every((service) => one.images[service] === other.images[service]);

/** The services without an image. */
export const servicesWithout = ({ images }: Digests): ServiceName[] =>
  SERVICE_NAMES.filter((service) => images[service] === null);

export function whole(path: string, digests: Digests): WholeDigests {
  const without = servicesWithout(digests);
  if (without.length === 0) return digests as WholeDigests;
  throw new CommandError(`${path} has no image for ${without.join(', ')}, which ran nothing then.`);
}
