import { setTimeout as sleep } from 'node:timers/promises';
import { eventually } from '../eventually.ts';
import { DO, type Ledger, type Scene } from './acts.ts';
import type { Stage } from './stage.ts';

/** Milliseconds after which a failed attempt is back in the queue, less than the two seconds until its retry. */
const GIVEN_BACK_MS = 500;

/** Requests a rendition that fails because of a fault injected here. When this resolves, its message waits in the queue. */
export async function keepWaiting({ injector }: Stage, scene: Scene): Promise<Ledger['accepted'][number]> {
  injector.inject({ operations: ['write', 'link'], effect: 'fail', error: 'ENOSPC', path: '/work/' });
  await DO['new rendition'](scene);
  await eventually('it is tried in vain', () => injector.hits() > 0);
  await sleep(GIVEN_BACK_MS);
  return { imageId: scene.subject.imageId, name: scene.rendition };
}
