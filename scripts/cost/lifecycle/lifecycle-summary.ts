import type { BandCosts, CandidateCosts, LifecycleCosts, LifecycleReport, PrefixCosts } from './lifecycle-report.ts';
import { bandVerdict, verdict } from './lifecycle-verdicts.ts';
import type { StoragePrice } from './storage-price.ts';

const PARTS = [
  'storageUsd',
  'transitionsUsd',
  'monitoringUsd',
  'retrievalUsd',
  'readRequestsUsd',
  'earlyDeletionUsd',
] as const satisfies (keyof StoragePrice)[];

const totalOf = ({ cumulativeUsd }: LifecycleCosts): number => cumulativeUsd.at(-1) ?? 0;

const summaryOf = (costs: LifecycleCosts) => ({
  usd: totalOf(costs),
  ofIt: Object.fromEntries(PARTS.map((part) => [part, costs.months.reduce((sum, month) => sum + month[part], 0)])),
  usdByMonth: costs.months.map(({ usd }) => usd),
});

const bandSummary = (
  candidate: CandidateCosts,
  band: BandCosts,
  { usd, report }: { usd: number; report: LifecycleReport },
) => ({
  meanBytes: band.meanBytes,
  share: band.share,
  objectsPerMonth: band.objectsPerMonth,
  moved: band.moved,
  unmovedUsd: usd,
  usd: totalOf(band),
  savedUsd: usd - totalOf(band),
  paysFromMonth: band.paysFromMonth,
  repaidAfterMonths: band.repaidAfterMonths,
  verdict: bandVerdict(candidate, band, report),
});

function candidateSummary(candidate: CandidateCosts, { unmoved }: PrefixCosts, report: LifecycleReport) {
  const bands = candidate.bands.map((band, index) => {
    const without = unmoved.bands[index];
    return bandSummary(candidate, band, { usd: without ? totalOf(without) : 0, report });
  });
  return {
    name: candidate.name,
    ...summaryOf(candidate),
    savedUsd: totalOf(unmoved) - totalOf(candidate),
    moved: candidate.moved,
    paysFromMonth: candidate.paysFromMonth,
    paysFromBytes: candidate.paysFromBytes,
    verdict: verdict(candidate, unmoved, report),
    bands,
  };
}

/**
 * What the tables and sentences of the report say, unrounded: of each rule its sum, what the sum is made of, each month, and the sizes that it moves.
 * The report itself has all parts of each month of each size, which is more than anybody reads.
 */
export const lifecycleSummary = (report: LifecycleReport) => ({
  ...report,
  prefixes: report.prefixes.map((prefix) => ({
    prefix: prefix.prefix,
    objectsPerMonth: prefix.objectsPerMonth,
    unmoved: summaryOf(prefix.unmoved),
    candidates: prefix.candidates.map((candidate) => candidateSummary(candidate, prefix, report)),
  })),
});
