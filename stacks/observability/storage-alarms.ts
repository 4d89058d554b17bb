import { Construct } from 'constructs';
import { type Permission, SERVICE_PERMISSIONS } from '../access/service-permissions.ts';
import { createAlarm, type Reading } from './alarm.ts';
import type { AlarmSources } from './alarm-sources.ts';
import { metric } from './metrics.ts';

const isOfTable = ({ on }: Permission): boolean => on === 'table' || on === 'table-indexes';

/** The DynamoDB operations that the services use on items: those that they have permission for, without descriptions. */
export const TABLE_OPERATIONS: readonly string[] = [
  ...new Set(
    Object.values<readonly Permission[]>(SERVICE_PERMISSIONS)
      .flat()
      .filter(isOfTable)
      .flatMap(({ actions }) => actions)
      .map((action) => action.replace('dynamodb:', ''))
      .filter((operation) => !operation.startsWith('Describe')),
  ),
].sort();

const idOf = (operation: string): string => operation.charAt(0).toLowerCase() + operation.slice(1);

/** The sum of refused or failed requests over all operations. */
const ALL_OPERATIONS = TABLE_OPERATIONS.map((operation) => `FILL(${idOf(operation)}, 0)`).join(' + ');

/** Creates alarms on requests that the table refuses. The SDK retries, so a few of them go unnoticed. */
export function createStorageAlarms(scope: Construct, sources: AlarmSources): void {
  const own = new Construct(scope, 'storage');
  createTableAlarm(own, sources, {
    id: 'throttles',
    name: 'ThrottledRequests',
    description:
      'The table or an index refuses requests: at maxReadUnits or maxWriteUnits, or too many for one partition at once.',
    threshold: 20,
  });
  createTableAlarm(own, sources, {
    id: 'system-errors',
    name: 'SystemErrors',
    description: 'DynamoDB answers 500: an outage of AWS, see the AWS Health Dashboard.',
    threshold: 5,
  });
}

interface TableAlarm {
  id: string;
  name: 'ThrottledRequests' | 'SystemErrors';
  description: string;
  /** The number of requests in five minutes. */
  threshold: number;
}

function createTableAlarm(
  own: Construct,
  { names, actions }: AlarmSources,
  { id, name, description, threshold }: TableAlarm,
): void {
  const readings = TABLE_OPERATIONS.map((operation): [string, Reading] => [
    idOf(operation),
    { metric: metric('AWS/DynamoDB', name, { TableName: names.table, Operation: operation }), stat: 'Sum' },
  ]);
  createAlarm(own, id, {
    name: `${names.prefix}-table-${id}`,
    description,
    readings: Object.fromEntries(readings),
    expressions: { all: ALL_OPERATIONS },
    threshold,
    periodSeconds: 300,
    datapoints: 2,
    periods: 3,
    actions,
  });
}
