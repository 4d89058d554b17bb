import { randomUUID } from 'node:crypto';
import type { ImageView } from '../../shared/contracts/api/image-view.ts';
import type { Log } from '../deploy/environment.ts';
import { type Clock, SAY_AGAIN_MS } from '../deploy/wait.ts';
import type { Endpoint } from './endpoint.ts';
import { Unexpected } from './expectations.ts';
import type { Picture } from './pictures.ts';

/** A picture in the service. */
export interface Uploaded {
  picture: Picture;
  image: ImageView;
}

/** One smoke test, with all that its steps know. */
export interface Run {
  /** The beginning of the names of this run's files. */
  id: string;
  api: Endpoint;
  /** Where bytes are downloaded: the CDN, or the API where there is none. */
  bytes: Endpoint;
  hasCdn: boolean;
  hasKey: boolean;
  revision: string | undefined;
  timeoutMinutes: number;
  log: Log;
  clock: Clock;
  signal?: AbortSignal | undefined;
  /** Whether anything was sent that could be left behind. */
  hasBegun?: boolean;
  /** The images that are stored, as far as is known, and the uploads under way, which must both be gone in the end. */
  imageIds: Set<string>;
  uploadIds: Set<string>;
  whole?: Uploaded;
  inParts?: Uploaded;
}

export const FILE_PREFIX = 'image-service-smoke-';

export const newRunId = (): string => `${FILE_PREFIX}${randomUUID()}`;

const LOOK_MS = 2_000;

/** Looks until there is a result. Says once a minute what it waits for, and throws when the time is over. */
export async function waitFor<Seen>(
  { clock, log, timeoutMinutes, signal }: Run,
  what: string,
  look: () => Promise<Seen | undefined>,
): Promise<Seen> {
  const begin = clock.now();
  let said = begin;
  for (;;) {
    const seen = await look();
    if (seen !== undefined) return seen;
    signal?.throwIfAborted();
    const now = clock.now();
    if (now - begin >= timeoutMinutes * 60_000)
      throw new Unexpected(`After ${timeoutMinutes} minutes, ${what} has not happened.`);
    if (now - said >= SAY_AGAIN_MS) {
      log(`        still waiting: ${what}`);
      said = now;
    }
    await clock.sleep(LOOK_MS);
  }
}

export const theWhole = ({ whole }: Run): Uploaded => known(whole);
export const theParts = ({ inParts }: Run): Uploaded => known(inParts);

function known(uploaded: Uploaded | undefined): Uploaded {
  if (!uploaded) throw new Error('a step runs before the one that uploads its picture');
  return uploaded;
}
