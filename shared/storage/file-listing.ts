import type { Dirent } from 'node:fs';
import { lstat, opendir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { findParts, PARTS_SUFFIX } from './file-multipart.ts';
import type { ListedObject, ToldUnreadable } from './object-store.ts';
import { isNothingThere, unlessThere } from './regular-file.ts';

/** Names of one folder that are in memory at once; a folder of more is read through once more for each further page. */
const PAGE = 2 ** 15;

/** What is asked of a listing. */
interface Listing {
  /** Below which the keys lie. */
  folder: string;
  prefix: string;
  /** The key behind which it begins. */
  after: string;
  page?: number;
  unreadable?: ToldUnreadable | undefined;
}

/** What a name has where its bytes are no UTF-8: by it nobody finds the file. */
const NO_TEXT = '\ufffd';
const NOT_ENCODED = 'its name is not UTF-8';

/** Why a folder or a file says nothing of itself, while others may. */
const CLOSED = new Set(['EACCES', 'EPERM', 'EIO']);

/** The objects below a folder in the order of their keys, as S3 lists them: also those of no form that a key of ours has. */
export async function* listFiles({
  folder,
  prefix,
  after,
  page = PAGE,
  unreadable,
}: Listing): AsyncGenerator<ListedObject> {
  let last = '';
  for (;;) {
    const names = await namesBehind(join(folder, prefix), { prefix, after, last, page, unreadable });
    for (const name of names) {
      last = name;
      const key = prefix + name;
      if (name.endsWith('/')) yield* listFiles({ folder, prefix: key, after, page, unreadable });
      else {
        const found = await look({ folder, key, unreadable });
        if (found) yield found;
      }
    }
    if (names.length < page) return;
  }
}

/** The least names of a folder behind the last one, folders with a slash behind theirs, as far as keys behind `after` can be there. */
async function namesBehind(
  path: string,
  { prefix, after, last, page, unreadable }: Omit<Listing, 'folder'> & { last: string; page: number },
): Promise<string[]> {
  let names = new Set<string>();
  const trim = () => {
    names = new Set([...names].sort().slice(0, page));
  };
  try {
    for await (const entry of await opendir(path, { bufferSize: 1024 })) {
      const name = nameOf(entry);
      const key = prefix + name;
      const isBehind = key > after || (name.endsWith('/') && after.startsWith(key));
      if (name > last && isBehind && names.add(name).size >= 2 * page) trim();
    }
  } catch (error) {
    // Of a folder that goes while it is read nothing is left.
    if (!isNothingThere(error)) unlessClosed(prefix, unreadable)(error);
    else if (prefix.includes(NO_TEXT)) unreadable?.(prefix, NOT_ENCODED);
  }
  trim();
  return [...names];
}

function nameOf(entry: Dirent): string {
  if (!entry.isDirectory()) return entry.name;
  return entry.name.endsWith(PARTS_SUFFIX) ? entry.name.slice(0, -PARTS_SUFFIX.length) : `${entry.name}/`;
}

/** For `catch`: has somebody told what cannot be looked at; throws every other error on, and this one where nobody is to be told. */
const unlessClosed =
  (key: string, unreadable: ToldUnreadable | undefined) =>
  (error: unknown): undefined => {
    const { code = '' } = error as NodeJS.ErrnoException;
    if (!unreadable || !CLOSED.has(code)) throw error;
    unreadable(key, `the system refuses it (${code})`);
  };

interface Look {
  folder: string;
  key: string;
  unreadable?: ToldUnreadable | undefined;
}

/** What there is of an object without opening it: undefined if it is gone by now. A file hides parts of the same name. */
async function look({ folder, key, unreadable }: Look): Promise<ListedObject | undefined> {
  const path = join(folder, key);
  try {
    const whole = await stat(path).catch(unlessThere);
    if (whole?.isFile()) return { key, contentLength: whole.size, lastModified: whole.mtime };
    const parts = await stat(path + PARTS_SUFFIX).catch(unlessThere);
    if (!parts) {
      if (unreadable && !whole) await tellWhy(path, (reason) => unreadable(key, reason));
      return undefined;
    }
    const files = (await findParts(path)) ?? [];
    const contentLength = files.reduce((sum, { length }) => sum + (length || 0), 0);
    return { key, contentLength, lastModified: parts.mtime };
  } catch (error) {
    return unlessClosed(key, unreadable)(error);
  }
}

/** Tells why nothing answers to a name that was there a moment ago, unless it is gone by now. */
async function tellWhy(path: string, tell: (reason: string) => void): Promise<void> {
  if (path.includes(NO_TEXT)) tell(NOT_ENCODED);
  else if ((await lstat(path).catch(unlessThere))?.isSymbolicLink()) tell('it is a link that leads nowhere');
}
