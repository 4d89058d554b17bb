import { createHash } from 'node:crypto';
import { homedir } from 'node:os';
import { join } from 'node:path';
import type { Options } from './options.ts';

/** Identifies a run in words by what it verifies and how, but not by its speed or its output. */
export const runIdentity = (
  label: string,
  { quick, adopt, owner, visibility, moderation, removeOrphans, dropDamaged }: Options,
) =>
  [
    label,
    ...(quick ? ['--quick'] : []),
    ...(adopt
      ? [`--adopt --visibility ${visibility} --moderation ${moderation}${owner ? ` --owner ${owner}` : ''}`]
      : []),
    ...(owner !== undefined && !adopt ? [`--owner ${owner}`] : []),
    ...(removeOrphans ? ['--remove-orphans'] : []),
    ...(dropDamaged ? ['--drop-damaged'] : []),
  ].join(' ');

/** The file of a run's state unless `--state` names another. */
export function defaultStateFile(identity: string): string {
  const folder = process.env.XDG_STATE_HOME || join(homedir(), '.local', 'state');
  return join(folder, 'image-service', 'verify', `${createHash('sha256').update(identity).digest('hex')}.json`);
}
