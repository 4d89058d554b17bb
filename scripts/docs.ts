import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readArguments, runCommand } from './command-line.ts';
import { ALBUM, PICTURE_FOLDER, readAlbum } from './docs/album.ts';
import { findDifferences, textsOf } from './docs/check.ts';
import { fill } from './docs/markdown.ts';
import { takePictures } from './docs/take-pictures.ts';
import { LOCAL_CREDENTIALS } from './local/emulators/emulators.ts';
import { startStack } from './local/stack.ts';

const HELP = `npm run docs [-- --text | --check]
Writes the marked sections of docs/commands.md from the tables of commands, outputs and presets, those of docs/security.md from the table of
routes, and makes every picture in docs/commands
by the services, which it starts in a temporary folder. The text between the sections stays as it is.

  --text   writes the text only, around the pictures there are
  --check  writes nothing, and reports whether text and pictures are up to date
  --help   this text

Exit status 1 if the check finds something or a picture cannot be made, 2 for wrong use.
`;

const log = (text: string): void => void process.stderr.write(`${text}\n`);

/** Makes all pictures again, and replaces the old ones when all are made. */
async function makePictures(): Promise<void> {
  Object.assign(process.env, LOCAL_CREDENTIALS);
  const folder = await mkdtemp(join(tmpdir(), 'docs-'));
  const readLog = (_service: string, lines: NodeJS.ReadableStream) => void lines.pipe(process.stderr, { end: false });
  try {
    const stack = await startStack({ port: 0, folder: join(folder, 'stack'), logLevel: 'warn', readLog });
    const pictures = join(folder, 'pictures');
    const album = await takePictures(stack.url, pictures, log).finally(() => stack.stop());
    await rm(PICTURE_FOLDER, { recursive: true, force: true });
    await cp(pictures, PICTURE_FOLDER, { recursive: true });
    await writeFile(ALBUM, `${JSON.stringify(album, null, 2)}\n`);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function main(): Promise<number> {
  const { values } = readArguments(HELP, {
    options: {
      text: { type: 'boolean', default: false },
      check: { type: 'boolean', default: false },
    },
  });
  if (values.check) {
    const differences = await findDifferences();
    for (const difference of differences) log(difference);
    return differences.length > 0 ? 1 : 0;
  }
  if (!values.text) await makePictures();
  for (const [page, sections] of Object.entries(textsOf(await readAlbum())))
    await writeFile(page, fill(await readFile(page, 'utf8'), sections));
  return 0;
}

await runCommand(main);
