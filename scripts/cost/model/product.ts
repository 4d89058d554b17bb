import { type AwsCall, type Operation, REQUESTS_PER_OPERATION } from './requests-per-operation.ts';

/** How the product does its work, as far as no setting of an environment decides it. */
export interface Product {
  calls: Readonly<Record<Operation, readonly AwsCall[]>>;
  /** The storage class into which originals are written, where a rule would move them there; otherwise it is S3 Standard. */
  originalsWrittenInto: 'STANDARD' | 'INTELLIGENT_TIERING';
  /** Seconds after which an edge asks the service again whether its copy is still right; `Infinity` for never. */
  edgeSeconds: number;
}

/** The product as it is. A report prices others, to say what a change of it would save. */
export const PRODUCT: Product = {
  calls: REQUESTS_PER_OPERATION,
  originalsWrittenInto: 'STANDARD',
  edgeSeconds: Number.POSITIVE_INFINITY,
};
