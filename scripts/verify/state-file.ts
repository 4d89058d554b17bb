import { createHash } from 'node:crypto';
import { homedir } from 'node:os';
import { join } from 'node:path';
import type { Options } from './options.ts';

/** What makes two runs the same, in words: what they look at, and how. Not how fast, nor how they tell of it. */
export const identityOf = (label: string, { quick, adopt, owner, visibility, removeOrphans, dropDamaged }: Options) =>
  [
    label,
    ...(quick ? ['--quick'] : []),
    ...(adopt ? [`--adopt --visibility ${visibility}${owner ? ` --owner ${owner}` : ''}`] : []),
    ...(removeOrphans ? ['--remove-orphans'] : []),
    ...(dropDamaged ? ['--drop-damaged'] : []),
  ].join(' ');

/** Where the state of a run is kept unless it is told. */
export function stateFile(identity: string): string {
  const folder = process.env.XDG_STATE_HOME || join(homedir(), '.local', 'state');
  return join(folder, 'image-service', 'verify', `${createHash('sha256').update(identity).digest('hex')}.json`);
}
