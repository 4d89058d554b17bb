import type { Names } from '../../shared/contracts/names.ts';
import type { EnvironmentSettings } from '../environments/settings.ts';
import type { Inventory, Resource } from './inventory.ts';

/** What a check may use besides the resource that it examines. */
export interface CheckContext {
  inventory: Inventory;
  /** Settings of the environment; undefined for the stack of an account. */
  settings?: EnvironmentSettings;
  names?: Names;
  /** Keys of the tags that the cost report groups by. */
  requiredTags: readonly string[];
}

interface Described {
  /** `IMG-<area>-<number>`, by which suppressions and tests name the check. An id is never reused. */
  id: `IMG-${string}-${number}`;
  /** What happens if the finding is not fixed. */
  reason: string;
  /** How to fix it. */
  remedy: string;
}

/** What is wrong, in the resource's own terms; false, undefined or an empty list if nothing is. */
export type Findings = string | readonly string[] | false | undefined;

/** One mistake that `terraform validate` and `plan` let through. */
export interface Check extends Described {
  /** The Terraform types that it examines; data sources begin with `data.`, and `*` stands for all. */
  of: readonly string[];
  find(resource: Resource, context: CheckContext): Findings;
}

/** One mistake in an environment's settings that no single resource reveals. */
export interface SettingsCheck extends Described {
  find(settings: EnvironmentSettings): Findings;
}

export const findingsOf = (found: Findings): readonly string[] =>
  typeof found === 'string' ? [found] : found === false || found === undefined ? [] : found;

/** The error message of synth; CDKTF puts the construct's path before it. */
export const messageOf = ({ id, reason, remedy }: Described, finding: string): string =>
  `${id}: ${finding}. ${reason} To do: ${remedy}`;
