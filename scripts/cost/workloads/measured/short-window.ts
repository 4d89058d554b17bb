import type { CostWarning } from '../../report/cost-report.ts';
import { NEARLY_A_DAY_MS } from './day.ts';
import { number } from './measurement.ts';

const MINUTE_MS = 60 * 1000;

const durationText = (ms: number): string =>
  ms < 90 * MINUTE_MS ? `${number(ms / MINUTE_MS)} minutes` : `${number(ms / (60 * MINUTE_MS))} hours`;

/** How long was measured, if that is so short that a day does not follow from it; undefined for a day or more. */
export const shortWindow = (ms: number): string | undefined => (ms < NEARLY_A_DAY_MS ? durationText(ms) : undefined);

/** What a report says that rests on less than a day. */
export const shortWindowWarnings = (ms: number): CostWarning[] => {
  const window = shortWindow(ms);
  if (window === undefined) return [];
  const sentence = `The metrics cover ${window}, which are taken for a whole month: a morning may have many times the work of a night. Export at least a day, best a week, before a decision hangs on these sums.`;
  return [{ code: 'short-measurement', sentence, usd: 0 }];
};
