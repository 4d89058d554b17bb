import { aws } from '../aws-cli.ts';
import { openAccount } from '../prerequisites.ts';
import { type Configuration, openWorkspace, type Workspace } from '../terraform.ts';
import { BASES, type Base } from './bases.ts';
import { effectsOf } from './plans.ts';
import { synthesise } from './synthesis.ts';

type Stacks = Record<string, Configuration>;

/** A base that is applied to an emulated AWS and changed there. */
export interface WalkedEnvironment {
  base: Base;
  /** The stacks that were applied first. */
  stacks: Stacks;
  /** The resources that a plan of one stack would end or replace, or why it is refused. */
  plan(stack: string, configuration: Configuration): Promise<string[]>;
  /** The same for all stacks that differ from the applied ones. */
  ahead(stacks: Stacks): Promise<string[]>;
  /** Applies stacks in order, without unchanged ones. */
  apply(stacks: Stacks): Promise<void>;
  /** The changes of a plan with a refresh. */
  changes(): Promise<string[]>;
  remove(): Promise<void>;
}

/** Applies a base. */
export async function openEnvironment(base: Base, endpoint: string): Promise<WalkedEnvironment> {
  const { stacks, refusal } = synthesise(BASES[base]);
  if (refusal) throw new Error(`the base ${base} is refused: ${refusal}`);
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
        // If the apply fails, the state of the stack is unknown.
        delete applied[id];
        // Plans with a refresh, because only that reads the new ETag of an updated distribution.
        await workspace.apply();
        applied[id] = configuration;
      }
    },
    changes: async () => (await Promise.all(workspaces.map(([, workspace]) => workspace.changes()))).flat(),
    remove: async () => void (await Promise.all(workspaces.map(([, workspace]) => workspace.remove()))),
  };
}

/** Does what ECS's managed scaling does: ends unused instances, in groups that may be empty. */
export async function endIdleInstances(endpoint: string): Promise<void> {
  const { AutoScalingGroups } = await aws(endpoint, 'autoscaling', 'describe-auto-scaling-groups');
  for (const { AutoScalingGroupName, MinSize, DesiredCapacity } of AutoScalingGroups) {
    if (MinSize > 0 || DesiredCapacity === 0) continue;
    const options = ['--auto-scaling-group-name', AutoScalingGroupName, '--desired-capacity', '0'];
    await aws(endpoint, 'autoscaling', 'set-desired-capacity', ...options);
  }
}
