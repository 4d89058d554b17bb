import { stat } from 'node:fs/promises';
import { CommandError } from '../../command-line.ts';
import { wrapped } from '../../terminal/wrapped.ts';
import type { CostWarning } from '../report/cost-report.ts';
import { openEmbeddedMetrics } from './measured/embedded-metrics.ts';
import type { Measurement, WorkloadFact } from './measured/measurement.ts';
import { linesOf } from './measured/metrics-lines.ts';
import { measurementOf } from './measured/prometheus-metrics.ts';
import { openScrapes, SCRAPE_LINE } from './measured/scrapes.ts';
import { shortWindow, shortWindowWarnings } from './measured/short-window.ts';
import { validWorkload } from './validate-workload.ts';
import type { Workload } from './workload.ts';

/**
 * Reads the worker's own metrics, either records in the embedded metric format in any log or export of it, or what workers answered at /metrics, and
 * returns what people did as a workload. What metrics do not tell, such as reads, is that of `base`; `facts` names it field by field.
 * Of a file with both, the records count, which tell more. Less than a day is in the name of the workload, which every format prints, and a warning.
 */
export async function readMeasuredWorkload(
  path: string,
  base: Workload,
): Promise<{ workload: Workload; facts: WorkloadFact[]; warnings: CostWarning[] }> {
  const { fields, facts, seenMs } = await measure(path, base);
  const window = shortWindow(seenMs);
  const workload = {
    ...base,
    ...fields,
    name: window === undefined ? 'measured' : `measured in ${window}`,
    description: `Measured by the metrics in ${path}; the rest is that of ${base.name}`,
  };
  return {
    workload: validWorkload(workload, path),
    facts: [...facts, ...assumed(workload, base, facts)],
    warnings: shortWindowWarnings(seenMs),
  };
}

async function measure(path: string, base: Workload): Promise<Measurement> {
  const records = openEmbeddedMetrics();
  const scrapes = openScrapes();
  for await (const line of linesOf(path)) {
    records.add(line);
    scrapes.add(line);
  }
  if (records.lines().records > 0) return records.measurement(base);
  if (scrapes.seen().samples > 0) return measurementOf(scrapes.increases((await stat(path)).mtimeMs), base);
  const { unusable } = records.lines();
  throw new CommandError(
    [
      `There are no metrics of a worker in ${path}${unusable > 0 ? `, only ${unusable} records that are cut or of other programs` : ''}.`,
      'It may be the log of workers with METRICS=emf, an export of it by CloudWatch Logs, or what workers answered at /metrics,',
      `with a line such as "${SCRAPE_LINE}" before each answer. Uncompress it first.`,
    ].join('\n'),
  );
}

/** Fields that metrics tell only a part of, with the part. */
const PARTS = ['renditions.meanBytes', 'renditions.format'] as const;

function assumed(workload: Workload, base: Workload, facts: readonly WorkloadFact[]): WorkloadFact[] {
  const known = new Set(['name', 'description', ...facts.map(({ field }) => field)]);
  const how = `of the workload ${base.name}, because the metrics do not tell it`;
  const fields = Object.entries(workload)
    .filter(([field]) => !known.has(field))
    .map(([field, value]): WorkloadFact => ({ field, source: 'assumed', value: shortValue(value), how }));
  const parts = PARTS.filter((field) => !known.has(field)).map((field): WorkloadFact => {
    const [, figure] = field.split('.') as ['renditions', 'meanBytes' | 'format'];
    return { field, source: 'assumed', value: workload.renditions.map((load) => load[figure]).join(', '), how };
  });
  return [...parts, ...fields];
}

function shortValue(value: unknown): string {
  if (Array.isArray(value)) return `${value.length} values`;
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

/** The facts for a terminal with so many columns: each field, whether it was measured, its value and how it comes about. */
export function measuredFactsText(facts: readonly WorkloadFact[], width: number): string {
  const [fields, sources] = [facts.map(({ field }) => field), facts.map(({ source }) => source)].map((texts) =>
    Math.max(...texts.map(({ length }) => length)),
  ) as [number, number];
  return facts
    .map(({ field, source, value, how }) =>
      wrapped(`${field.padEnd(fields)}  ${source.padEnd(sources)}  ${value}: ${how}`, {
        ...{ width, indent: fields + sources + 4 },
      }),
    )
    .join('\n');
}
