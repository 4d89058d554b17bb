import { type LifecycleReport, lifecycleReport } from '../lifecycle/lifecycle-report.ts';
import type { ModelInput } from './context.ts';
import { contextOf } from './cost-model.ts';
import { MONTHS, objectMixes, renditionMonths, rulesOf } from './object-mixes.ts';

/** Compares what the images of a workload cost by each lifecycle rule of an environment, and by others. */
export function imageLifecycle(input: ModelInput): LifecycleReport {
  const { book, workload, month } = input;
  const rules = rulesOf(input);
  const { hasCdn, product } = contextOf(input);
  const settings = { hasCdn, product, month, renditionMonths: renditionMonths(rules) };
  return lifecycleReport(objectMixes(workload, settings), rules, { book, months: MONTHS });
}
