import { open, readdir, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

type Random = (least: number, most: number) => number;

/** A damage to the data of a stopped npm start. */
export interface Damage {
  /** A description for people. */
  what: string;
  /** The affected objects; undefined for damages to records, whose effects are not known beforehand. */
  keys?: string[];
  /** Whether the objects are missing. */
  isGone?: boolean;
}

const cut = async (path: string, random: Random): Promise<void> => {
  const { size } = await stat(path);
  await truncate(path, random(0, Math.max(0, size - 1)));
};

async function flip(path: string, random: Random): Promise<void> {
  await using file = await open(path, 'r+');
  const at = random(0, Math.max(0, (await file.stat()).size - 1));
  const { buffer } = await file.read(Buffer.alloc(1), 0, 1, at);
  await file.write(Buffer.from([(buffer[0] ?? 0) ^ 0x10]), 0, 1, at);
}

const remove = (path: string): Promise<void> => rm(path);

const HARMS = { cut, flip, remove };

/** The files of objects below a prefix, by their keys. */
async function filesOf(data: string, prefix: string): Promise<{ key: string; path: string }[]> {
  const folder = join(data, 'object-store', 'objects', prefix);
  const entries = await readdir(folder, { withFileTypes: true, recursive: true }).catch(() => []);
  return entries
    .filter((entry) => entry.isFile() && !entry.parentPath.includes('.parts'))
    .map(({ parentPath, name }) => join(parentPath, name))
    .map((path) => ({ path, key: path.slice(folder.length - prefix.length) }));
}

async function harmObject(data: string, prefix: string, random: Random): Promise<Damage | undefined> {
  const files = await filesOf(data, prefix);
  const file = files[random(0, files.length - 1)];
  if (!file) return undefined;
  const [name, harm] = Object.entries(HARMS)[random(0, 2)] ?? ['cut', cut];
  await harm(file.path, random);
  return { what: `${name} ${file.key}`, keys: [file.key], isGone: harm === remove };
}

/** The ways to damage data. Each returns undefined where there is nothing to damage in this way. */
const DAMAGES: readonly ((data: string, random: Random) => Promise<Damage | undefined>)[] = [
  (data, random) => harmObject(data, 'originals', random),
  (data, random) => harmObject(data, 'renditions', random),
  async (data, random) => {
    const log = join(data, 'dynamodb', 'table.db-wal');
    const size = await stat(log).then(
      ({ size }) => size,
      () => 0,
    );
    if (size === 0) return undefined;
    await cut(log, random);
    return { what: `cut the log of the table from ${size} bytes` };
  },
  async (data) => {
    await writeFile(join(data, 'object-store', 'incoming', 'half-written'), 'x');
    return { what: 'left half a file behind', keys: [] };
  },
];

/** Damages the data in a random way and at a random place. */
export async function damage(data: string, random: Random): Promise<Damage> {
  for (let draw = random(0, DAMAGES.length - 1); ; draw += 1) {
    const done = await DAMAGES[draw % DAMAGES.length]?.(data, random);
    if (done) return done;
  }
}
