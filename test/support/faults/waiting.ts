import { setTimeout as sleep } from 'node:timers/promises';
import { eventually } from '../eventually.ts';
import { DO, type Ledger, type Scene } from './acts.ts';
import type { Stage } from './stage.ts';

/** Milliseconds in which the queue has back what was tried in vain: less than the two seconds after which it is tried again. */
const GIVEN_BACK_MS = 500;

/** Asks for a rendition that cannot be made until what is injected here is lifted; when this is done it waits in the queue. */
export async function keepWaiting({ injector }: Stage, scene: Scene): Promise<Ledger['accepted'][number]> {
  injector.inject({ operations: ['write', 'link'], effect: 'fail', error: 'ENOSPC', path: '/work/' });
  await DO['new rendition'](scene);
  await eventually('it is tried in vain', () => injector.hits() > 0);
  await sleep(GIVEN_BACK_MS);
  return { imageId: scene.subject.imageId, name: scene.rendition };
}
