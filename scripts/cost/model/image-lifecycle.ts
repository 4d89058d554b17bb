import { type LifecycleReport, lifecycleReport } from '../lifecycle/lifecycle-report.ts';
import type { ModelInput } from './context.ts';
import { contextOf } from './cost-model.ts';
import { MONTHS, objectMixes, rulesOf } from './object-mixes.ts';

/** Compares what the images of a workload cost by each lifecycle rule of an environment, and by others. */
export function imageLifecycle(input: ModelInput): LifecycleReport {
  const { book, workload } = input;
  const rules = rulesOf(input);
  const { trafficSettings } = contextOf(input);
  return lifecycleReport(objectMixes(workload, trafficSettings), rules, { book, months: MONTHS });
}
