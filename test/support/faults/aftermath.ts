import { setTimeout as sleep } from 'node:timers/promises';
import { eventually } from '../eventually.ts';
import { jsonOf } from '../http/http-client.ts';
import { ACTS, AS_ALWAYS, ask, DO, type Known, LATER, outcomeOf, type Scene } from './acts.ts';
import { namesIn, type Stage } from './stage.ts';

/** What has become of everything once a fault is over. */
export interface Aftermath {
  /** What is not as somebody was told that it is, or does not work any more. */
  lost: string[];
  /** What nobody sees and that still takes room when everything has been deleted. */
  left: string[];
}

/** Milliseconds in which all that was taken on is done, however often it has failed. */
const DONE_MS = 90_000;

/** Milliseconds in which a worker is done with a rendition of an image that has been deleted meanwhile. */
const UNDER_WAY_MS = 10_000;

/** Where things may be left, in words. */
const PLACES = {
  'unseen bytes stay in the store': ['objects', 'originals'],
  'the upload in parts stays open until its time is over': ['uploads'],
  'half a file lies about until the next start': ['incoming'],
} as const;

export type Places = Record<keyof typeof PLACES, string[]>;

/** What lies there now. */
export async function placesOf(stage: Stage): Promise<Places> {
  const found = Object.entries(PLACES).map(
    async ([name, folders]) => [name, await namesIn(stage, ...folders)] as const,
  );
  return Object.fromEntries(await Promise.all(found)) as Places;
}

/** Those that need each of the services. */
const NEEDED = ['list', 'upload', 'upload in parts'] as const;

/** Waits until everybody answers: processes that were killed have been started again. */
export async function works(scene: Scene): Promise<void> {
  for (const act of NEEDED)
    await eventually(`${act} works`, async () => !/50[23]|connection/.test(await DO[act](scene)), DONE_MS);
}

/** What is not as it was promised, before all that was uploaded meanwhile is deleted. */
export async function settle(scene: Scene): Promise<string[]> {
  const { ledger, subject, doomed, url } = scene;
  const lost = [...(await broken(scene)), ...(await inPart(scene))];
  for (const imageId of await allIds(url)) if (![subject.imageId, doomed].includes(imageId)) await remove(url, imageId);
  Object.assign(ledger, { stored: [], accepted: [], deleted: [] } satisfies Scene['ledger']);
  return lost;
}

/** Looks whether everything works, whether all is there that was promised, and then deletes it. */
export async function aftermathOf(stage: Stage, scene: Scene, before: Places): Promise<Aftermath> {
  await works(scene);
  const lost = [...(await notWorking(scene)), ...(await settle(scene))];
  for (const imageId of [scene.subject.imageId, scene.doomed]) await remove(scene.url, imageId);
  return { lost: [...new Set(lost)], left: await leftSince(stage, before) };
}

/** Where there is what was not there before, once nothing is under way any more. */
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

/** What does not work as always now. */
export async function notWorking(scene: Scene): Promise<string[]> {
  const answers: string[] = [];
  const after = { ...scene, rendition: `${scene.rendition}-after` };
  for (const act of ACTS) {
    const answer = await DO[act](after);
    if (answer !== AS_ALWAYS) answers.push(`${act}: ${answer}`);
  }
  return answers;
}

/** Promises that are not kept. */
async function broken({ url, ledger }: Scene): Promise<string[]> {
  const faults: string[] = [];
  for (const image of ledger.stored) if (!(await isWhole(url, image))) faults.push('an image that was uploaded');
  for (const rendition of ledger.accepted) if (!(await isMadeAtLast(url, rendition))) faults.push('a rendition');
  for (const imageId of ledger.deleted) {
    const answer = await ask(url, { path: `/v1/images/${imageId}` });
    if (typeof answer !== 'object' || answer.status !== 410) faults.push('a delete');
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

/** What was refused may be there, if it is whole. */
async function inPart({ url, original, subject, doomed, ledger }: Scene): Promise<string[]> {
  const known = [subject.imageId, doomed, ...ledger.stored.map(({ imageId }) => imageId)];
  const others = (await allIds(url)).filter((imageId) => !known.includes(imageId));
  const whole = await Promise.all(others.map((imageId) => isWhole(url, { imageId, original })));
  return whole.every(Boolean) ? [] : ['an image that was refused is there in part'];
}

/** Of all images that there are. */
export async function allIds(url: string): Promise<string[]> {
  const answer = await ask(url, { path: '/v1/images?limit=100' });
  if (typeof answer !== 'object' || answer.status !== 200) throw new Error('There is no list.');
  const { images, nextCursor } = jsonOf(answer);
  if (nextCursor) throw new Error('There are more images than one page has.');
  return images.map(({ imageId }: { imageId: string }) => imageId);
}

/** Deletes an image, which must work. */
export async function remove(url: string, imageId: string): Promise<void> {
  const answer = await ask(url, { method: 'DELETE', path: `/v1/images/${imageId}` });
  if (typeof answer !== 'object' || answer.status !== 204) throw new Error(`${imageId} cannot be deleted.`);
}
