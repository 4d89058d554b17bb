import { readdir, readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import type { Album } from './album.ts';
import { page } from './commands-page.ts';
import { PICTURES } from './pictures.ts';
import { ALBUM, PAGE, PICTURE_FOLDER } from './places.ts';

/** Why a text is not the one that would be written: its first line that differs; nothing if it is. */
export function differenceOf(text: string, wanted: string): string[] {
  if (text === wanted) return [];
  const [found, expected] = [text.split('\n'), wanted.split('\n')];
  const at = expected.findIndex((line, index) => line !== found[index]);
  const line = at < 0 ? expected.length : at;
  const [is, should] = [found[line] ?? 'nothing', expected[line] ?? 'nothing'];
  return [
    `docs/commands.md is not what the tables say. Write it anew: npm run docs, or npm run docs -- --text if the pictures are right.\n  line ${line + 1} is     ${is}\n  and should be ${should}`,
  ];
}

function faultsOfPictures({ pictures }: Album, files: string[]): string[] {
  const wanted = Object.values(pictures).map(({ file }) => file);
  const missing = PICTURES.filter(({ name }) => !pictures[name]).map(({ name }) => `The picture ${name} is not made.`);
  const lost = wanted.filter((file) => !files.includes(file)).map((file) => `docs/commands/${file} is not there.`);
  const extra = files.filter((file) => file !== basename(ALBUM) && !wanted.includes(file));
  const unused = extra.map((file) => `docs/commands/${file} is on no page.`);
  return [...missing, ...lost, ...unused];
}

/** Everything by which docs/commands.md and its pictures differ from what `npm run docs` would write, as sentences. Looks at the names of pictures, not into them. */
export async function findFaults(): Promise<string[]> {
  const album = JSON.parse(await readFile(ALBUM, 'utf8')) as Album;
  const faults = faultsOfPictures(album, await readdir(PICTURE_FOLDER));
  if (faults.length > 0) return [...faults, 'Make all pictures: npm run docs'];
  return differenceOf(await readFile(PAGE, 'utf8'), page(album));
}
