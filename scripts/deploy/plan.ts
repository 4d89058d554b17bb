import { CommandError } from '../command-line.ts';

/** A value in a plan. In `after_unknown`, `before_sensitive` and `after_sensitive` the same places have `true`. */
export type Value = unknown;

/** The parts of `terraform show -json PLAN` that are read here (https://developer.hashicorp.com/terraform/internals/json-format). */
export interface Change {
  actions: ('no-op' | 'create' | 'read' | 'update' | 'delete' | 'forget')[];
  before: Value;
  after: Value;
  after_unknown?: Value;
  before_sensitive?: Value;
  after_sensitive?: Value;
  /** The paths of the attributes that force a replacement. */
  replace_paths?: (string | number)[][];
}

export interface ResourceChange {
  address: string;
  previous_address?: string;
  /** Why Terraform replaces or deletes it, where no attribute says so. */
  action_reason?: string;
  mode: 'managed' | 'data';
  type: string;
  change: Change;
}

export interface Plan {
  format_version: string;
  errored?: boolean;
  resource_changes?: ResourceChange[];
  output_changes?: Record<string, Change>;
}

export type Kind = 'destroyed' | 'replaced' | 'forgotten' | 'changed' | 'added' | 'moved';

/** What happens to a resource; undefined where nothing does. A replacement deletes and creates, in either order. */
export function kindOf({ mode, previous_address, address, change }: ResourceChange): Kind | undefined {
  const { actions } = change;
  if (mode === 'data') return undefined;
  if (actions.includes('delete')) return actions.includes('create') ? 'replaced' : 'destroyed';
  if (actions.includes('forget')) return 'forgotten';
  if (actions.includes('create')) return 'added';
  if (actions.includes('update')) return 'changed';
  return previous_address && previous_address !== address ? 'moved' : undefined;
}

/** Checks that a text is a plan. */
export function parsePlan(name: string, text: string): Plan {
  let plan: Plan;
  try {
    plan = JSON.parse(text);
  } catch (error) {
    throw new CommandError(`${name} is not JSON, as terraform show -json PLAN prints it: ${(error as Error).message}.`);
  }
  if (!/^1\./.test(plan?.format_version ?? ''))
    throw new CommandError(
      `${name} is not a plan in format 1 of terraform show -json, but ${JSON.stringify(plan?.format_version) ?? 'has no format_version'}.`,
    );
  if (plan.errored) throw new CommandError(`${name} is incomplete: terraform plan has failed, and says why.`);
  return plan;
}

/** Whether applying the plan would do anything. */
export const isEmpty = ({ resource_changes = [], output_changes = {} }: Plan): boolean =>
  resource_changes.every((change) => kindOf(change) === undefined) &&
  Object.values(output_changes).every(({ actions }) => actions.every((action) => action === 'no-op'));
