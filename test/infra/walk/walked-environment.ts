import { aws } from '../aws-cli.ts';
import { openAccount } from '../prerequisites.ts';
import { type Configuration, openWorkspace, type Workspace } from '../terraform.ts';
import { BASES, type Base } from './bases.ts';
import { effectsOf } from './plans.ts';
import { synthesise } from './synthesis.ts';

type Stacks = Record<string, Configuration>;

/** A base that is applied to an emulated AWS, to be changed there. */
export interface WalkedEnvironment {
  base: Base;
  /** Its stacks as they were applied first. */
  stacks: Stacks;
  /** What a plan of one stack would end or replace, or why it is refused. */
  plan(stack: string, configuration: Configuration): Promise<string[]>;
  /** The same of all that are not as they are applied. */
  ahead(stacks: Stacks): Promise<string[]>;
  /** Applies stacks in their order; those that are as they were are left alone. */
  apply(stacks: Stacks): Promise<void>;
  /** What a look at all that is there would change. */
  changes(): Promise<string[]>;
  remove(): Promise<void>;
}

/** Applies a base. */
export async function openEnvironment(base: Base, endpoint: string): Promise<WalkedEnvironment> {
  const { stacks, refusal } = synthesise(BASES[base]);
  if (refusal) throw new Error(`${base} as it is walked from: ${refusal}`);
  const { prepare } = openAccount(endpoint);
  const workspaces: [string, Workspace][] = [];
  const applied: Partial<Stacks> = {};
  for (const [id, stack] of Object.entries(stacks)) {
    const workspace = await openWorkspace(await prepare(stack), endpoint);
    await workspace.apply();
    workspaces.push([id, workspace]);
    applied[id] = stack;
  }
  const differing = (wanted: Stacks): [string, Workspace, Configuration][] =>
    workspaces.flatMap(([id, workspace]) => {
      const configuration = wanted[id] as Configuration;
      return JSON.stringify(configuration) === JSON.stringify(applied[id]) ? [] : [[id, workspace, configuration]];
    });
  const plan = async (id: string, configuration: Configuration) => {
    const [, workspace] = workspaces.find(([own]) => own === id) as [string, Workspace];
    const copy = await workspace.copy();
    await copy.become(await prepare(configuration));
    try {
      const { changes, refusals } = await copy.planned();
      return refusals.length > 0 ? refusals.map((reason) => `refused by the plan: ${reason}`) : effectsOf(changes);
    } finally {
      await copy.remove();
    }
  };
  return {
    base,
    stacks,
    plan,
    async ahead(wanted) {
      const plans = differing(wanted).map(([id, , configuration]) => plan(id, configuration));
      return (await Promise.all(plans)).flat();
    },
    async apply(wanted) {
      for (const [id, workspace, configuration] of differing(wanted)) {
        await workspace.become(await prepare(configuration));
        // Nobody knows what it is if that fails.
        delete applied[id];
        // With a refresh, because the ETag of a distribution that was updated is known by a look alone.
        await workspace.apply();
        applied[id] = configuration;
      }
    },
    changes: async () => (await Promise.all(workspaces.map(([, workspace]) => workspace.changes()))).flat(),
    remove: async () => void (await Promise.all(workspaces.map(([, workspace]) => workspace.remove()))),
  };
}

/** As ECS's managed scaling does: ends instances that nobody needs, in groups that may be empty. */
export async function endIdleInstances(endpoint: string): Promise<void> {
  const { AutoScalingGroups } = await aws(endpoint, 'autoscaling', 'describe-auto-scaling-groups');
  for (const { AutoScalingGroupName, MinSize, DesiredCapacity } of AutoScalingGroups) {
    if (MinSize > 0 || DesiredCapacity === 0) continue;
    const options = ['--auto-scaling-group-name', AutoScalingGroupName, '--desired-capacity', '0'];
    await aws(endpoint, 'autoscaling', 'set-desired-capacity', ...options);
  }
}
