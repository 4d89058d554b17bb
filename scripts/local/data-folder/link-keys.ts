import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { ENVIRONMENT } from '../../../shared/contracts/environment.ts';
import { CommandError } from '../../command-line.ts';
import { readPrivateFile, writePrivateFile } from './private-file.ts';

/** The file in a data folder with the keys that sign its links. */
export const linkKeysFile = (folder: string): string => join(folder, 'link-keys');

/** LINK_KEYS of a data folder, made once, so that links outlast a restart; for this user only. */
export async function readOrCreateLinkKeys(folder: string): Promise<string> {
  const file = { path: linkKeysFile(folder), what: 'The keys of links' };
  const kept = await readPrivateFile(file);
  if (kept !== undefined) return checked(kept, file.path);
  const made = `local:${randomBytes(32).toString('base64url')}`;
  await writePrivateFile(file, made);
  return made;
}

function checked(keys: string, path: string): string {
  const { error } = ENVIRONMENT.LINK_KEYS.validate(keys);
  if (!error) return keys;
  throw new CommandError(
    `${path} is damaged: ${error.message}. Remove it, and the next start makes a key; links that were signed before are not good then.`,
  );
}
