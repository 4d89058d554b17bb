import type { ApiServiceSettings, EnvironmentSettings } from '../environments/settings.ts';

/** Says in part of a sentence what a value costs or breaks, with figures where they can be computed. */
export type Consequence = (value: number, settings: EnvironmentSettings, service: ApiServiceSettings) => string;

/** The values of a setting that somebody who knows the service would expect. Others must be acknowledged in the environment's file. */
export interface Range {
  /** The path of the setting; `*` stands for each service of the API. */
  setting: string;
  least: number;
  most: number;
  /** The largest value that is possible, if that is less than twice the most. */
  largest?: number;
  /** Set if 0 means none or never and is expected too. */
  orNone?: true;
  /** What a lower value costs or breaks; undefined if no lower value exists. */
  low?: Consequence;
  high: Consequence;
  /** The source of the figures. */
  source: string;
}

/** A setting of an environment that is a number. */
export interface NumericSetting {
  /** For example `services.download.maxTasks`. */
  path: string;
  /** The path in the form of ranges: `services.*.maxTasks`. */
  pattern: string;
  value: number;
  /** The service that the setting belongs to, or the first service if it belongs to none. */
  service: ApiServiceSettings;
}

const patternOf = (path: string): string => path.replace(/^services\.[^.]+/, 'services.*');

function numbersIn(value: unknown, path: string[] = []): [path: string, value: number][] {
  if (typeof value === 'number') return [[path.join('.'), value]];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, inner]) => numbersIn(inner, [...path, name]));
}

export const numericSettingsOf = (settings: EnvironmentSettings): NumericSetting[] =>
  numbersIn(settings).map(([path, value]) => {
    const [, name = ''] = /^services\.([^.]+)/.exec(path) ?? [];
    const { [name]: own } = settings.services as Record<string, ApiServiceSettings>;
    return { path, pattern: patternOf(path), value, service: own ?? settings.services['sync-upload'] };
  });

export const isInside = ({ least, most, orNone }: Range, value: number): boolean =>
  (value >= least && value <= most) || (orNone === true && value === 0);

/** The range as text: `0, or 7 to 365`. */
export const shownRange = ({ least, most, orNone }: Range): string =>
  `${orNone ? '0, or ' : ''}${least.toLocaleString('en')} to ${most.toLocaleString('en')}`;
