import { IMAGE_TABLE } from '../../../shared/contracts/table.ts';
import { block, blocks, toNumber, type Values } from '../blocks.ts';
import type { Check, CheckContext } from '../check.ts';

const of = ['aws_dynamodb_table'];
const holdsValue = ({ settings }: CheckContext): boolean => settings?.storage.disposable === false;

interface Keys {
  partitionKey: string;
  sortKey: string;
}

const hasKeys = ({ hash_key, range_key }: Values, { partitionKey, sortKey }: Keys): boolean =>
  hash_key === partitionKey && range_key === sortKey;

/** The table of images. */
export const TABLE_CHECKS: Check[] = [
  {
    id: 'IMG-DDB-001',
    of,
    reason: 'A mistake by a program or by hand could not be undone, and the list of all images would be lost.',
    remedy: 'set point_in_time_recovery.enabled to true, or storage.disposable to true if nothing of value is in it.',
    find: ({ values }, context) =>
      holdsValue(context) && block(values, 'point_in_time_recovery')?.enabled !== true && 'it cannot be restored',
  },
  {
    id: 'IMG-DDB-002',
    of,
    reason: 'A terraform destroy, or a change of its keys, would delete all records.',
    remedy: 'set deletion_protection_enabled to true.',
    find: ({ values }, context) =>
      holdsValue(context) && values.deletion_protection_enabled !== true && 'it may be deleted',
  },
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
