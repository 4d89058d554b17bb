import { type Deployment, namesOf } from '../../shared/contracts/names.ts';
import { metric } from './metrics.ts';
import { TABLE_OPERATIONS } from './storage-alarms.ts';
import { graph, type Line, type Widget } from './widget.ts';

/** S3 emits its metrics once a day. */
const DAY_SECONDS = 24 * 60 * 60;

/** The storage classes that originals and renditions may be in, whatever the settings. */
const STORAGE_TYPES = [
  'StandardStorage',
  'StandardIAStorage',
  'IntelligentTieringFAStorage',
  'IntelligentTieringIAStorage',
  'IntelligentTieringAIAStorage',
  'GlacierInstantRetrievalStorage',
];

/** Graphs of the table's load and refused requests, and of the bucket's content. */
export function storageWidgets(deployment: Deployment): Widget[] {
  const { table: TableName, bucket: BucketName } = namesOf(deployment);
  const used = (name: 'ConsumedReadCapacityUnits' | 'ConsumedWriteCapacityUnits', label: string): Line => ({
    metric: metric('AWS/DynamoDB', name, { TableName }),
    stat: 'Sum',
    label,
  });
  const held = (name: 'BucketSizeBytes' | 'NumberOfObjects', StorageType: string): Line => ({
    metric: metric('AWS/S3', name, { BucketName, StorageType }),
    stat: 'Average',
    label: StorageType.replace(/Storage$/, ''),
  });
  return [
    graph(deployment.region, {
      title: 'Units of the table a minute',
      lines: [used('ConsumedReadCapacityUnits', 'reads'), used('ConsumedWriteCapacityUnits', 'writes')],
    }),
    graph(deployment.region, {
      title: 'Requests that the table refuses, a minute',
      lines: TABLE_OPERATIONS.map((Operation) => ({
        metric: metric('AWS/DynamoDB', 'ThrottledRequests', { TableName, Operation }),
        stat: 'Sum',
        label: Operation,
      })),
    }),
    graph(deployment.region, {
      title: 'Bytes in the bucket, by storage class',
      lines: STORAGE_TYPES.map((type) => held('BucketSizeBytes', type)),
      periodSeconds: DAY_SECONDS,
    }),
    graph(deployment.region, {
      title: 'Objects in the bucket, deleted versions too',
      lines: [held('NumberOfObjects', 'AllStorageTypes')],
      periodSeconds: DAY_SECONDS,
    }),
  ];
}
