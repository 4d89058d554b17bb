import { prod } from '../environments/prod.ts';
import { RANGES, WITHOUT_RANGE } from '../ranges/all-ranges.ts';
import { numericSettingsOf, type Range, shownRange } from '../ranges/range.ts';

/** The consequences of a value beyond each end of the range: half of the least, twice the most. */
function consequencesOf({ setting, least, most, low, high }: Range): string[] {
  // Services differ, and those on instances have every setting.
  const place = numericSettingsOf(prod).findLast(({ pattern }) => pattern === setting);
  // A setting that is switched off in prod belongs to no service there.
  const service = place?.service ?? prod.services.download;
  const half = least / 2;
  const [few, many] = [least >= 1 ? Math.floor(half) : half, 2 * most];
  return [
    ...(low ? [`At ${few}: ${low(few, prod, service)}.`] : []),
    `At ${many.toLocaleString('en')}: ${high(many, prod, service)}.`,
  ];
}

/** The usual range of a setting, and what other values cost or break in prod; empty for a setting that is no number. */
export function usualValues(setting: string): string {
  const range = RANGES.find((each) => each.setting === setting);
  if (!range) return WITHOUT_RANGE[setting] ?? '';
  return [`${shownRange(range)}.`, ...consequencesOf(range), `(${range.source})`].join(' ');
}
