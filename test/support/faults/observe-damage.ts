import { rm } from 'node:fs/promises';
import { ACTS, AS_ALWAYS, DO, describeOutcomes, LATER, outcomeOf, type Scene } from './acts.ts';
import { allIds, leftSince, notWorking, placesOf, remove, settle } from './aftermath.ts';
import type { Damage } from './damage-list.ts';
import type { Finding } from './observe.ts';
import type { Stage } from './stage.ts';
import { keepWaiting } from './waiting.ts';

/** The remedy for a rendition that was waiting: to request it again. */
const ASK_AGAIN = 'renditions that were waiting, until they are requested again';

/** Seconds in which a rendition is made when everything runs. */
const MADE_SECONDS = 15;

/** Damages a file of a data folder, does all acts of a user, and checks what is lost. */
export const observeDamage = (stage: Stage, damage: Damage): Promise<Finding> =>
  damage.isStopped ? acrossStarts(stage, damage) : meanwhile(stage, damage);

async function meanwhile(stage: Stage, { inflict, inParts = false }: Damage): Promise<Finding> {
  const scene = await stage.setScene(inParts);
  const before = await placesOf(stage);
  const { url, doomed, subject, ledger, rendition: name } = scene;
  await inflict(stage.data, subject.imageId);
  const seen: Finding['seen'] = {};
  for (const act of ACTS) seen[act] = await DO[act](scene);
  const asked = { imageId: subject.imageId, name };
  if (seen['new rendition'] === AS_ALWAYS) seen['new rendition'] = await outcomeOf(url, asked, MADE_SECONDS);
  // A rendition that is found missing may be made again.
  await outcomeOf(url, { imageId: subject.imageId, name: 'thumb' }, MADE_SECONDS);
  // Other answers are among the observations.
  const lost: string[] = Object.keys(await notWorking(scene));
  // Does not wait for a rendition that has failed for good.
  ledger.accepted = ledger.accepted.filter(({ imageId }) => imageId !== subject.imageId);
  if (seen['new rendition'] !== AS_ALWAYS) lost.push('new rendition');
  lost.push(...(await settle(scene)));
  for (const imageId of [subject.imageId, doomed]) await remove(url, imageId);
  return { seen, lost, left: await leftSince(stage, before) };
}

async function acrossStarts(stage: Stage, { inflict }: Damage): Promise<Finding> {
  const before = await placesOf(stage);
  const scene = await stage.setScene();
  const waiting = await keepWaiting(stage, scene);
  await stage.stop('SIGKILL');
  stage.injector.lift();
  await inflict(stage.data, scene.subject.imageId);
  const start = await startDamaged(stage);
  const after: Scene = { ...scene, url: stage.url(), ledger: { stored: [], accepted: [], deleted: [] } };
  const outcomes = await notWorking(after);
  const lost = describeOutcomes(outcomes);
  if (!outcomes.record) lost.push(...(await waitFor(after, waiting)));
  lost.push(...(await settle(after)));
  for (const imageId of await allIds(after.url)) await remove(after.url, imageId);
  return { seen: { start }, lost: [...new Set(lost)], left: await leftSince(stage, before) };
}

/** Starts npm start. Where it refuses, moves the file that it names away, as it says, and starts it again. Returns its message. */
async function startDamaged(stage: Stage): Promise<string> {
  try {
    await stage.start();
    return '`npm start` starts';
  } catch {
    const said = stage.process().stderr();
    const [, path = '', reason = ''] = /^(\/\S+) (.*\.)$/m.exec(said) ?? [];
    if (!path) throw new Error(`npm start does not start, and does not say why: ${said}`);
    for (const file of [path, `${path}-wal`]) await rm(file, { force: true });
    await stage.start();
    const told = `${path} ${reason}`.replaceAll(`${stage.data}/`, '').replaceAll(stage.data, 'FOLDER');
    return `\`npm start\` refuses to start: “${told}”`;
  }
}

async function waitFor({ url, ...scene }: Scene, waiting: { imageId: string; name: string }): Promise<string[]> {
  if ((await outcomeOf(url, waiting, MADE_SECONDS)) !== LATER) return [];
  await DO['new rendition']({ url, ...scene });
  const outcome = await outcomeOf(url, waiting, MADE_SECONDS);
  return outcome === AS_ALWAYS ? [ASK_AGAIN] : [`a rendition that was waiting: ${outcome}`];
}
