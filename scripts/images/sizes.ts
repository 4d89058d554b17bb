import type { ServiceName } from '../../shared/contracts/services.ts';
import type { PlatformImage } from './archive.ts';

/**
 * The most megabytes that the layers of an image may have together, compressed as a registry keeps and sends them, without the base: what was
 * measured plus a tenth. Debian is the base, the same for all, and adds its 28 MB. Node is 45 MB of each.
 */
const BUDGETS_MB: Record<ServiceName, number> = {
  'sync-upload': 63,
  'async-upload': 63,
  download: 63,
  worker: 79,
};

export interface Size {
  service: ServiceName;
  platform: string;
  /** Megabytes of all layers. */
  wholeMb: number;
  /** Megabytes of the layers above the base. */
  ownMb: number;
  budgetMb: number;
}

const megabytes = (layers: PlatformImage['layers']): number =>
  Math.round(layers.reduce((sum, { size }) => sum + size, 0) / 100_000) / 10;

/** The size of an image. Its base is the first layer: Debian's has one. */
export function sizeOf(service: ServiceName, { platform, layers }: PlatformImage): Size {
  const [wholeMb, ownMb] = [megabytes(layers), megabytes(layers.slice(1))];
  return { service, platform, wholeMb, ownMb, budgetMb: BUDGETS_MB[service] };
}

export const isTooLarge = ({ ownMb, budgetMb }: Size): boolean => ownMb > budgetMb;
