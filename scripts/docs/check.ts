import { readdir, readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { ALBUM, type Album, PAGE, PICTURE_FOLDER, readAlbum } from './album.ts';
import { sectionsOf } from './commands-page.ts';
import { fill } from './markdown.ts';
import { PICTURES } from './pictures.ts';

function pictureDifferences({ pictures }: Album, files: string[]): string[] {
  const wanted = Object.values(pictures).map(({ file }) => file);
  const missing = PICTURES.filter(({ name }) => !pictures[name]).map(({ name }) => `The picture ${name} is not made.`);
  const lost = wanted.filter((file) => !files.includes(file)).map((file) => `docs/commands/${file} is not there.`);
  const extra = files.filter((file) => file !== basename(ALBUM) && !wanted.includes(file));
  const unused = extra.map((file) => `docs/commands/${file} is on no page.`);
  return [...missing, ...lost, ...unused];
}

/** Everything by which docs/commands.md and its pictures differ from what `npm run docs` would write, as sentences. Looks at the names of pictures, not into them. */
export async function findDifferences(): Promise<string[]> {
  const album = await readAlbum();
  const faults = pictureDifferences(album, await readdir(PICTURE_FOLDER));
  if (faults.length > 0) return [...faults, 'Make all pictures: npm run docs'];
  const page = await readFile(PAGE, 'utf8');
  if (fill(page, sectionsOf(album)) === page) return [];
  return ['docs/commands.md is old. Write it anew: npm run docs, or npm run docs -- --text if the pictures are right.'];
}
