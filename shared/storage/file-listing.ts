import type { Dirent } from 'node:fs';
import { lstat, opendir, realpath, stat } from 'node:fs/promises';
import { join, sep } from 'node:path';
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
  /** Reached by a link: links to folders that lie there are not followed, since they may lead round in a circle. */
  isLinked?: boolean;
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
 * The least names of a folder behind the last one, folders with a slash behind theirs, as far as keys behind `after` can be there, and which of these
 * folders are links.
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
    // Of a folder that goes while it is read nothing is left.
    if (!isNothingThere(error)) unlessClosed(prefix, unreadable)(error);
    else if (prefix.includes(NO_TEXT)) unreadable?.(prefix, NOT_ENCODED);
  }
  trim();
  return { names: [...names], links };
}

const nameOfFolder = (name: string): string =>
  name.endsWith(PARTS_SUFFIX) ? name.slice(0, -PARTS_SUFFIX.length) : `${name}/`;

/**
 * Whether a link leads to a folder that belongs into the list: to parts wherever they are, as they are served, and to others unless they lie where
 * the list itself goes, so that nothing there is taken for an object of another name. Why a link leads nowhere is told of it as of a file.
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

/** For `catch`: undefined where nothing can be reached by a name; throws every other error on. */
function unlessReached(error: unknown): undefined {
  if (!CLOSED.has((error as NodeJS.ErrnoException).code ?? '')) unlessThere(error);
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
