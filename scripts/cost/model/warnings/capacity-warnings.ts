import type { CostWarning } from '../../report/cost-report.ts';
import { cpuSecondsOfUpload } from '../../workloads/workload.ts';
import { shareByHour, tasksByHour } from '../compute/tasks-needed.ts';
import { tableUnitsInMonth } from '../table-lines.ts';
import type { Priced } from '../unit-prices.ts';

const CPU_UNITS = 1024;

/** Services that cannot do the work with the tasks that their settings allow. */
export const capacityWarnings = ({ services, traffic, workload }: Priced): CostWarning[] =>
  services.flatMap((facts) => {
    const needed = Math.max(...tasksByHour(facts, traffic, workload));
    if (needed <= facts.maxTasks) return [];
    const sentence = `${facts.service} needs ${needed.toFixed(0)} tasks in the busiest hour, and its settings allow ${facts.maxTasks}. The report prices what is needed: raise maxTasks and maxInstances for this workload.`;
    return [{ code: 'too-few-tasks', sentence, usd: 0 }];
  });

/** The ceilings of the table, by what the busiest hour takes. */
export function tableCeilingWarnings(priced: Priced): CostWarning[] {
  const { writes, reads } = tableUnitsInMonth(priced);
  const busiest = Math.max(...shareByHour(priced.workload)) / 3600;
  return priced.resources
    .filter(({ type }) => type === 'aws_dynamodb_table')
    .flatMap(({ values }) => {
      const [ceiling] = [values.on_demand_throughput ?? {}].flat();
      const kinds = [
        ['write', writes * busiest, ceiling.max_write_request_units, 'maxWriteUnits'],
        ['read', reads * busiest, ceiling.max_read_request_units, 'maxReadUnits'],
      ] as const;
      return kinds
        .filter(([, needed, most]) => most > 0 && needed > most)
        .map(([kind, needed, most, setting]) => ({
          code: 'table-ceiling',
          sentence: `The table takes ${needed.toFixed(0)} ${kind} units a second in the busiest hour, and storage.${setting} allows ${most}: DynamoDB refuses what is above it.`,
          usd: 0,
        }));
    });
}

/** By how much the scaling rule's seconds for a message may differ from those of the workload. */
const TOLERATED = 2;

/** A scaling rule that has another idea of the work than the workload starts too few tasks, or too many. */
export const messageSecondsWarnings = ({ services, workload }: Priced): CostWarning[] =>
  services.flatMap(({ service, secondsPerMessage, cpu }) => {
    const seconds = cpuSecondsOfUpload(workload) / (cpu / CPU_UNITS);
    if (!secondsPerMessage || seconds === 0) return [];
    const ratio = secondsPerMessage / seconds;
    if (ratio < TOLERATED && ratio > 1 / TOLERATED) return [];
    const sentence = `The scaling of ${service} reckons with ${secondsPerMessage} s for a message, and the workload takes a task ${seconds.toFixed(2)} s: set workers.secondsPerMessage to that, or tasks are ${ratio > 1 ? 'too many' : 'too few'}.`;
    return [{ code: 'seconds-per-message', sentence, usd: 0 }];
  });
