import { IMAGE_TABLE } from '../../../shared/contracts/table.ts';
import { block, blocks, figure, type Values } from '../blocks.ts';
import type { Check, CheckContext } from '../check.ts';

const of = ['aws_dynamodb_table'];
const holdsValue = ({ settings }: CheckContext): boolean => settings?.storage.disposable === false;

interface Keys {
  partitionKey: string;
  sortKey: string;
}

const hasKeys = ({ hash_key, range_key }: Values, { partitionKey, sortKey }: Keys): boolean =>
  hash_key === partitionKey && range_key === sortKey;

/** The table with what is known of every image. */
export const TABLE_CHECKS: Check[] = [
  {
    id: 'IMG-DDB-001',
    of,
    reason: 'A mistake in a program or by hand could not be undone: nobody would know any more which images there are.',
    remedy: 'set point_in_time_recovery.enabled to true, or disposable in the settings if nothing of value is in it.',
    find: ({ values }, context) =>
      holdsValue(context) && block(values, 'point_in_time_recovery')?.enabled !== true && 'it cannot be restored',
  },
  {
    id: 'IMG-DDB-002',
    of,
    reason: 'A terraform destroy, or a key that is changed, would remove every record.',
    remedy: 'set deletion_protection_enabled to true.',
    find: ({ values }, context) =>
      holdsValue(context) && values.deletion_protection_enabled !== true && 'it may be deleted',
  },
  {
    id: 'IMG-DDB-003',
    of,
    reason: 'On demand without a ceiling, a loop or an attack is a bill.',
    remedy: 'give on_demand_throughput from the settings.',
    find({ values }) {
      const { max_read_request_units, max_write_request_units } = block(values, 'on_demand_throughput') ?? {};
      const limits = [max_read_request_units, max_write_request_units].map((value) => figure(value) ?? -1);
      const onDemand = values.billing_mode === 'PAY_PER_REQUEST';
      return onDemand && limits.some((limit) => limit < 1) && 'nothing limits what it may cost';
    },
  },
  {
    id: 'IMG-DDB-004',
    of,
    reason:
      'Services would look for items under keys that the table does not have; and a key that is changed replaces the table.',
    remedy: 'make the table from IMAGE_TABLE in shared/contracts/table.ts.',
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
    reason: 'Uploads and answers that have expired would be kept for ever.',
    remedy: 'enable ttl on IMAGE_TABLE.timeToLiveAttribute.',
    find({ values }, { names }) {
      const { attribute_name, enabled } = block(values, 'ttl') ?? {};
      const right = attribute_name === IMAGE_TABLE.timeToLiveAttribute && enabled === true;
      return names !== undefined && values.name === names.table && !right && `ttl is on ${attribute_name ?? 'nothing'}`;
    },
  },
];
