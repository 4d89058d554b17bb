import { setTimeout as sleep } from 'node:timers/promises';
import { eventually } from '../eventually.ts';
import { jsonOf } from '../http/http-client.ts';
import {
  ACTS,
  type Act,
  AS_ALWAYS,
  ask,
  DO,
  describeOutcomes,
  type Known,
  LATER,
  outcomeOf,
  type Scene,
} from './acts.ts';
import { namesIn, type Stage } from './stage.ts';

/** The state of everything after a fault. */
export interface Aftermath {
  /** Broken promises, and acts that do not work any more. */
  lost: string[];
  /** Invisible leftovers that take room when everything has been deleted. */
  left: string[];
}

/** Milliseconds in which all accepted work is done, however often it has failed. */
const DONE_MS = 90_000;

/** Milliseconds in which a worker finishes a rendition of an image that has been deleted meanwhile. */
const UNDER_WAY_MS = 10_000;

/** The places where things may be left over, in words. */
const PLACES = {
  'bytes in the store that belong to no image': ['objects', 'originals'],
  'the upload in parts, which stays open until it expires': ['uploads'],
  'half a file, until the next start': ['incoming'],
} as const;

export type Places = Record<keyof typeof PLACES, string[]>;

/** The things that are there now. */
export async function placesOf(stage: Stage): Promise<Places> {
  const found = Object.entries(PLACES).map(
    async ([name, folders]) => [name, await namesIn(stage, ...folders)] as const,
  );
  return Object.fromEntries(await Promise.all(found)) as Places;
}

/** Acts that together need all services. */
const NEEDED = ['list', 'upload', 'upload in parts'] as const;

/** Waits until all services answer, so that killed processes have been restarted. */
export async function works(scene: Scene): Promise<void> {
  for (const act of NEEDED)
    await eventually(`${act} works`, async () => !/50[23]|connection/.test(await DO[act](scene)), DONE_MS);
}

/** The broken promises, before everything that was uploaded meanwhile is deleted. */
export async function settle(scene: Scene): Promise<string[]> {
  const { ledger, subject, doomed, url } = scene;
  const lost = [...(await broken(scene)), ...(await inPart(scene))];
  for (const imageId of await allIds(url)) if (![subject.imageId, doomed].includes(imageId)) await remove(url, imageId);
  Object.assign(ledger, { stored: [], accepted: [], deleted: [] } satisfies Scene['ledger']);
  return lost;
}

/** Checks that everything works and that all promises hold, and then deletes everything. */
export async function aftermathOf(stage: Stage, scene: Scene, before: Places): Promise<Aftermath> {
  await works(scene);
  const lost = [...describeOutcomes(await notWorking(scene)), ...(await settle(scene))];
  for (const imageId of [scene.subject.imageId, scene.doomed]) await remove(scene.url, imageId);
  return { lost: [...new Set(lost)], left: await leftSince(stage, before) };
}

/** The places with things that were not there before, once all work is done. */
export async function leftSince(stage: Stage, before: Places): Promise<string[]> {
  const names = Object.keys(PLACES) as (keyof Places)[];
  const end = performance.now() + UNDER_WAY_MS;
  for (;;) {
    const after = await placesOf(stage);
    const left = names.filter((name) => after[name].some((each) => !before[name].includes(each)));
    if (left.length === 0 || performance.now() > end) return left;
    await sleep(100);
  }
}

/** The outcomes of the acts that do not work as usual now. */
export async function notWorking(scene: Scene): Promise<Partial<Record<Act, string>>> {
  const outcomes: Partial<Record<Act, string>> = {};
  const after = { ...scene, rendition: `${scene.rendition}-after` };
  for (const act of ACTS) {
    const outcome = await DO[act](after);
    if (outcome !== AS_ALWAYS) outcomes[act] = outcome;
  }
  return outcomes;
}

/** The broken promises. */
async function broken({ url, ledger }: Scene): Promise<string[]> {
  const faults: string[] = [];
  for (const image of ledger.stored) if (!(await isWhole(url, image))) faults.push('an uploaded image');
  for (const rendition of ledger.accepted)
    if (!(await isMadeAtLast(url, rendition))) faults.push('an accepted rendition');
  for (const imageId of ledger.deleted) {
    const answer = await ask(url, { path: `/v1/images/${imageId}` });
    if (typeof answer !== 'object' || answer.status !== 410) faults.push('a deletion');
  }
  return faults;
}

async function isWhole(url: string, { imageId, original }: Known): Promise<boolean> {
  const answer = await ask(url, { path: `/v1/images/${imageId}/original` });
  return typeof answer === 'object' && answer.status === 200 && answer.body.equals(original);
}

async function isMadeAtLast(url: string, rendition: Scene['ledger']['accepted'][number]): Promise<boolean> {
  const end = performance.now() + DONE_MS;
  let outcome = LATER;
  while (outcome === LATER && performance.now() < end) outcome = await outcomeOf(url, rendition, 10);
  return outcome === AS_ALWAYS;
}

/** An image whose upload was refused may exist, if it is whole. */
async function inPart({ url, original, subject, doomed, ledger }: Scene): Promise<string[]> {
  const known = [subject.imageId, doomed, ...ledger.stored.map(({ imageId }) => imageId)];
  const others = (await allIds(url)).filter((imageId) => !known.includes(imageId));
  const whole = await Promise.all(others.map((imageId) => isWhole(url, { imageId, original })));
  return whole.every(Boolean) ? [] : ['a refused image is there in part'];
}

/** The ids of all images. */
export async function allIds(url: string): Promise<string[]> {
  const answer = await ask(url, { path: '/v1/images?limit=100' });
  if (typeof answer !== 'object' || answer.status !== 200) throw new Error('There is no list.');
  const { images, nextCursor } = jsonOf(answer);
  if (nextCursor) throw new Error('There are more images than one page has.');
  return images.map(({ imageId }: { imageId: string }) => imageId);
}

/** Deletes an image, and throws if that fails. */
export async function remove(url: string, imageId: string): Promise<void> {
  const answer = await ask(url, { method: 'DELETE', path: `/v1/images/${imageId}` });
  if (typeof answer !== 'object' || answer.status !== 204) throw new Error(`${imageId} cannot be deleted.`);
}
