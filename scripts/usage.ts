import type { ImageTable } from '../shared/storage/table/image-table.ts';
import { readUsage } from '../shared/storage/table/read-usage.ts';
import { scanPage } from '../shared/storage/table/table-scan.ts';
import { recountOwner } from '../shared/storage/table/usage-recount.ts';
import { readArguments, runCommand, WrongUse } from './command-line.ts';
import { explainAwsError } from './target-stack/explain-aws-error.ts';
import { findTargetTable } from './target-stack/target-table.ts';
import { printable } from './terminal/printable.ts';

const HELP = `npm run usage -- [--owner OWNER]... [--recount] [--data FOLDER]
Tells how many images and bytes owners have stored, which uploads are open, and what was made for them today. Without --owner it reads the whole
table to find all owners.

  --owner OWNER   of this owner only; may be repeated
  --recount       counts images that were stored before owners were counted, and corrects the count where it does not fit the list of images;
                  safe to repeat, and while services run
  --data FOLDER   data folder of the npm start whose table it is  (./data)
  --help          this text

Asks the stack that npm start runs on this machine, or the cloud if the environment has IMAGE_TABLE_NAME, with AWS_REGION and credentials.
Exit status 1 if the table cannot be reached, or an owner could not be recounted, 2 for wrong use.
`;

function readOptions() {
  const { values } = readArguments(HELP, {
    options: {
      owner: { type: 'string', multiple: true, default: [] },
      recount: { type: 'boolean', default: false },
      data: { type: 'string' },
    },
  });
  if (values.data === '') throw new WrongUse('--data takes a folder, not nothing.');
  if (values.owner.includes('')) throw new WrongUse('--owner takes an owner, not nothing.');
  return values;
}

const print = (text: string): void => void process.stdout.write(`${printable(text)}\n`);

async function findOwners(table: ImageTable): Promise<string[]> {
  const owners = new Set<string>();
  let from: Record<string, unknown> | undefined;
  do {
    const page = await scanPage(table, { limit: 1000, from });
    for (const { owner } of page.records) owners.add(owner);
    from = page.next;
  } while (from);
  return [...owners].sort();
}

async function tell(table: ImageTable, owner: string): Promise<void> {
  const { images, storedBytes, openUploads, renditionsPerDay, processingSecondsPerDay } = await readUsage(table, owner);
  const today = `today ${renditionsPerDay} renditions, ${processingSecondsPerDay.toFixed(1)} s of processing`;
  print(`${owner}: ${images} images, ${storedBytes} bytes, ${openUploads} open uploads; ${today}`);
}

/** Resolves to whether the count is right now. */
async function recount(table: ImageTable, owner: string): Promise<boolean> {
  const { before, added, stored, damaged } = await recountOwner(table, owner);
  if (added > 0) print(`${owner}: ${added} images count now that had never been counted`);
  if (damaged.length > 0)
    print(`${owner}: not compared, because records are damaged (npm run verify): ${damaged.join(', ')}`);
  else if (!stored) print(`${owner}: not compared, because images come and go all the time; try again later`);
  else
    print(
      `${owner}: ${stored.images} images, ${stored.storedBytes} bytes; before ${before.images} and ${before.storedBytes}`,
    );
  return stored !== undefined;
}

await runCommand(async () => {
  const { owner, recount: recounts, data } = readOptions();
  const table = await findTargetTable(data, process.env);
  let areRight = true;
  for (const each of owner.length > 0 ? owner : await findOwners(table)) {
    if (!recounts) await tell(table, each);
    else if (!(await recount(table, each))) areRight = false;
  }
  return areRight ? 0 : 1;
}, explainAwsError);
