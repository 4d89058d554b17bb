import { DAYS_A_MONTH, readsOfAge, type Workload } from '../workloads/workload.ts';
import { type EdgeSettings, shareAtOrigin } from './edge-reads.ts';

export interface RemadeSettings extends Pick<EdgeSettings, 'hasCdn' | 'hasShield'> {
  /** Days after which renditions expire; `Infinity` for never. */
  renditionDays: number;
}

/**
 * Renditions that have expired and are made again, for each image of an age in months: those of which a read comes through to the services. They are
 * followed by the day, because what expires within a month may be made several times in it. Reads come independently of each other.
 */
export function remadePerImage(workload: Workload, settings: RemadeSettings): number[] {
  const months = workload.ageCurve.map(() => 0);
  const count = workload.renditions.length;
  const { renditionDays } = settings;
  if (count === 0 || !Number.isFinite(renditionDays)) return months;
  // The share of renditions that are made on each day of an image's life, and of those that are there because they were made within the last days.
  const made = [1];
  let present = 1;
  for (let day = 1; day < months.length * DAYS_A_MONTH; day += 1) {
    present -= made[day - 1 - renditionDays] ?? 0;
    const age = Math.min(months.length - 1, Math.floor(day / DAYS_A_MONTH));
    const reads = (readsOfAge(workload, age).rendition * shareAtOrigin(workload, settings)) / count / DAYS_A_MONTH;
    const again = Math.max(0, 1 - present) * (1 - Math.exp(-reads));
    made.push(again);
    present += again;
    months[age] = (months[age] ?? 0) + again * count;
  }
  return months;
}
