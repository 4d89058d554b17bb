import type { Dirent } from 'node:fs';
import { opendir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { findParts, PARTS_SUFFIX } from './file-multipart.ts';
import type { ListedObject } from './object-store.ts';
import { unlessThere } from './regular-file.ts';

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
}

/** The objects below a folder in the order of their keys, as S3 lists them: also those of no form that a key of ours has. */
export async function* listFiles({ folder, prefix, after, page = PAGE }: Listing): AsyncGenerator<ListedObject> {
  let last = '';
  for (;;) {
    const names = await namesBehind(join(folder, prefix), { prefix, after, last, page });
    for (const name of names) {
      last = name;
      const key = prefix + name;
      if (name.endsWith('/')) yield* listFiles({ folder, prefix: key, after, page });
      else {
        const found = await look(folder, key);
        if (found) yield found;
      }
    }
    if (names.length < page) return;
  }
}

/** The least names of a folder behind the last one, folders with a slash behind theirs, as far as keys behind `after` can be there. */
async function namesBehind(
  path: string,
  { prefix, after, last, page }: Required<Omit<Listing, 'folder'>> & { last: string },
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
    unlessThere(error);
  }
  trim();
  return [...names];
}

function nameOf(entry: Dirent): string {
  if (!entry.isDirectory()) return entry.name;
  return entry.name.endsWith(PARTS_SUFFIX) ? entry.name.slice(0, -PARTS_SUFFIX.length) : `${entry.name}/`;
}

/** What there is of an object without opening it: undefined if it is gone by now. A file hides parts of the same name. */
async function look(folder: string, key: string): Promise<ListedObject | undefined> {
  const path = join(folder, key);
  const whole = await stat(path).catch(unlessThere);
  if (whole?.isFile()) return { key, contentLength: whole.size, lastModified: whole.mtime };
  const parts = await stat(path + PARTS_SUFFIX).catch(unlessThere);
  if (!parts) return undefined;
  const files = (await findParts(path)) ?? [];
  const contentLength = files.reduce((sum, { length }) => sum + (length || 0), 0);
  return { key, contentLength, lastModified: parts.mtime };
}
