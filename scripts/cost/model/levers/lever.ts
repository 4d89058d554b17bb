import type { Stack, Values } from '../../../target-stack/synthesised-environment.ts';
import type { Lever } from '../../report/cost-report.ts';
import type { ModelInput } from '../context.ts';

/** A change of the settings, or of the product, that may save money. */
export interface LeverRow {
  change: string;
  risk: string;
  /** The changed input; undefined where it changes nothing. */
  apply: (input: ModelInput) => ModelInput | undefined;
}

/** Changes copies of an environment's stacks. `edit` says whether it found anything to change. */
export function withStacks(
  input: ModelInput,
  edit: (stacks: { platform: Stack; storage: Stack }) => boolean,
): ModelInput | undefined {
  const stacks = structuredClone({ platform: input.environment.platform, storage: input.environment.storage });
  return edit(stacks) ? { ...input, environment: { ...input.environment, ...stacks } } : undefined;
}

/** Changes each resource of a type; whether any of them was changed. */
export function editEach(stack: Stack, type: string, edit: (values: Values, name: string) => boolean): boolean {
  const changed = Object.entries(stack.resource[type] ?? {}).map(([name, values]) => edit(values, name));
  return changed.some(Boolean);
}

/** Removes the resources of a type that are selected; whether there were any. */
export function remove(stack: Stack, type: string, isRemoved: (name: string, values: Values) => boolean): boolean {
  const resources = stack.resource[type] ?? {};
  const names = Object.keys(resources).filter((name) => isRemoved(name, resources[name] ?? {}));
  for (const name of names) delete resources[name];
  return names.length > 0;
}

/** Takes the CDN from what services know, so that none asks it to forget anything; whether any knew of it. */
export const forgetCdn = (platform: Stack): boolean =>
  editEach(platform, 'aws_ecs_task_definition', (task) => {
    const containers: Values[] = JSON.parse(task.container_definitions);
    const isCdn = ({ name }: Values) => name === 'CDN_DISTRIBUTION_ID';
    const knew = containers.some(({ environment = [] }) => environment.some(isCdn));
    const forgetful = containers.map(({ environment = [], ...container }) => ({
      ...container,
      environment: environment.filter((each: Values) => !isCdn(each)),
    }));
    if (knew) task.container_definitions = JSON.stringify(forgetful);
    return knew;
  });

/** How many levers a report shows. */
const LEVERS_SHOWN = 5;

interface Levers {
  rows: readonly LeverRow[];
  others?: readonly Lever[];
  monthlyUsd: (input: ModelInput) => number;
}

/** The changes that save most: each row by running the model again with it, and `others` by what they say. */
export function bestLevers(input: ModelInput, { rows, others = [], monthlyUsd }: Levers): Lever[] {
  const now = monthlyUsd(input);
  const found = rows.flatMap(({ change, risk, apply }) => {
    const changed = apply(input);
    return changed ? [{ change, risk, saves: now - monthlyUsd(changed) }] : [];
  });
  return [...found, ...others]
    .filter(({ saves }) => saves > 0)
    .sort((a, b) => b.saves - a.saves)
    .slice(0, LEVERS_SHOWN);
}
