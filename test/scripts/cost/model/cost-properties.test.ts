import { expect } from 'chai';
import fc from 'fast-check';
import { MARKER_GB } from '../../../../scripts/cost/lifecycle/object-life.ts';
import { compareCompute } from '../../../../scripts/cost/model/compute/compute-lines.ts';
import type { Context, ModelInput } from '../../../../scripts/cost/model/context.ts';
import { contextOf, costReport, linesOf } from '../../../../scripts/cost/model/cost-model.ts';
import { type CostLine, type Range, sumOf, sumsByArea } from '../../../../scripts/cost/report/cost-report.ts';
import type { Workload } from '../../../../scripts/cost/workloads/workload.ts';
import type { Values } from '../../../../scripts/target-stack/synthesised-environment.ts';
import { quantity } from '../../../../stacks/prices/price-units.ts';
import { IDLE } from '../../../support/cost/plain-workload.ts';
import { INPUTS } from '../../../support/cost/random-inputs.ts';

const RUNS = { numRuns: 15 };

const lines = (input: ModelInput): CostLine[] => linesOf(contextOf(input)).lines;

const total = (found: readonly CostLine[]): Range => sumOf(found.map(({ usd }) => usd));

/** The same number but for the rounding of floating point, which grows with the number. */
const expectSame = (one: number, other: number): void => {
  expect(one).to.be.closeTo(other, 1e-9 * Math.max(1, Math.abs(other)));
};

/** One number is not below another, but for the rounding of floating point. */
const expectNotBelow = (one: number, other: number, what: string): void => {
  expect(one, what).to.be.at.least(other - 1e-9 * Math.max(1, Math.abs(other)));
};

/** At most what delete markers cost in the month of a context. */
const usdOfMarkers = ({ storage, month, book }: Context): number =>
  (storage[month - 1]?.deleteMarkers ?? 0) * MARKER_GB * book.usd('s3.standard.storage', quantity(1, 'GB-month'));

/** Each kind of work, a number of times as much. */
const MORE: Record<string, (workload: Workload, factor: number) => Workload> = {
  images: (workload, factor) => ({ ...workload, imagesPerDay: workload.imagesPerDay * factor }),
  reads: (workload, factor) => ({
    ...workload,
    readsPerImage: {
      original: workload.readsPerImage.original * factor,
      rendition: workload.readsPerImage.rendition * factor,
    },
  }),
  'reads of records': (workload, factor) => ({
    ...workload,
    metadataReadsPerImage: workload.metadataReadsPerImage * factor,
  }),
  lists: (workload, factor) => ({ ...workload, listCallsPerDay: workload.listCallsPerDay * factor }),
  'processor time': (workload, factor) => ({
    ...workload,
    renditions: workload.renditions.map((each) => ({ ...each, cpuSeconds: each.cpuSeconds * factor })),
  }),
  'bytes of renditions': (workload, factor) => ({
    ...workload,
    renditions: workload.renditions.map((each) => ({ ...each, meanBytes: each.meanBytes * factor })),
  }),
  // The reads are the same and of all renditions equally often, so that a smaller one than the mean may save more transfer than it costs.
  'renditions of at least the mean size': (workload) => ({
    ...workload,
    renditions: [...workload.renditions, workload.renditions.toSorted((a, b) => b.meanBytes - a.meanBytes)[0]].flatMap(
      (each) => each ?? [],
    ),
  }),
  'renditions that are asked for later': (workload, factor) => ({
    ...workload,
    laterRenditionsPerImage: workload.laterRenditionsPerImage * factor,
  }),
  'parts of an upload': (workload, factor) => ({ ...workload, partsPerUpload: workload.partsPerUpload * factor }),
  'reads that edges have not': (workload, factor) => ({ ...workload, cacheHitRate: workload.cacheHitRate / factor }),
  'reads that Origin Shield has not': (workload, factor) => ({
    ...workload,
    originShieldHitRate: workload.originShieldHitRate / factor,
  }),
  'reads by name': (workload, factor) => ({
    ...workload,
    readsByNameShare: 1 - (1 - workload.readsByNameShare) / factor,
  }),
};

/** The same settings, with renditions that stay for so many days. */
function withRetention(input: ModelInput, days: number): ModelInput {
  const storage = structuredClone(input.environment.storage);
  for (const [name, { rule }] of Object.entries(storage.resource.aws_s3_bucket_lifecycle_configuration ?? {}))
    if (name.startsWith('image-bucket'))
      for (const each of rule.filter(({ id }: Values) => id === 'expire-renditions')) each.expiration = [{ days }];
  return { ...input, environment: { ...input.environment, storage } };
}

describe('costs, for random settings and workloads', () => {
  for (const [what, more] of Object.entries(MORE))
    it(`are never less with more ${what}`, () => {
      fc.assert(
        fc.property(INPUTS, fc.double({ min: 1, max: 20, noNaN: true }), (input, factor) => {
          const changed = { ...input, workload: more(input.workload, factor) };
          expectNotBelow(total(lines(changed)).typical, total(lines(input)).typical, what);
        }),
        RUNS,
      );
    });

  it('are never less with more private images, but for the invalidations of public ones', () => {
    fc.assert(
      fc.property(INPUTS, fc.double({ min: 0, max: 1, noNaN: true }), (input, factor) => {
        const usdWith = (privateShare: number): number => {
          const found = lines({ ...input, workload: { ...input.workload, deletionsPerMonth: 0, privateShare } });
          return total(found).typical;
        };
        const { privateShare } = input.workload;
        expectNotBelow(usdWith(privateShare), usdWith(privateShare * factor), 'private images');
      }),
      RUNS,
    );
  });

  it('are those of what idles where nobody works', () => {
    fc.assert(
      fc.property(INPUTS, (input) => {
        const { minimum, typical } = total(lines({ ...input, workload: IDLE }));
        expectSame(typical, minimum);
      }),
      RUNS,
    );
  });

  it('are never higher on spot than on demand', () => {
    fc.assert(
      fc.property(INPUTS, (input) => {
        const context = contextOf(input);
        for (const facts of context.services) {
          const { service, spot, onDemand } = compareCompute(facts, context);
          for (const each of ['minimum', 'typical', 'maximum'] as const)
            expectNotBelow(onDemand[each], spot[each], `${service}, ${each}`);
        }
      }),
      RUNS,
    );
  });

  it('of storage are never less if renditions stay longer in their class', () => {
    fc.assert(
      fc.property(INPUTS, fc.integer({ min: 1, max: 400 }), fc.integer({ min: 0, max: 400 }), (input, days, longer) => {
        // What expires leaves a delete marker for some days, whose bytes count; what stays leaves none.
        const stored = (found: ModelInput): number =>
          sumsByArea(lines(found)).storage.typical - usdOfMarkers(contextOf(found));
        // What is made again, because it had expired, is stored again: only what is made once can be compared.
        const once = { ...input, workload: { ...input.workload, readsPerImage: { original: 0, rendition: 0 } } };
        expectNotBelow(stored(withRetention(once, days + longer)), stored(withRetention(once, days)), 'storage');
      }),
      RUNS,
    );
  });

  it('are between a minimum and a maximum in every line', () => {
    fc.assert(
      fc.property(INPUTS, (input) => {
        for (const { item, usd } of lines(input)) {
          expectNotBelow(usd.typical, usd.minimum, item);
          expectNotBelow(usd.maximum, usd.typical, item);
        }
      }),
      RUNS,
    );
  });

  it('have sums that equal their parts', () => {
    fc.assert(
      fc.property(INPUTS, (input) => {
        const report = costReport({ ...input, generated: '2026-11-30' });
        for (const each of ['minimum', 'typical', 'maximum'] as const) {
          expectSame(
            report.lines.reduce((sum, { usd }) => sum + usd[each], 0),
            report.total[each],
          );
          expectSame(
            Object.values(report.byArea).reduce((sum, usd) => sum + usd[each], 0),
            report.total[each],
          );
        }
        for (const { byClass, requestsUsd, usd } of report.storage)
          expectSame(
            Object.values(byClass).reduce((sum, each) => sum + each.usd, requestsUsd),
            usd,
          );
      }),
      { numRuns: 6 },
    );
  });
});
