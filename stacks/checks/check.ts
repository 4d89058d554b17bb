import type { Names } from '../../shared/contracts/names.ts';
import type { EnvironmentSettings } from '../environments/settings.ts';
import type { Inventory, Resource } from './inventory.ts';

/** What a check may know beside the resource it looks at. */
export interface CheckContext {
  inventory: Inventory;
  /** Of the environment; a stack of the account has none. */
  settings?: EnvironmentSettings;
  names?: Names;
  /** Keys of the tags that the cost report goes by. */
  requiredTags: readonly string[];
}

interface Described {
  /** `IMG-<area>-<number>`: what a suppression and a test name. Never given to another check. */
  id: `IMG-${string}-${number}`;
  /** What happens if nobody mends it. */
  reason: string;
  /** What to do. */
  remedy: string;
}

/** What is wrong, in the terms of the resource; nothing, or an empty list, if it is right. */
export type Findings = string | readonly string[] | false | undefined;

/** One mistake that `terraform validate` and `plan` let through. */
export interface Check extends Described {
  /** The Terraform types of the resources it looks at; data sources begin with `data.`. */
  of: readonly string[];
  find(resource: Resource, context: CheckContext): Findings;
}

/** One mistake in an environment's settings that no single resource shows. */
export interface SettingsCheck extends Described {
  find(settings: EnvironmentSettings): Findings;
}

export const findingsOf = (found: Findings): readonly string[] =>
  typeof found === 'string' ? [found] : found === false || found === undefined ? [] : found;

/** The sentence that synth ends with; CDKTF puts the construct's path before it. */
export const messageOf = ({ id, reason, remedy }: Described, finding: string): string =>
  `${id}: ${finding}. ${reason} To do: ${remedy}`;
