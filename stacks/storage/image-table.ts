import { DynamodbTable } from '@cdktf/provider-aws/lib/dynamodb-table/index.js';
import type { Construct } from 'constructs';
import type { Names } from '../../shared/contracts/names.ts';
import { IMAGE_TABLE } from '../../shared/contracts/table.ts';
import type { StorageSettings } from '../environments/settings.ts';

const { partitionKey, sortKey, timeToLiveAttribute, listIndex, failureIndex } = IMAGE_TABLE;
/** Days for which a table can be restored to any point in time; AWS allows no more. */
export const POINT_IN_TIME_DAYS = 35;

const INDEXES = [listIndex, failureIndex];

interface ImageTableProps {
  settings: StorageSettings;
  names: Names;
}

/**
 * The table of the metadata. It is billed on demand, because its load comes in bursts: provisioned capacity is cheaper above 29 % of steady
 * use. It is encrypted with AWS's own key, which is free; a `server_side_encryption` block would choose a KMS key, charged by request.
 */
export function createImageTable(scope: Construct, { settings, names }: ImageTableProps): void {
  const ceiling = { maxReadRequestUnits: settings.maxReadUnits, maxWriteRequestUnits: settings.maxWriteUnits };
  new DynamodbTable(scope, 'image-table', {
    name: names.table,
    billingMode: 'PAY_PER_REQUEST',
    hashKey: partitionKey,
    rangeKey: sortKey,
    attribute: keyAttributes().map((name) => ({ name, type: 'S' })),
    ttl: { attributeName: timeToLiveAttribute, enabled: true },
    onDemandThroughput: ceiling,
    globalSecondaryIndex: INDEXES.map((index) => ({
      name: index.name,
      hashKey: index.partitionKey,
      rangeKey: index.sortKey,
      projectionType: index.projection,
      // An index that is slower than its table throttles the table's writes, so it has the same ceiling.
      onDemandThroughput: ceiling,
    })),
    // This costs $0.20 a GB and month, however many days are kept.
    pointInTimeRecovery: { enabled: true, recoveryPeriodInDays: POINT_IN_TIME_DAYS },
    deletionProtectionEnabled: !settings.disposable,
  });
}

/** DynamoDB requires that key attributes are declared, and no others. */
const keyAttributes = (): string[] => [
  ...new Set([partitionKey, sortKey, ...INDEXES.flatMap((index) => [index.partitionKey, index.sortKey])]),
];
