import { IMAGE_TABLE } from '../../../shared/contracts/table.ts';
import { type Argument, argumentCheck, is, isAbsent, isNot, isWithin, satisfying } from '../argument-check.ts';
import { block, blocks, toNumber, type Values } from '../blocks.ts';
import type { Check, CheckContext } from '../check.ts';

const TABLE = 'aws_dynamodb_table';
const of = [TABLE];
const holdsValue = (_: Values, { settings }: CheckContext): boolean => settings?.storage.disposable === false;

const ARGUMENTS: Argument[] = [
  {
    id: 'IMG-DDB-001',
    of: TABLE,
    argument: 'point_in_time_recovery.enabled',
    must: satisfying('true, or storage.disposable to true if nothing of value is in it', (enabled) => enabled === true),
    where: holdsValue,
    reason: 'A mistake by a program or by hand could not be undone, and the list of all images would be lost.',
  },
  {
    id: 'IMG-DDB-002',
    of: TABLE,
    argument: 'deletion_protection_enabled',
    must: is(true),
    where: holdsValue,
    reason: 'A terraform destroy, or a change of its keys, would delete all records.',
  },
  {
    id: 'IMG-DDB-101',
    of: TABLE,
    argument: 'billing_mode',
    must: is('PAY_PER_REQUEST'),
    reason: 'Load comes in bursts: provisioned capacity would refuse them, or cost money all night.',
  },
  {
    id: 'IMG-DDB-102',
    of: TABLE,
    argument: 'server_side_encryption',
    must: isAbsent,
    reason: 'It selects a KMS key, which is charged by request, instead of AWS’s own key, which is free.',
  },
  {
    id: 'IMG-DDB-103',
    of: TABLE,
    argument: 'point_in_time_recovery.recovery_period_in_days',
    must: isWithin(14, 35),
    reason:
      'A fault that damages records is often noticed only after weeks, and the price does not depend on the period.',
  },
  {
    id: 'IMG-DDB-104',
    of: TABLE,
    argument: 'ttl.attribute_name',
    must: is(IMAGE_TABLE.timeToLiveAttribute),
    reason: 'Items have their time of expiry in this attribute, and with another one they would never expire.',
  },
  {
    id: 'IMG-DDB-105',
    of: TABLE,
    argument: 'table_class',
    must: isNot('STANDARD_INFREQUENT_ACCESS'),
    reason: 'Its requests cost a quarter more, and requests are most of the bill.',
  },
  {
    id: 'IMG-DDB-106',
    of: TABLE,
    argument: 'global_secondary_index',
    must: satisfying('indexes with the on_demand_throughput of the table', (indexes, { values }) =>
      blocks({ indexes }, 'indexes').every(
        ({ on_demand_throughput }) =>
          JSON.stringify(on_demand_throughput) === JSON.stringify(values.on_demand_throughput),
      ),
    ),
    reason: 'An index with a lower limit than its table throttles writes to the table.',
  },
];

interface Keys {
  partitionKey: string;
  sortKey: string;
}

const hasKeys = ({ hash_key, range_key }: Values, { partitionKey, sortKey }: Keys): boolean =>
  hash_key === partitionKey && range_key === sortKey;

/** The table of images. */
export const TABLE_CHECKS: Check[] = [
  ...ARGUMENTS.map(argumentCheck),
  {
    id: 'IMG-DDB-003',
    of,
    reason: 'Without a limit on demand, a loop or an attack causes any bill.',
    remedy: 'set on_demand_throughput from the settings.',
    find({ values }) {
      const { max_read_request_units, max_write_request_units } = block(values, 'on_demand_throughput') ?? {};
      const limits = [max_read_request_units, max_write_request_units].map((value) => toNumber(value) ?? -1);
      const onDemand = values.billing_mode === 'PAY_PER_REQUEST';
      return onDemand && limits.some((limit) => limit < 1) && 'its throughput has no limit';
    },
  },
  {
    id: 'IMG-DDB-004',
    of,
    reason:
      'Services would look for items under keys that the table does not have, and a change of keys replaces the table.',
    remedy: 'create the table from IMAGE_TABLE in shared/contracts/table.ts.',
    find({ values }, { names }) {
      if (names === undefined || values.name !== names.table) return false;
      const indexes = [IMAGE_TABLE.listIndex, IMAGE_TABLE.failureIndex].filter(
        (index) =>
          !blocks(values, 'global_secondary_index').some((found) => found.name === index.name && hasKeys(found, index)),
      );
      return [
        ...(hasKeys(values, IMAGE_TABLE) ? [] : [`its keys are ${values.hash_key} and ${values.range_key}`]),
        ...indexes.map(({ name }) => `index ${name} is missing, or has other keys`),
      ];
    },
  },
  {
    id: 'IMG-DDB-005',
    of,
    reason: 'Expired uploads and answers would be kept for ever.',
    remedy: 'enable ttl on IMAGE_TABLE.timeToLiveAttribute.',
    find({ values }, { names }) {
      const { attribute_name, enabled } = block(values, 'ttl') ?? {};
      const right = attribute_name === IMAGE_TABLE.timeToLiveAttribute && enabled === true;
      return names !== undefined && values.name === names.table && !right && `ttl is on ${attribute_name ?? 'nothing'}`;
    },
  },
];
