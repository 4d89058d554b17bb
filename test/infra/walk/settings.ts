import { readInterfaces } from '../../../stacks/docs/doc-comments.ts';
import { rowsOf } from '../../../stacks/docs/settings-section.ts';

/** A setting as settings.ts declares it: one with no settings below it, or with a word in their place. */
export interface Setting {
  /** `network.zones`, `services.minTasks` for that of every service, `account.github.owner`. */
  path: string;
  type: string;
}

/** Whether there is a word in place of settings below: `ReplicaSettings | 'off'`. */
const isSwitch = (type: string): boolean => type.split(' | ').some((each) => /^'[^']*'$/.test(each));

/** Every setting there is, of an environment and of an account: a new one is found as it is declared. */
export function allSettings(): Setting[] {
  const interfaces = readInterfaces();
  const leaves = (name: string, prefix: string) =>
    rowsOf(interfaces, interfaces[name]?.members ?? [])
      .filter(({ members, type }) => members.length === 0 || isSwitch(type))
      .map(({ path, type }) => ({ path: `${prefix}${path}`, type }));
  return [...leaves('EnvironmentSettings', ''), ...leaves('AccountSettings', 'account.')];
}

/** The words between which a type chooses; none for other types. */
export const choicesOf = ({ type }: Setting): string[] =>
  /^'[^']*'( \| '[^']*')*$/.test(type) ? type.split(' | ').map((word) => word.slice(1, -1)) : [];
