import { code, compactTable } from '../../scripts/docs/markdown.ts';
import { ACCOUNTS } from '../environments/account.ts';
import { ENVIRONMENTS } from '../environments/all.ts';
import { type Declared, type DeclaredInterface, readInterfaces, readReasons } from './doc-comments.ts';
import { restSentence } from './finance-page.ts';
import type { Synthesis } from './synthesis.ts';
import { usualValues } from './usual-values.ts';

type Interfaces = Record<string, DeclaredInterface>;

export interface Row {
  path: string;
  doc: string;
  type: string;
  members: Declared[];
}

const LONGEST = 48;

const clipped = (text: string): string => (text.length <= LONGEST ? text : `…${text.slice(-LONGEST)}`);

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const shown = (value: unknown): string => {
  if (value === undefined) return '';
  if (isRecord(value)) return Object.keys(value).map(code).join(' ');
  if (!Array.isArray(value)) return code(clipped(String(value)));
  return value.length === 0 ? 'none' : value.map((each) => code(clipped(String(each)))).join(' ');
};

const at = (settings: unknown, path: string): unknown =>
  path.split('.').reduce<unknown>((value, name) => (isRecord(value) ? value[name] : undefined), settings);

/** The settings of an interface, down to those that are no objects; of a union, those of all its members, each once. */
export function rowsOf(interfaces: Interfaces, members: readonly Declared[], path: string[] = []): Row[] {
  const rows = members.flatMap((member): Row[] => {
    const own = [...path, member.name];
    const nested = [...member.members, ...member.types.flatMap((name) => interfaces[name]?.members ?? [])];
    const row = { path: own.join('.'), doc: member.doc, type: member.type, members: nested };
    return nested.length > 0 ? [row, ...rowsOf(interfaces, nested, own)] : [row];
  });
  return rows.filter(({ path }, index) => rows.findIndex((row) => row.path === path) === index);
}

/** The values of several services, in their order, or one value if all have the same. */
function shownOfEach(settings: readonly unknown[], path: string): string {
  const values = settings.map((each) => shown(at(each, path)));
  if (new Set(values).size === 1) return values[0] ?? '';
  return values.map((value) => value || '–').join(' / ');
}

interface TableOf {
  /** The interface. */
  name: string;
  /** The beginning of the paths of its settings in the ranges. */
  group?: string;
}

/** A table of an interface: a row for each setting, a column for each environment with all that has settings of that kind there. */
function settingsTable(interfaces: Interfaces, { name, group }: TableOf, columns: Record<string, unknown[]>): string {
  const rows = rowsOf(interfaces, interfaces[name]?.members ?? []);
  // A row of its own for what has members only where there is something to be said of it.
  const shownRows = rows.filter(({ doc, members }) => doc || members.length === 0);
  const cells = shownRows.map(({ path, doc, members }) => {
    // The row of a setting with members shows only where it is switched off; elsewhere its members have rows of their own.
    const isShownByMembers = (settings: unknown[]) =>
      members.length > 0 && settings.some((each) => isRecord(at(each, path)));
    const values = Object.values(columns).map((settings) =>
      isShownByMembers(settings) ? '' : shownOfEach(settings, path),
    );
    return [code(path), doc, usualValues(`${group}.${path}`), ...values];
  });
  return compactTable(
    [
      'setting',
      'what it is, costs or protects',
      'usual values, and what others cost or break',
      ...Object.keys(columns),
    ],
    cells,
  );
}

type Environment = (typeof ENVIRONMENTS)[number];

const byEnvironment = (pick: (settings: Environment) => unknown[]): Record<string, unknown[]> =>
  Object.fromEntries(ENVIRONMENTS.map((settings) => [settings.name, pick(settings)]));

const heading = (title: string, doc: string): string => [`### ${title}`, doc].filter(Boolean).join('\n\n');

/** A group of an environment's settings, such as `network`. Services have the same group each. */
function groupTable(interfaces: Interfaces, group: keyof Environment, type: string): string {
  const doc = interfaces[type]?.doc ?? '';
  if (group === 'services') {
    const order = `Where they differ: ${Object.keys(ENVIRONMENTS[0]?.services ?? {})
      .map(code)
      .join(' / ')}.`;
    const columns = byEnvironment(({ services }) => Object.values(services));
    return `${heading(code(group), [doc, order].filter(Boolean).join(' '))}\n\n${settingsTable(interfaces, { name: type, group: 'services.*' }, columns)}`;
  }
  const columns = byEnvironment((settings) => [settings[group]]);
  return `${heading(code(group), doc)}\n\n${settingsTable(interfaces, { name: type, group }, columns)}`;
}

/** Every setting there is, from the interfaces of settings.ts and the values of account.ts and of each environment. */
export function settingsSection(): string {
  const interfaces = readInterfaces();
  const { doc = '', members = [] } = interfaces.EnvironmentSettings ?? {};
  const groupOf = ({ types }: Declared) => types.find((type) => interfaces[type]);
  const own = { doc, members: members.filter((member) => !groupOf(member)) };
  const groups = members.flatMap((member) => {
    const type = groupOf(member);
    return type ? [groupTable(interfaces, member.name as keyof Environment, type)] : [];
  });
  return [
    heading('The environment itself', doc),
    settingsTable(
      { ...interfaces, Own: own },
      { name: 'Own' },
      byEnvironment((settings) => [settings]),
    ),
    ...groups,
    heading('The account', interfaces.AccountSettings?.doc ?? ''),
    settingsTable(
      interfaces,
      { name: 'AccountSettings' },
      Object.fromEntries(Object.entries(ACCOUNTS).map(([id, each]) => [id, [each]])),
    ),
  ].join('\n\n');
}

/** The costs of each environment at rest, and the reasons for its choices: the comments beside its values. */
export const choicesSection = (synthesis: Synthesis): string =>
  ENVIRONMENTS.map((settings) => {
    const { summary, of } = readReasons(`${settings.name}.ts`);
    const reasons = of.map(([path, reason]) => `- ${code(path)}: ${reason}`);
    const costs = restSentence(synthesis, settings);
    return [`### ${settings.name}`, `${summary} ${costs}`, ...(reasons.length > 0 ? [reasons.join('\n')] : [])].join(
      '\n\n',
    );
  }).join('\n\n');
