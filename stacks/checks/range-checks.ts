import type { EnvironmentSettings } from '../environments/settings.ts';
import { RANGES } from '../ranges/all-ranges.ts';
import {
  type Consequence,
  isInside,
  type NumericSetting,
  numericSettingsOf,
  type Range,
  shownRange,
} from '../ranges/range.ts';
import type { SettingsCheck } from './check.ts';
import { MIN_REASON } from './suppressions.ts';

const rangeOf = ({ pattern }: NumericSetting): Range | undefined => RANGES.find(({ setting }) => setting === pattern);

const REFUSED: Consequence = () => 'AWS refuses it';

/** Describes a value outside its usual range; undefined if it is inside, or has no range. */
function surprise(setting: NumericSetting, settings: EnvironmentSettings): string | undefined {
  const range = rangeOf(setting);
  const { path, value, service } = setting;
  if (!range || isInside(range, value)) return undefined;
  const consequence = value < range.least ? (range.low ?? REFUSED) : range.high;
  return `${path} is ${value}, but ${shownRange(range)} is usual: ${consequence(value, settings, service)}`;
}

/** What is rarely intended of settings that are no numbers, by path; undefined where it is usual. */
const WORDS: Record<string, (settings: EnvironmentSettings) => string | undefined> = {
  'api.originalMetadata': ({ api: { originalMetadata, defaultVisibility }, storage }) => {
    if (originalMetadata !== 'keep' || (storage.disposable && defaultVisibility === 'private')) return undefined;
    return "api.originalMetadata is 'keep', but 'strip-public' is usual: whoever downloads a public original reads where and when it was taken, and with which camera";
  },
};

/** What is wrong with an acknowledgement; undefined if nothing is. */
function faultOf(path: string, reason: string, settings: EnvironmentSettings): string | undefined {
  if (reason.trim().length < MIN_REASON) return `the reason for ${path} is shorter than ${MIN_REASON} characters`;
  const word = WORDS[path];
  if (word) return word(settings) ? undefined : `${path} needs no acknowledgement`;
  const setting = numericSettingsOf(settings).find((each) => each.path === path);
  if (!setting) return `no numeric setting has the path ${path}`;
  return surprise(setting, settings) ? undefined : `${path} is ${setting.value}, which needs no acknowledgement`;
}

/** Checks of values that are allowed but rarely intended. */
export const RANGE_CHECKS: SettingsCheck[] = [
  {
    id: 'IMG-RNG-001',
    reason: 'The value is allowed, but rarely intended.',
    remedy: `give another value, or say in the environment's file why it is intended: acknowledged: { 'PATH.OF.THE.SETTING': 'why, in ${MIN_REASON} characters or more' }.`,
    find: (settings) => {
      const numbers = numericSettingsOf(settings).map((each) => [each.path, surprise(each, settings)] as const);
      const words = Object.entries(WORDS).map(([path, find]) => [path, find(settings)] as const);
      return [...numbers, ...words].flatMap(([path, found]) =>
        settings.acknowledged?.[path] === undefined ? (found ?? []) : [],
      );
    },
  },
  {
    id: 'IMG-RNG-002',
    reason:
      'An acknowledgement that is not needed would hide the next mistake, and one without a reason explains nothing.',
    remedy: `remove it from acknowledged in the environment's file, or give the path and a reason of ${MIN_REASON} characters or more.`,
    find: (settings) =>
      Object.entries(settings.acknowledged ?? {}).flatMap(([path, reason]) => faultOf(path, reason, settings) ?? []),
  },
];
