import { formatUsd } from '../report/amounts.ts';
import type { BandCosts, CandidateCosts, LifecycleCosts, LifecycleReport } from './lifecycle-report.ts';
import { SMALLEST_TIERED_BYTES } from './storage-classes.ts';

/** A size as people write it, such as `256 KiB`. */
export const sizeText = (bytes: number): string => {
  const [kib, mib] = [bytes / 2 ** 10, bytes / 2 ** 20];
  return mib < 1 ? `${Math.round(kib)} KiB` : `${Number(mib.toFixed(1))} MiB`;
};

const months = (count: number): string => `${count.toFixed(1)} months`;

/** What a rule does for objects of one size, in a sentence. */
export function bandVerdict(candidate: CandidateCosts, band: BandCosts, { months: horizon }: LifecycleReport): string {
  if (band.moved === 0) return `does not move these objects${reasonNotToMove(candidate, band)}`;
  const repaid = band.repaidAfterMonths;
  if (repaid === undefined) return neverVerdict(candidate);
  return band.paysFromMonth === undefined
    ? `does not pay in ${horizon} months, although each object repays its move ${months(repaid)} after it`
    : `pays from month ${band.paysFromMonth}: each object repays its move ${months(repaid)} after it`;
}

const reasonNotToMove = ({ moved }: CandidateCosts, { meanBytes }: BandCosts): string => {
  if (moved === 0) return '';
  return meanBytes < SMALLEST_TIERED_BYTES
    ? ', because they have less than 128 KiB'
    : ', because its filter leaves out their size';
};

const neverVerdict = ({ paysFromBytes }: CandidateCosts): string =>
  paysFromBytes === undefined
    ? 'never pays: at any size, moving, monitoring and reading cost more than storage saves'
    : `never pays below ${sizeText(paysFromBytes)}`;

/** What a rule does for all objects of a prefix, in a sentence. */
export function verdict(
  candidate: CandidateCosts,
  unmoved: LifecycleCosts,
  { months: horizon }: LifecycleReport,
): string {
  if (candidate.moved === 0) return 'moves nothing: objects expire before, or are too small';
  const from = candidate.paysFromBytes;
  if (from === undefined) return neverVerdict(candidate);
  const sizes = from > SMALLEST_TIERED_BYTES ? `; never pays below ${sizeText(from)}` : '';
  return candidate.paysFromMonth === undefined
    ? `does not pay in ${horizon} months: it costs ${extra(candidate, unmoved)} more${sizes}`
    : `pays from month ${candidate.paysFromMonth}${sizes}`;
}

const extra = ({ cumulativeUsd }: LifecycleCosts, unmoved: LifecycleCosts): string =>
  formatUsd((cumulativeUsd.at(-1) ?? 0) - (unmoved.cumulativeUsd.at(-1) ?? 0));
