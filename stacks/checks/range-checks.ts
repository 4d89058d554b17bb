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

const NONSENSE: Consequence = () => 'AWS refuses it';

/** What is to be said of a value outside its range; undefined of one inside it, or without one. */
function surprise(setting: NumericSetting, settings: EnvironmentSettings): string | undefined {
  const range = rangeOf(setting);
  const { path, value, service } = setting;
  if (!range || isInside(range, value)) return undefined;
  const consequence = value < range.least ? (range.low ?? NONSENSE) : range.high;
  return `${path} is ${value}, where ${shownRange(range)} is usual: ${consequence(value, settings, service)}`;
}

/** What is wrong with one acknowledgement; undefined for what is right. */
function faultOf(path: string, reason: string, settings: EnvironmentSettings): string | undefined {
  if (reason.trim().length < MIN_REASON) return `the reason for ${path} is shorter than ${MIN_REASON} characters`;
  const setting = numericSettingsOf(settings).find((each) => each.path === path);
  if (!setting) return `there is no number ${path}`;
  return surprise(setting, settings) ? undefined : `${path} is ${setting.value}, which needs no acknowledgement`;
}

/** Numbers that are allowed, and yet rarely meant. */
export const RANGE_CHECKS: SettingsCheck[] = [
  {
    id: 'IMG-RNG-001',
    reason: 'It is allowed, but rarely meant.',
    remedy: `give another value, or say in the environment's file why it is meant: acknowledged: { 'PATH.OF.THE.SETTING': 'why, in ${MIN_REASON} characters or more' }.`,
    find: (settings) =>
      numericSettingsOf(settings).flatMap((setting) =>
        settings.acknowledged?.[setting.path] === undefined ? (surprise(setting, settings) ?? []) : [],
      ),
  },
  {
    id: 'IMG-RNG-002',
    reason:
      'An acknowledgement that is for nothing would let the next mistake pass, and one without a reason tells nobody anything.',
    remedy: `remove it from acknowledged in the environment's file, or give the path and a reason of ${MIN_REASON} characters or more.`,
    find: (settings) =>
      Object.entries(settings.acknowledged ?? {}).flatMap(([path, reason]) => faultOf(path, reason, settings) ?? []),
  },
];
