import type { AccountSettings, EnvironmentSettings } from '../../../stacks/environments/settings.ts';
import { BASES, type Base } from './bases.ts';
import { type Fixed, GIVEN, type Given, type Values } from './given-changes.ts';
import { allSettings, choicesOf, type Setting } from './settings.ts';

/** One change of a setting to walk. */
export interface Change extends Given {
  setting: string;
  from: Base;
  /** `prod: 14 → 30`. */
  title: string;
}

/** The service whose settings stand for those of every service. */
const SERVICE = 'download';
const ACCOUNT = 'account.';

type Settings = EnvironmentSettings | AccountSettings;
type Node = Record<string, unknown>;

const at = (settings: Settings, path: string): unknown =>
  path.split('.').reduce<unknown>((outer, name) => (outer as Node | undefined)?.[name], settings);

/** The path of a setting in the settings of its base. */
const placeOf = (path: string): string =>
  path.startsWith(ACCOUNT) ? path.slice(ACCOUNT.length) : path.replace(/^services\./, `services.${SERVICE}.`);

/** Values other than the current one. */
function othersOf(setting: Setting, value: unknown): unknown[] {
  const choices = choicesOf(setting).filter((choice) => choice !== value);
  if (choices.length > 0) return choices;
  if (typeof value === 'boolean') return [!value];
  if (typeof value === 'number') return [value + 1];
  throw new Error(`${setting.path} is a ${setting.type}: give another value of it in test/infra/walk/given-changes.ts`);
}

function derived(setting: Setting): Given[] {
  const from = setting.path.startsWith(ACCOUNT) ? 'account' : 'prod';
  const place = placeOf(setting.path);
  return othersOf(setting, at(BASES[from], place)).map((value) => ({ from, set: { [place]: value } }));
}

const shown = (value: unknown): string =>
  value === undefined ? 'none' : JSON.stringify(value).replaceAll('"', '').replaceAll(',', ', ');

function titleOf({ path }: Setting, from: Base, { set, as }: Given): string {
  const last = placeOf(path).split('.').at(-1) ?? '';
  const place = Object.keys(set).find((name) => name === last || name.endsWith(`.${last}`)) ?? '';
  return `${from}: ${as ?? `${shown(at(BASES[from], place))} → ${shown(set[place])}`}`;
}

/** The changes of a setting, or the reason why there are none. */
export function changesOf(setting: Setting): Change[] | Fixed {
  const given = GIVEN[setting.path] ?? derived(setting);
  if ('fixed' in given) return given;
  return given.map((each) => {
    const { from = 'prod' } = each;
    return { ...each, from, setting: setting.path, title: titleOf(setting, from, each) };
  });
}

export const allChanges = (): Change[] =>
  allSettings().flatMap((setting) => {
    const changes = changesOf(setting);
    return 'fixed' in changes ? [] : changes;
  });

function setIn(settings: Node, path: string, value: unknown): void {
  const names = path.split('.');
  const last = names.pop() ?? '';
  const inner = names.reduce((outer, name) => outer[name] as Node, settings);
  if (value === undefined) delete inner[last];
  else inner[last] = value;
}

/** Applies changes to settings. */
export function changed<Kind extends Settings>(settings: Kind, values: Values): Kind {
  const copy = structuredClone(settings);
  for (const [path, value] of Object.entries(values)) setIn(copy as unknown as Node, path, structuredClone(value));
  return copy;
}
