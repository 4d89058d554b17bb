import type { CostLine } from '../report/cost-report.ts';
import { cpuSecondsOfLaterRendition, cpuSecondsOfUpload, type Workload } from '../workloads/workload.ts';
import { requestsOf, serviceOf, workerSeconds } from './compute/tasks-needed.ts';
import type { Operation } from './requests-per-operation.ts';
import { callsUsd, over, type Parts, type Priced, requestUsd, typicalUsd } from './unit-prices.ts';

export const usdOf = (parts: Parts): number => parts.reduce((sum, [, usd]) => sum + usd, 0);

export const times = (parts: Parts, factor: number): Parts => parts.map(([what, usd]) => [what, usd * factor]);

/** Parts of the same name as one. */
export function merged(parts: Parts): Parts {
  const sums = new Map<string, number>();
  for (const [what, usd] of parts) sums.set(what, (sums.get(what) ?? 0) + usd);
  return [...sums];
}

/** vCPU-seconds of the messages of workers. */
const WORKER_SECONDS: Partial<Record<Operation, (workload: Workload) => number>> = {
  processUpload: cpuSecondsOfUpload,
  processRendition: cpuSecondsOfLaterRendition,
};

const isOfWorkers = ({ item }: CostLine): boolean => /^(worker:|Log of worker:)/.test(item);

/** One operation: its calls of AWS, and its part of the service that does it, by requests, or for workers by processor time. */
export function operationParts(operation: Operation, priced: Priced): Parts {
  const { traffic, workload } = priced;
  const service = serviceOf(operation);
  const seconds = WORKER_SECONDS[operation]?.(workload) ?? 0;
  const usdASecond = over(typicalUsd(priced, isOfWorkers), workerSeconds(traffic, workload));
  return [
    ...callsUsd(operation, priced),
    ...(service ? times(requestUsd(service, priced), requestsOf(operation, workload)) : []),
    ...(seconds > 0 ? ([['workers', usdASecond * seconds]] as const) : []),
  ];
}

/** Operations of a month, as many as there are of each. */
export const monthOf = (operations: readonly Operation[], priced: Priced): Parts =>
  merged(
    operations.flatMap((operation) => times(operationParts(operation, priced), priced.traffic.operations[operation])),
  );
