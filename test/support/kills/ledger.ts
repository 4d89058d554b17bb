import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { originalKey } from '../../../shared/domain/object-key.ts';
import { send } from '../http/http-client.ts';

/** Requests for one image. */
const MOST_TRIES = 5;

/** What a client was told about an image and may rely on. */
interface Told {
  /** SHA-256 of its bytes, hexadecimal. */
  digest: string;
  /** `deleting` while no answer to its DELETE has come: it may be there or not. */
  state: 'kept' | 'deleting' | 'deleted';
}

export type Ledger = Map<string, Told>;

export const digestOf = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');

/** An image that differs from what its client was told. */
export interface Broken {
  imageId: string;
  key: string;
  detail: string;
}

/** Reads everything that clients were told about, and returns the differences. */
export async function findBroken(url: string, ledger: Ledger): Promise<Broken[]> {
  const broken: Broken[] = [];
  /** Repeats requests while the service is busy, like clients. */
  const ask = async (path: string) => {
    for (let tries = 1; ; tries += 1) {
      const answer = await send(url, { path });
      if (![502, 503].includes(answer.status) || tries === MOST_TRIES) return answer;
      await sleep(1000);
    }
  };
  const check = async ([imageId, { digest, state }]: [string, Told]) => {
    const { status, body } = await ask(`/v1/images/${imageId}/original`);
    const isWhole = status === 200 && digestOf(body) === digest;
    const isGone = status === 404 || status === 410;
    const isRight = { kept: isWhole, deleting: isWhole || isGone, deleted: isGone }[state];
    if (!isRight) broken.push({ imageId, key: originalKey(imageId), detail: `${state}, and answered ${status}` });
  };
  const left = [...ledger];
  const reader = async () => {
    for (let told = left.pop(); told; told = left.pop()) await check(told);
  };
  await Promise.all(Array.from({ length: 4 }, reader));
  return broken;
}

/** Whether the rendition of an image, once it is ready, has the bytes of its ETag, or no longer exists. */
export async function isMadeWhole(url: string, imageId: string): Promise<boolean> {
  for (let tries = 1; tries <= MOST_TRIES; tries += 1) {
    const path = `/v1/images/${imageId}/renditions/thumb`;
    const { status, body, headers } = await send(url, { path, headers: { prefer: 'wait=10' } });
    if (status === 200) return headers.etag === `"${digestOf(body)}"`;
    if (status === 404 || status === 410) return true;
    await sleep(1000);
  }
  return false;
}
