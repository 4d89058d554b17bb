import { type AwsCall, type Operation, REQUESTS_PER_OPERATION } from './requests-per-operation.ts';

/** How the product does its work, as far as no setting of an environment decides it. */
export interface Product {
  calls: Readonly<Record<Operation, readonly AwsCall[]>>;
  /** The storage class into which originals are written, where a rule would move them there; otherwise it is S3 Standard. */
  originalsWrittenInto: 'STANDARD' | 'INTELLIGENT_TIERING';
  /**
   * Seconds after which an edge asks the service again whether its copy is still right, by how it was asked for: `byName` are the paths of originals
   * and renditions, `byContent` is /files/HASH. `Infinity` is never.
   */
  edgeSeconds: { byName: number; byContent: number };
}

/** The product as it is. A report prices others, to say what a change of it would save. */
export const PRODUCT: Product = {
  calls: REQUESTS_PER_OPERATION,
  originalsWrittenInto: 'STANDARD',
  // As the service says in Cache-Control (containers/download/cache-control.ts). Edges that answer with an old copy for ten minutes more ask all
  // the same. What they keep for a year is not read that long.
  edgeSeconds: { byName: 60, byContent: Number.POSITIVE_INFINITY },
};
