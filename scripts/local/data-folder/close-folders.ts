import { chmodSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** The folders of a data folder that hold what belongs to people: the queue tells names of images, and the work folder has originals. */
const HOLDING = ['object-store', 'dynamodb', 'sqs', 'work'];

/** Read, write and enter, for group and others. */
const OTHERS = 0o077;

/**
 * Takes from everybody but their user what folders of a data folder were readable to: those of earlier versions, and those that somebody has copied back. The
 * data folder itself keeps its mode, because it may be one that others need, such as /srv; keys and trail beside these folders have modes of their own.
 * Returns a sentence for each that stays open.
 */
export const closeFolders = (folder: string): string[] => HOLDING.flatMap((name) => close(join(folder, name)));

function close(path: string): string[] {
  const found = statSync(path, { throwIfNoEntry: false });
  if (!found?.isDirectory() || (found.mode & OTHERS) === 0) return [];
  try {
    chmodSync(path, found.mode & 0o700);
    return [];
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    return [
      `Others on this machine may read ${path}, private images too, and its mode cannot be changed (${code}). Give it to the user of this process, or choose: npm start -- --data FOLDER`,
    ];
  }
}
