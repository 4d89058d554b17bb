import { aftermathOf, placesOf } from './aftermath.ts';
import type { StartFault } from './fault-list.ts';
import type { Finding } from './observe.ts';
import type { Stage } from './stage.ts';

/** Ends each start one call later than the one before, until a start completes. Each is followed by an undisturbed start. */
export async function observeStart(stage: Stage, { ending }: StartFault): Promise<Finding> {
  const scene = await stage.setScene();
  const before = await placesOf(stage);
  const seen = new Set<string>();
  for (let call = 1, hits = 1; hits > 0; call += 1) {
    await stage.stop('SIGKILL');
    stage.injector.inject(ending(call));
    const said = await sayingOf(stage);
    hits = stage.injector.lift().hits;
    if (hits === 0 && call === 1) throw new Error('Nothing failed, so nothing was found.');
    if (hits === 0) break;
    if (said) seen.add(said);
    await stage.stop('SIGKILL');
    await stage.start();
  }
  const after = { ...scene, url: stage.url() };
  return { seen: { start: [...seen].sort().join(' or ') }, ...(await aftermathOf(stage, after, before)) };
}

/** The message of a start that fails; empty where it runs. */
async function sayingOf(stage: Stage): Promise<string> {
  try {
    await stage.start();
    return '';
  } catch {
    return stage.process().child.signalCode === 'SIGKILL' ? '`npm start` ends' : stage.process().stderr();
  }
}
