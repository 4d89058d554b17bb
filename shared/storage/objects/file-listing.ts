import type { Dirent } from 'node:fs';
import { lstat, opendir, realpath, stat } from 'node:fs/promises';
import { join, sep } from 'node:path';
import { findParts, PARTS_SUFFIX } from './object-parts-on-disk.ts';
import type { ListedObject, OnUnreadable } from './object-store.ts';
import { isMissing, undefinedIfMissing } from './regular-file.ts';

/** The number of names of one folder that are in memory at once; a larger folder is read again for each further page. */
const PAGE = 2 ** 15;

/** The options of a listing. */
interface Listing {
  /** The folder that contains the keys. */
  folder: string;
  prefix: string;
  /** The listing begins after this key. */
  after: string;
  page?: number;
  unreadable?: OnUnreadable | undefined;
  /** Whether the folder was reached by a link. Links to folders inside it are not followed, because they may form a cycle. */
  isLinked?: boolean;
}

/** A decoded name contains this character if its bytes are not UTF-8. Nobody can open the file by that name. */
const NO_TEXT = '\ufffd';
const NOT_ENCODED = 'its name is not UTF-8';

/** The errors for one folder or file that cannot be read while others can. */
const CLOSED = new Set(['EACCES', 'EPERM', 'EIO']);

/** Lists the objects below a folder in the order of their keys, as S3 does, including files whose names are not valid keys. */
export async function* listFiles({
  folder,
  prefix,
  after,
  page = PAGE,
  unreadable,
  isLinked = false,
}: Listing): AsyncGenerator<ListedObject> {
  let last = '';
  for (;;) {
    const { names, links } = await namesBehind({ folder, prefix, after, last, page, unreadable, isLinked });
    for (const name of names) {
      last = name;
      const key = prefix + name;
      if (name.endsWith('/')) {
        yield* listFiles({ folder, prefix: key, after, page, unreadable, isLinked: isLinked || links.has(name) });
      } else {
        const found = await look({ folder, key, unreadable });
        if (found) yield found;
      }
    }
    if (names.length < page) return;
  }
}

/**
 * Reads the next page of names of a folder, in order, after `last`. Folders end in a slash and are left out if they cannot contain keys after `after`.
 * Also returns which of the folders are links.
 */
async function namesBehind(
  listing: Required<Omit<Listing, 'unreadable'>> & Pick<Listing, 'unreadable'> & { last: string },
) {
  const { folder, prefix, after, last, page, unreadable } = listing;
  const links = new Set<string>();
  let names = new Set<string>();
  const trim = () => {
    names = new Set([...names].sort().slice(0, page));
    for (const link of links) if (!names.has(link)) links.delete(link);
  };
  try {
    for await (const entry of await opendir(join(folder, prefix), { bufferSize: 1024 })) {
      const isLink = entry.isSymbolicLink() && (await isLinkToFolder(entry, listing));
      const name = isLink || entry.isDirectory() ? nameOfFolder(entry.name) : entry.name;
      if (isLink) links.add(name);
      const key = prefix + name;
      const isBehind = key > after || (name.endsWith('/') && after.startsWith(key));
      if (name > last && isBehind && names.add(name).size >= 2 * page) trim();
    }
  } catch (error) {
    // A folder that disappears while it is read has nothing left to list.
    if (!isMissing(error)) unlessClosed(prefix, unreadable)(error);
    else if (prefix.includes(NO_TEXT)) unreadable?.(prefix, NOT_ENCODED);
  }
  trim();
  return { names: [...names], links };
}

const nameOfFolder = (name: string): string =>
  name.endsWith(PARTS_SUFFIX) ? name.slice(0, -PARTS_SUFFIX.length) : `${name}/`;

/**
 * Whether a link leads to a folder that belongs in the list. Links to parts always do, because reads follow them too. Links to other folders do unless
 * the folder overlaps the listed one, so that no object is listed under a second name. Broken links are reported like files.
 */
async function isLinkToFolder(
  { name }: Dirent,
  { folder, prefix, isLinked }: Pick<Listing, 'folder' | 'prefix' | 'isLinked'>,
): Promise<boolean> {
  const path = join(folder, prefix, name);
  const found = await stat(path).catch(unlessReached);
  if (!found?.isDirectory()) return false;
  if (name.endsWith(PARTS_SUFFIX)) return true;
  if (isLinked) return false;
  const listed = await realpath(join(folder, prefix.split('/')[0] ?? ''));
  const target = await realpath(path).catch(unlessReached);
  return target !== undefined && !isBelow(target, listed) && !isBelow(listed, target);
}

const isBelow = (path: string, folder: string): boolean => `${path}${sep}`.startsWith(`${folder}${sep}`);

/** For `catch`: returns undefined if nothing can be reached under a name; rethrows every other error. */
function unlessReached(error: unknown): undefined {
  if (!CLOSED.has((error as NodeJS.ErrnoException).code ?? '')) undefinedIfMissing(error);
}

/** For `catch`: reports what cannot be read to the callback; rethrows every other error, and this one if there is no callback. */
const unlessClosed =
  (key: string, unreadable: OnUnreadable | undefined) =>
  (error: unknown): undefined => {
    const { code = '' } = error as NodeJS.ErrnoException;
    if (!unreadable || !CLOSED.has(code)) throw error;
    unreadable(key, `the system refuses it (${code})`);
  };

interface Look {
  folder: string;
  key: string;
  unreadable?: OnUnreadable | undefined;
}

/** Describes an object without opening it; undefined if it is gone by now. A file hides parts of the same name. */
async function look({ folder, key, unreadable }: Look): Promise<ListedObject | undefined> {
  const path = join(folder, key);
  try {
    const whole = await stat(path).catch(undefinedIfMissing);
    if (whole?.isFile()) return { key, contentLength: whole.size, lastModified: whole.mtime };
    const parts = await stat(path + PARTS_SUFFIX).catch(undefinedIfMissing);
    if (!parts) {
      if (unreadable && !whole) await explainMissing(path, (reason) => unreadable(key, reason));
      return undefined;
    }
    const files = (await findParts(path)) ?? [];
    const contentLength = files.reduce((sum, { length }) => sum + (length || 0), 0);
    return { key, contentLength, lastModified: parts.mtime };
  } catch (error) {
    return unlessClosed(key, unreadable)(error);
  }
}

/** Reports why a name that was listed a moment ago cannot be opened, unless it is gone by now. */
async function explainMissing(path: string, report: (reason: string) => void): Promise<void> {
  if (path.includes(NO_TEXT)) report(NOT_ENCODED);
  else if ((await lstat(path).catch(undefinedIfMissing))?.isSymbolicLink()) report('it is a link that leads nowhere');
}
