import type { ModerationSetting } from '../../shared/domain/moderation.ts';
import type { OwnerLimits } from '../../shared/domain/owner-limits.ts';
import type { Logger } from '../../shared/runtime/logger.ts';
import type { ObjectStore } from '../../shared/storage/objects/object-store.ts';
import type { ProcessingQueue } from '../../shared/storage/queues/processing-queue.ts';
import type { ImageTable } from '../../shared/storage/table/image-table.ts';
import type { IngestionRules } from '../../shared/uploads/ingestion.ts';

/** What the operations on uploads need. */
export interface UploadDependencies extends IngestionRules {
  objects: ObjectStore;
  table: ImageTable;
  queue: ProcessingQueue;
  logger: Logger;
  limits: OwnerLimits;
  maxInputPixels: number;
  /** Which images wait for a decision before their bytes are delivered. */
  moderation: ModerationSetting;
  /** Whether HEIC is taken; not if absent. */
  heic?: boolean;
}
