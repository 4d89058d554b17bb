import { readdir, readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { ALBUM, type Album, PAGE, PICTURE_FOLDER, readAlbum, SECURITY_PAGE } from './album.ts';
import { sectionsOf } from './commands-page.ts';
import { fill } from './markdown.ts';
import { PICTURES } from './pictures.ts';
import { securitySections } from './security-page.ts';

/** What `npm run docs` writes, by the path of the page and the name of the section. */
export const textsOf = (album: Album): Record<string, Record<string, string>> => ({
  [PAGE]: sectionsOf(album),
  [SECURITY_PAGE]: securitySections(),
});

function pictureDifferences({ pictures }: Album, files: string[]): string[] {
  const wanted = Object.values(pictures).map(({ file }) => file);
  const missing = PICTURES.filter(({ name }) => !pictures[name]).map(({ name }) => `The picture ${name} is not made.`);
  const lost = wanted.filter((file) => !files.includes(file)).map((file) => `docs/commands/${file} is not there.`);
  const extra = files.filter((file) => file !== basename(ALBUM) && !wanted.includes(file));
  const unused = extra.map((file) => `docs/commands/${file} is on no page.`);
  return [...missing, ...lost, ...unused];
}

/** Everything by which the pages, and the pictures of docs/commands.md, differ from what `npm run docs` would write, as sentences. Looks at the names of pictures, not into them. */
export async function findDifferences(): Promise<string[]> {
  const album = await readAlbum();
  const faults = pictureDifferences(album, await readdir(PICTURE_FOLDER));
  if (faults.length > 0) return [...faults, 'Make all pictures: npm run docs'];
  const pages = Object.entries(textsOf(album));
  const old = await Promise.all(
    pages.map(async ([path, sections]) => {
      const page = await readFile(path, 'utf8');
      return fill(page, sections) === page ? [] : [basename(path)];
    }),
  );
  return old
    .flat()
    .map(
      (name) =>
        `docs/${name} is old. Write it anew: npm run docs, or npm run docs -- --text if the pictures are right.`,
    );
}
