import { randomBytes } from 'node:crypto';
import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ENVIRONMENT } from '../../../shared/contracts/environment.ts';
import { CommandError } from '../../command-line.ts';

/** The file in a data folder with the keys that sign its links. */
export const linkKeysFile = (folder: string): string => join(folder, 'link-keys');

/** LINK_KEYS of a data folder, made once, so that links outlast a restart; for this user only. */
export async function readOrCreateLinkKeys(folder: string): Promise<string> {
  const path = linkKeysFile(folder);
  const explain = ({ code, message }: NodeJS.ErrnoException): never => {
    throw new CommandError(`The keys of links, ${path}, cannot be kept: ${code ?? message}.`);
  };
  const kept = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) =>
    error.code === 'ENOENT' ? undefined : explain(error),
  );
  return kept === undefined ? makeKeys(path).catch(explain) : checked(kept.trim(), path);
}

async function makeKeys(path: string): Promise<string> {
  const made = `local:${randomBytes(32).toString('base64url')}`;
  // The mode only applies to new files.
  await rm(`${path}.new`, { force: true });
  await writeFile(`${path}.new`, `${made}\n`, { mode: 0o600, flush: true });
  await rename(`${path}.new`, path);
  return made;
}

function checked(keys: string, path: string): string {
  const { error } = ENVIRONMENT.LINK_KEYS.validate(keys);
  if (!error) return keys;
  throw new CommandError(
    `${path} is damaged: ${error.message}. Remove it, and the next start makes a key; links that were signed before are not good then.`,
  );
}
