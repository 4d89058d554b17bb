import type { Logger } from '../../shared/runtime/logger.ts';
import type { ImageTable } from '../../shared/storage/image-table.ts';
import type { ObjectStore } from '../../shared/storage/object-store.ts';
import type { ProcessingQueue } from '../../shared/storage/processing-queue.ts';

/** What the operations on uploads need; tests and main.ts provide it. */
export interface UploadDependencies {
  objects: ObjectStore;
  table: ImageTable;
  queue: ProcessingQueue;
  logger: Logger;
  maxInputPixels: number;
  /** Whether HEIC is taken; not if absent. */
  heic?: boolean;
}
