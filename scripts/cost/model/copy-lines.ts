import type { Values } from '../../target-stack/synthesised-environment.ts';
import { GB } from '../lifecycle/storage-classes.ts';
import { DAYS_A_MONTH, meanOriginalBytes } from '../workloads/workload.ts';
import { type Billed, kept, used } from './charge.ts';
import type { Context } from './context.ts';
import type { Resource } from './resource.ts';
import { tableGb } from './table-lines.ts';

/** Backups a day by the schedule of a rule, such as `cron(0 0/6 * * ? *)`; one if it names a single hour. */
function backupsADay(schedule: string): number {
  const hours = /\/(\d+)/.exec(schedule)?.[1];
  return hours === undefined ? 1 : 24 / Number(hours);
}

/** Full backups of the table, each kept for its days, and as many copies elsewhere. Prices of the other region are taken to be those of this one. */
export function backupPlanLines({ address, values }: Resource, context: Context): Billed[] {
  const { table } = tableGb(context);
  return (values.rule ?? []).flatMap((rule: Values): Billed[] => {
    const aDay = backupsADay(rule.schedule);
    const days = Math.min([rule.lifecycle].flat()[0]?.delete_after ?? 0, context.month * DAYS_A_MONTH);
    const copies = (rule.copy_action ?? []).length;
    const line = (item: string, how: string, charge: Billed['charges'][number]): Billed => ({
      ...{ area: 'table', item, resource: address, how },
      charges: [charge],
    });
    return [
      line('Backups of the table', `${aDay} a day for ${days.toFixed(0)} days, ${1 + copies} of each`, {
        price: 'dynamodb.backup',
        amount: kept(table * aDay * days * (1 + copies)),
      }),
      ...(copies > 0
        ? [
            line('Copies of backups: transfer', 'each backup goes to another region', {
              price: 'transfer.between-regions',
              amount: kept(table * aDay * DAYS_A_MONTH * copies),
            }),
          ]
        : []),
    ];
  });
}

/** Copies of the originals in another region: a request and a transfer when they arrive, then their storage in Glacier Instant Retrieval. */
export function replicationLines({ address }: Resource, context: Context): Billed[] {
  const { traffic, workload } = context;
  const line = (area: 'storage' | 'requests' | 'network', item: string, charge: Billed['charges'][number]): Billed => ({
    ...{ area, item, resource: address, how: 'copies of the originals in another region' },
    charges: [charge],
  });
  return [
    line('requests', 'Copies of originals: requests', { price: 's3.glacier-ir.put', amount: used(traffic.images) }),
    line('network', 'Copies of originals: transfer', {
      price: 'transfer.between-regions',
      amount: used(traffic.bytesUploaded / GB),
    }),
    line('storage', 'Copies of originals: storage', {
      price: 's3.glacier-ir.storage',
      amount: kept((traffic.stored * meanOriginalBytes(workload)) / GB),
    }),
  ];
}
