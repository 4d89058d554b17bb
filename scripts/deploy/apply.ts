import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { CommandError } from '../command-line.ts';
import type { SynthesisedEnvironment } from '../target-stack/synthesised-environment.ts';
import { printableLine } from '../terminal/printable.ts';
import type { Log } from './environment.ts';
import { type Guard, guardedIn } from './guarded.ts';
import { isEmpty, type Plan, parsePlan } from './plan.ts';
import { summaryOf } from './plan-summary.ts';
import { Stopping } from './stopping.ts';
import { requireTerraform, terraform, terraformJson } from './terraform.ts';

/** The stacks of an environment, in the order in which they are deployed. */
export const KINDS = ['storage', 'platform'] as const;

export interface Deploying {
  /** The names of the stacks. */
  stacks: string[];
  isPlanOnly: boolean;
  allowsReplacement: boolean;
  /** Options of terraform plan, such as -refresh=false. */
  planOptions: string[];
  summary?: string | undefined;
  outputs?: string | undefined;
  /** For all of it. */
  timeoutMinutes: number;
  log: Log;
}

/** A plan destroys or replaces what must be kept. */
export class GuardedPlan extends CommandError {
  override readonly name = 'GuardedPlan';
}

/** Plans the stacks of an environment one after the other, judges each plan, and applies it as it was judged. Returns the plans by stack. */
export async function deployStacks(site: SynthesisedEnvironment, deploying: Deploying): Promise<Record<string, Plan>> {
  using stopping = new Stopping(deploying.timeoutMinutes);
  await requireTerraform();
  const plans: Record<string, Plan> = {};
  // Plans contain secrets, so the folder is this user's alone, and it is removed.
  const folder = await mkdtemp(join(tmpdir(), 'image-service-plans-'));
  try {
    for (const stack of deploying.stacks) await deployStack(site, { ...deploying, stack, folder, plans, stopping });
    // Without an apply, nothing is lost by planning all stacks first, and the summary is whole.
    if (deploying.isPlanOnly) refuseGuarded(deploying, plans);
    if (deploying.outputs) await writeOutputs(site, deploying.stacks, deploying.outputs);
    stopping.throwIfStopped();
    return plans;
  } catch (error) {
    throw stopping.causeOf(error);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

interface OneStack extends Deploying {
  stack: string;
  folder: string;
  plans: Record<string, Plan>;
  stopping: Stopping;
}

async function deployStack(site: SynthesisedEnvironment, deploying: OneStack): Promise<void> {
  const { stack, folder, plans, stopping, log } = deploying;
  const place = join(site.folder, stack);
  const file = resolve(folder, stack);
  log(`${stack}: terraform init`);
  await terraform(place, ['init', '-input=false'], stopping);
  log(`${stack}: terraform plan`);
  await terraform(place, ['plan', '-input=false', `-out=${file}`, ...deploying.planOptions], stopping);
  const plan = parsePlan(`The plan of ${stack}`, await terraformJson(place, ['show', '-json', file]));
  plans[stack] = plan;
  if (deploying.summary) await writeFile(deploying.summary, summaryOf(plans, 'markdown'));
  if (deploying.isPlanOnly) return;
  refuseGuarded(deploying, { [stack]: plan });
  if (isEmpty(plan)) return log(`${stack}: nothing to apply`);
  log(`${stack}: terraform apply`);
  await terraform(place, ['apply', '-input=false', file], stopping);
}

const lineOf = ({ address, kind, loss }: Guard): string =>
  `  ${printableLine(address)} would be ${kind}: with it goes ${loss}`;

function refuseGuarded({ allowsReplacement }: Deploying, plans: Record<string, Plan>): void {
  const refused = Object.entries(plans).flatMap(([stack, plan]) => {
    const guarded = guardedIn(plan);
    return guarded.length > 0 ? [`The plan of ${stack} is refused:`, ...guarded.map(lineOf)] : [];
  });
  if (refused.length === 0 || allowsReplacement) return;
  throw new GuardedPlan([...refused, 'If that is meant, run it again with --allow-replacement.'].join('\n'));
}

/** Writes the outputs of all stacks by name. Sensitive ones are left out. */
async function writeOutputs(site: SynthesisedEnvironment, stacks: string[], path: string): Promise<void> {
  const all: Record<string, unknown> = {};
  for (const stack of stacks) {
    const outputs: Record<string, { sensitive: boolean; value: unknown }> = JSON.parse(
      await terraformJson(join(site.folder, stack), ['output', '-json']),
    );
    for (const [name, { sensitive, value }] of Object.entries(outputs)) if (!sensitive) all[name] = value;
  }
  await writeFile(path, `${JSON.stringify(all, null, 2)}\n`);
}
