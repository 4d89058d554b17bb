import { uploadSortKey } from '../../shared/contracts/table.ts';
import type { Item } from '../../shared/storage/table/image-table.ts';
import { scanPage } from '../../shared/storage/table/table-scan.ts';
import { ownerOfKey } from './object-owner.ts';
import type { Suspect } from './recheck-queue.ts';
import type { VerifyRun } from './run.ts';

/** The number of items of the table that are read at once. */
const PAGE = 100;

type UploadSuspect = Extract<Suspect, { of: 'upload' }>;

const isUpload = (suspect: Suspect): suspect is UploadSuspect => suspect.of === 'upload';

/**
 * Whose parts they are that a store still has, as the table is now: no index leads from an image to its upload. One scan answers for all parts that
 * were in the store's list, and had their grace time, before it began: a record follows the store's upload within a request and is never opened
 * again. That order holds whatever the clocks say, and in a process that goes on with what another has begun.
 */
export class OpenUploads {
  readonly #run: Pick<VerifyRun, 'stack' | 'reads'>;
  /** Names of the parts for which the scan answers. */
  #known = new Set<string>();
  #imageIds = new Set<string>();
  /** Some upload's record is damaged, and nobody can tell of which image that is. */
  hasDamaged = false;

  constructor(run: Pick<VerifyRun, 'stack' | 'reads'>) {
    this.#run = run;
  }

  /** Scans again if the last scan does not answer for all suspects that are due; the scan then answers for all ripe ones. */
  async lookFor(due: readonly Suspect[], ripe: readonly Suspect[]): Promise<void> {
    if (due.filter(isUpload).every(({ storeUploadId }) => this.#known.has(storeUploadId))) return;
    const uploads = ripe.filter(isUpload);
    const asked = new Set(uploads.map(({ key }) => ownerOfKey(key).imageId));
    this.#known = new Set();
    this.#imageIds = new Set();
    this.hasDamaged = false;
    let from: Item | undefined;
    do {
      const page = await scanPage(this.#run.stack.table, { limit: PAGE, from });
      await this.#run.reads.take(page.itemCount);
      for (const { imageId } of page.openUploads) if (asked.has(imageId)) this.#imageIds.add(imageId);
      this.hasDamaged ||= page.damaged.some(({ sort }) => sort === uploadSortKey);
      from = page.next;
    } while (from);
    this.#known = new Set(uploads.map(({ storeUploadId }) => storeUploadId));
  }

  /** Whether some upload that has not ended is to become the image of a key. */
  isOpen(key: string): boolean {
    return this.#imageIds.has(ownerOfKey(key).imageId ?? '');
  }
}
