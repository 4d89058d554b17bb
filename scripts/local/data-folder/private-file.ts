import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import { CommandError } from '../../command-line.ts';

/** A secret of a data folder, which is made once and kept for this user only. */
export interface PrivateFile {
  path: string;
  /** What it holds, for people: `The keys of links`. */
  what: string;
}

/** Reads a secret, without blanks around it; undefined if there is none yet. */
export async function readPrivateFile(file: PrivateFile): Promise<string | undefined> {
  try {
    return (await readFile(file.path, 'utf8')).trim();
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ENOENT' ? undefined : explain(file, error);
  }
}

/** Keeps a secret, whole or not at all. */
export async function writePrivateFile(file: PrivateFile, text: string): Promise<void> {
  try {
    // The mode only applies to new files.
    await rm(`${file.path}.new`, { force: true });
    await writeFile(`${file.path}.new`, `${text}\n`, { mode: 0o600, flush: true });
    await rename(`${file.path}.new`, file.path);
  } catch (error) {
    explain(file, error);
  }
}

function explain({ path, what }: PrivateFile, error: unknown): never {
  const { code, message } = error as NodeJS.ErrnoException;
  throw new CommandError(`${what}, ${path}, cannot be kept: ${code ?? message}.`);
}
