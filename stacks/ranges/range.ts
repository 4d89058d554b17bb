import type { ApiServiceSettings, EnvironmentSettings } from '../environments/settings.ts';

/** What a value costs or breaks: a part of a sentence, with figures where they can be computed. */
export type Consequence = (value: number, settings: EnvironmentSettings, service: ApiServiceSettings) => string;

/** Values of a setting that somebody who knows the service would expect. Others must be acknowledged in the file of the environment. */
export interface Range {
  /** Its path; `*` stands for each service of the API. */
  setting: string;
  least: number;
  most: number;
  /** 0 means none or never, and is expected too. */
  orNone?: true;
  /** Left out where there is nothing below. */
  low?: Consequence;
  high: Consequence;
  /** Where the figures come from. */
  source: string;
}

/** A setting of an environment that is a number. */
export interface NumericSetting {
  /** `services.download.maxTasks` */
  path: string;
  /** The same as ranges have it: `services.*.maxTasks`. */
  pattern: string;
  value: number;
  /** That it belongs to; for what belongs to none, the first. */
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

/** `0, or 7 to 365` */
export const shownRange = ({ least, most, orNone }: Range): string =>
  `${orNone ? '0, or ' : ''}${least.toLocaleString('en')} to ${most.toLocaleString('en')}`;
