import { CommandError } from '../../../command-line.ts';
import { cpuSecondsOfLaterRendition, cpuSecondsOfUpload, sum, type Workload } from '../workload.ts';
import { CLOCK_TIME, type Measurement, moment, number, PROCESSOR_TIME, type WorkloadFact } from './measurement.ts';
import { outcomesFact } from './outcomes.ts';
import { loadsOf } from './rendition-loads.ts';
import { type Increase, sumOfWorkers, type Totals } from './worker-counters.ts';

const DAY_MS = 24 * 60 * 60 * 1000;

/**
 * What the counters of workers tell. They do not distinguish messages of uploads from those of later requests, so the later renditions are assumed to
 * be those of the base, each with a message of its own.
 */
export function measurementOf(increases: readonly Increase[], base: Workload): Measurement {
  const { totals, from, to } = sumOfWorkers(increases);
  const messages = totals.messages ?? 0;
  if (messages === 0)
    throw new CommandError(
      `The workers have done no message from ${moment(from)} to ${moment(to)}, so no rate follows. Scrape them later, or for longer.`,
    );
  const later = base.laterRenditionsPerImage;
  const images = messages / (1 + later);
  const made = Math.max(0, readyIn(totals) / images - later);
  const seconds = (totals.processor ?? totals.stages ?? 0) / images;
  const fields = {
    imagesPerDay: (images / (to - from)) * DAY_MS,
    renditions: renditionsOf({ made, seconds }, base),
  };
  const [measured, seen] = (['measured', 'seen'] as const).map(
    (source) =>
      (field: string, value: string, how: string): WorkloadFact => ({ field, source, value, how }),
  ) as [Row, Row];
  return {
    fields,
    seenMs: to - from,
    facts: [
      measured(
        'imagesPerDay',
        number(fields.imagesPerDay),
        `${number(messages)} messages from ${moment(from)} to ${moment(to)}, of which ${number(images)} are uploads if ${number(later)} renditions an image are asked for later; images without renditions are not in the metrics`,
      ),
      measured('renditions', number(made), `counted as ${fields.renditions.length}; names are those of ${base.name}`),
      measured(
        'renditions.cpuSeconds',
        `${number(cpuSecondsOfUpload(fields))} s an image`,
        totals.processor === undefined ? CLOCK_TIME : PROCESSOR_TIME,
      ),
      seen('workers', number(increases.length), `${number(sum(increases.map(({ resets }) => resets)))} restarts`),
      outcomesFact(totals),
    ],
  };
}

type Row = (field: string, value: string, how: string) => WorkloadFact;

const readyIn = (totals: Totals): number => totals.ready ?? 0;

/** The processor time of all is divided as the model divides it: a later rendition takes as much as the dearest of the upload. */
function renditionsOf({ made, seconds }: { made: number; seconds: number }, base: Workload): Workload['renditions'] {
  const count = made === 0 ? 0 : Math.max(1, Math.round(made));
  const shape = { renditions: loadsOf(base.renditions, { count, cpuSeconds: 1 }) };
  const total = 1 + base.laterRenditionsPerImage * cpuSecondsOfLaterRendition(shape);
  return loadsOf(shape.renditions, { count, cpuSeconds: seconds / total });
}
