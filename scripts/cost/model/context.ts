import type { PriceBook } from '../../../stacks/prices/price-book.ts';
import type { SynthesisedEnvironment } from '../../target-stack/synthesised-environment.ts';
import type { StorageMonth } from '../lifecycle/storage-months.ts';
import type { Workload } from '../workloads/workload.ts';
import type { AccessSettings } from './access-calls.ts';
import type { ServiceFacts } from './compute/service-facts.ts';
import type { Product } from './product.ts';
import type { Resource } from './resource.ts';
import type { Traffic, TrafficSettings } from './traffic.ts';

/** What a report is made of. */
export interface ModelInput {
  environment: SynthesisedEnvironment;
  workload: Workload;
  book: PriceBook;
  /** The month whose storage is shown, counted from the first of an environment that begins empty. */
  month: number;
  /** Undefined for the product as it is. */
  product?: Product;
}

/** What the prices of resources depend on, worked out once. */
export interface Context extends ModelInput {
  resources: readonly Resource[];
  services: readonly ServiceFacts[];
  traffic: Traffic;
  trafficSettings: TrafficSettings;
  product: Product;
  access: AccessSettings;
  hasCdn: boolean;
  /** Whether a service is told of the distribution, so that deletions ask it to invalidate public images. */
  invalidates: boolean;
  /** The storage of images in each month, from the first. */
  storage: readonly StorageMonth[];
}
