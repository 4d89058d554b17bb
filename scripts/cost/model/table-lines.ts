import type { Values } from '../../target-stack/synthesised-environment.ts';
import { GB } from '../lifecycle/storage-classes.ts';
import type { Range } from '../report/cost-report.ts';
import { sum } from '../workloads/workload.ts';
import { type Billed, kept } from './charge.ts';
import type { Context } from './context.ts';
import { SECONDS_A_MONTH } from './month.ts';
import { shapeOf } from './request-lines.ts';
import type { Operation } from './requests-per-operation.ts';
import type { Resource } from './resource.ts';
import { STORED_RENDITION_BYTES, storedBytes, type TableUnits, tableUnitsOf } from './table-units.ts';

/** The request units of a month. */
export function tableUnitsInMonth(context: Context): TableUnits {
  const shape = shapeOf(context);
  const total = { reads: 0, writes: 0, indexWrites: 0 };
  for (const [operation, times] of Object.entries(context.traffic.operations)) {
    const units = tableUnitsOf(context.product.calls[operation as Operation], shape);
    total.reads += units.reads * times;
    total.writes += units.writes * times;
    total.indexWrites += units.indexWrites * times;
  }
  return total;
}

type Ceiling = 'max_read_request_units' | 'max_write_request_units';

/** The units that the workload takes, and at most those that the ceilings of a table and its indexes allow all month long: each is billed for its own. */
function upToCeilings(units: number, ceiling: Ceiling, limited: readonly Values[]): Range {
  const ceilings = limited.map(
    ({ on_demand_throughput = {} }) => Number([on_demand_throughput].flat()[0][ceiling]) || 0,
  );
  return { minimum: 0, typical: units, maximum: Math.max(units, sum(ceilings) * SECONDS_A_MONTH) };
}

/** The gigabytes that the images take in the table and in the index of the list. */
export function tableGb(context: Context): { table: number; index: number } {
  const { table, index } = storedBytes(shapeOf(context));
  const { stored, laterStored } = context.traffic;
  return { table: (stored * table + laterStored * STORED_RENDITION_BYTES) / GB, index: (stored * index) / GB };
}

/** The requests, storage and point-in-time recovery of the image table. */
export function tableLines({ address, values }: Resource, context: Context): Billed[] {
  const units = tableUnitsInMonth(context);
  const gb = tableGb(context);
  const indexes: readonly Values[] = [values.global_secondary_index ?? []].flat();
  const line = (item: string, how: string, charge: Billed['charges'][number]): Billed => ({
    area: 'table',
    item: `DynamoDB: ${item}`,
    resource: address,
    how,
    charges: [charge],
  });
  return [
    line('writes', 'write units of all operations, a KB each', {
      price: 'dynamodb.on-demand.write',
      amount: upToCeilings(units.writes, 'max_write_request_units', [values]),
    }),
    line('writes of the indexes', 'each write of a record is repeated in images-by-owner', {
      price: 'dynamodb.on-demand.write',
      amount: upToCeilings(units.indexWrites, 'max_write_request_units', indexes),
    }),
    line('reads', 'read units of all operations, 4 KB each, half if they may be stale', {
      price: 'dynamodb.on-demand.read',
      amount: upToCeilings(units.reads, 'max_read_request_units', [values, ...indexes]),
    }),
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
