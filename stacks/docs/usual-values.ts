import { prod } from '../environments/prod.ts';
import { RANGES, WITHOUT_RANGE } from '../ranges/all-ranges.ts';
import { numericSettingsOf, type Range, shownRange } from '../ranges/range.ts';

/** The consequences of a value beyond each end of the range: half of the least, and twice the most or the largest that is possible. */
function consequencesOf({ setting, least, most, largest = 2 * most, low, high }: Range): string[] {
  // Services differ, and those on instances have every setting.
  const example = numericSettingsOf(prod).findLast(({ pattern }) => pattern === setting);
  // A setting that is switched off in prod belongs to no service there.
  const service = example?.service ?? prod.services.download;
  const half = least / 2;
  const few = least >= 1 ? Math.floor(half) : half;
  return [
    ...(low ? [`With ${few}, ${low(few, prod, service)}.`] : []),
    `With ${largest.toLocaleString('en')}, ${high(largest, prod, service)}.`,
  ];
}

/** The usual range of a setting, and what other values cost or break in prod; empty for a setting that is no number. */
export function usualValues(setting: string): string {
  const range = RANGES.find((each) => each.setting === setting);
  if (!range) return WITHOUT_RANGE[setting] ?? '';
  return [`${shownRange(range)} is usual.`, ...consequencesOf(range), `Source: ${range.source}`].join(' ');
}
