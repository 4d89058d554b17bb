import type { Values } from '../../target-stack/synthesised-environment.ts';
import { GB } from '../lifecycle/storage-classes.ts';
import type { Range } from '../report/cost-report.ts';
import { sum } from '../workloads/workload.ts';
import { accessLines, unitsOfTasks } from './access-lines.ts';
import { type Billed, kept, used } from './charge.ts';
import type { Context } from './context.ts';
import { SECONDS_A_MONTH } from './month.ts';
import { shapeOf } from './request-lines.ts';
import type { AwsCall, ItemName, Operation } from './requests-per-operation.ts';
import type { Resource } from './resource.ts';
import { STORED_RENDITION_BYTES, storedBytes, type TableUnits, tableUnitsOf } from './table-units.ts';

/** The request units of the operations of a month, of the calls that are wanted. */
function unitsOfOperations(context: Context, isWanted: (call: AwsCall) => boolean): TableUnits {
  const shape = shapeOf(context);
  const total = { reads: 0, writes: 0, indexWrites: 0 };
  for (const [operation, times] of Object.entries(context.traffic.operations)) {
    const units = tableUnitsOf(context.product.calls[operation as Operation].filter(isWanted), shape);
    total.reads += units.reads * times;
    total.writes += units.writes * times;
    total.indexWrites += units.indexWrites * times;
  }
  return total;
}

/** The request units of a month. */
export function tableUnitsInMonth(context: Context): TableUnits {
  const { reads, writes, indexWrites } = unitsOfOperations(context, () => true);
  const tasks = unitsOfTasks(context);
  return { reads: reads + tasks.reads, writes: writes + tasks.writes, indexWrites };
}

const isWriteOf =
  (item: ItemName) =>
  (call: AwsCall): boolean =>
    'writes' in call && call.writes === item;

/** What is written only because a limit counts it. */
const COUNTED = [
  ['request window', 'writes that count requests', 'one for each request, for its owner or address'],
  ['uploads at once', 'writes that count uploads at once', 'two for each upload, and for each part'],
] as const satisfies readonly [item: ItemName, name: string, how: string][];

const isCounting = (call: AwsCall): boolean => COUNTED.some(([item]) => isWriteOf(item)(call));

type Ceiling = 'max_read_request_units' | 'max_write_request_units';

/** The units that the ceilings of a table or its indexes allow all month long: each is billed for its own. */
const ceilingOf = (ceiling: Ceiling, limited: readonly Values[]): number =>
  SECONDS_A_MONTH *
  sum(limited.map(({ on_demand_throughput = {} }) => Number([on_demand_throughput].flat()[0][ceiling]) || 0));

/** The units that the workload takes, and at most those that are left of the ceilings. */
const upToCeilings = (units: number, left: number): Range => ({
  ...{ minimum: 0, typical: units, maximum: Math.max(units, left) },
});

const [WRITE, READ] = ['dynamodb.on-demand.write', 'dynamodb.on-demand.read'] as const;

/** The most units of a price that lines have, which share the ceilings. */
const mostOf = (price: typeof WRITE | typeof READ, lines: readonly Billed[]): number =>
  sum(
    lines.flatMap(({ charges }) =>
      charges.map((charge) => ('price' in charge && charge.price === price ? charge.amount.maximum : 0)),
    ),
  );

/** The gigabytes that the images take in the table and in the index of the list. */
export function tableGb(context: Context): { table: number; index: number } {
  const { table, index } = storedBytes(shapeOf(context));
  const { stored, laterStored } = context.traffic;
  return { table: (stored * table + laterStored * STORED_RENDITION_BYTES) / GB, index: (stored * index) / GB };
}

/** The requests, storage and point-in-time recovery of the image table. */
export function tableLines({ address, values }: Resource, context: Context): Billed[] {
  const units = unitsOfOperations(context, (call) => !isCounting(call));
  const gb = tableGb(context);
  const indexes: readonly Values[] = [values.global_secondary_index ?? []].flat();
  const line = (item: string, how: string, charge: Billed['charges'][number]): Billed => ({
    area: 'table',
    item: `DynamoDB: ${item}`,
    resource: address,
    how,
    charges: [charge],
  });
  const counted = COUNTED.map(([item, name, how]) => {
    const { writes } = unitsOfOperations(context, isWriteOf(item));
    const text = `${how}: ${(writes / SECONDS_A_MONTH).toFixed(2)} a second on average`;
    return line(name, text, { price: WRITE, amount: used(writes) });
  });
  const others = [...counted, ...accessLines(address, context)];
  return [
    line('writes', 'write units of all operations, a KB each', {
      price: WRITE,
      amount: upToCeilings(units.writes, ceilingOf('max_write_request_units', [values]) - mostOf(WRITE, others)),
    }),
    line('writes of the indexes', 'each write of a record is repeated in images-by-owner', {
      price: WRITE,
      amount: upToCeilings(units.indexWrites, ceilingOf('max_write_request_units', indexes)),
    }),
    line('reads', 'read units of all operations, 4 KB each, half if they may be stale', {
      price: READ,
      amount: upToCeilings(
        units.reads,
        ceilingOf('max_read_request_units', [values, ...indexes]) - mostOf(READ, others),
      ),
    }),
    ...others,
    line(
      'storage',
      `${Math.round(context.traffic.stored)} images with the renditions of their uploads, ${Math.round(context.traffic.laterStored)} later renditions, and the copy in the index`,
      {
        price: 'dynamodb.storage',
        amount: kept(gb.table + gb.index),
      },
    ),
    ...(isRecoverable(values)
      ? [
          line('point-in-time recovery', 'the table without its index', {
            price: 'dynamodb.pitr' as const,
            amount: kept(gb.table),
          }),
        ]
      : []),
  ];
}

const isRecoverable = (values: Resource['values']): boolean =>
  [values.point_in_time_recovery ?? {}].flat().some(({ enabled }) => enabled === true);
