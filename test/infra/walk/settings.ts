import { readInterfaces } from '../../../stacks/docs/doc-comments.ts';
import { rowsOf } from '../../../stacks/docs/settings-section.ts';

/** A setting as settings.ts declares it, without nested settings or with a word in their place. */
export interface Setting {
  /** `network.zones`, `services.minTasks` for that of every service, `account.github.owner`. */
  path: string;
  type: string;
}

/** Whether a word may replace nested settings: `ReplicaSettings | 'off'`. */
const isSwitch = (type: string): boolean => type.split(' | ').some((each) => /^'[^']*'$/.test(each));

/** All settings of an environment and of an account. They are read from their declarations, so new ones are found. */
export function allSettings(): Setting[] {
  const interfaces = readInterfaces();
  const leaves = (name: string, prefix: string) =>
    rowsOf(interfaces, interfaces[name]?.members ?? [])
      .filter(({ members, type }) => members.length === 0 || isSwitch(type))
      .map(({ path, type }) => ({ path: `${prefix}${path}`, type }));
  return [...leaves('EnvironmentSettings', ''), ...leaves('AccountSettings', 'account.')];
}

/** The words of a union type; empty for other types. */
export const choicesOf = ({ type }: Setting): string[] =>
  /^'[^']*'( \| '[^']*')*$/.test(type) ? type.split(' | ').map((word) => word.slice(1, -1)) : [];
