import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App, Aspects, TerraformElement, TerraformStack } from 'cdktf';
import { namesOf } from '../../../shared/contracts/names.ts';
import { BootstrapStack } from '../../../stacks/bootstrap-stack.ts';
import { addChecks } from '../../../stacks/checks/checks-aspect.ts';
import { attachCapacity, createCluster } from '../../../stacks/compute/cluster.ts';
import { createWorkerFleet } from '../../../stacks/compute/worker-fleet.ts';
import { createCdn } from '../../../stacks/edge/cdn.ts';
import { createLoadBalancer } from '../../../stacks/edge/load-balancer.ts';
import { ACCOUNTS, EXAMPLE_ACCOUNT_ID } from '../../../stacks/environments/account.ts';
import { deploymentOf } from '../../../stacks/environments/deployment.ts';
import { prod } from '../../../stacks/environments/prod.ts';
import type { EnvironmentSettings } from '../../../stacks/environments/settings.ts';
import { createAwsProvider } from '../../../stacks/foundation/aws-provider.ts';
import { TagAspect, tagsOf } from '../../../stacks/foundation/tags.ts';
import { createNetwork } from '../../../stacks/network/network.ts';
import { PlatformStack } from '../../../stacks/platform-stack.ts';
import { StorageStack } from '../../../stacks/storage-stack.ts';

/** A resource as Terraform gets it, or a part of it. */
interface Json {
  [name: string]: Json;
}

/** A change to correct settings or to a correct stack. */
export interface Change {
  settings?(settings: Json): void;
  stack?(stack: TerraformStack): void;
}

/** A mistake: its description, the check that must report it, and the changes that make it. */
export type Mistake = [name: string, id: string, ...changes: Change[]];

const elementOf = (stack: TerraformStack, path: string): TerraformElement => {
  const found = stack.node.findAll().find(({ node }) => node.path === `${stack.node.path}/${path}`);
  if (found instanceof TerraformElement) return found;
  throw new Error(`${stack.node.path} has no ${path}`);
};

function setIn(json: Json, path: string, value: unknown): void {
  const names = path.split('.');
  const last = names.pop() ?? '';
  const inner = names.reduce<Json>((outer, name) => {
    outer[name] ??= {};
    return outer[name];
  }, json);
  if (value === undefined) delete inner[last];
  else inner[last] = value as Json;
}

/** Changes a resource as Terraform gets it, under Terraform's own names. */
const edit = (path: string, change: (values: Json) => void): Change => ({
  stack(stack) {
    const element = elementOf(stack, path);
    const original = element.toTerraform.bind(element);
    element.toTerraform = () => {
      const json: Json = original();
      for (const resources of Object.values(json.resource ?? {})) Object.values(resources).forEach(change);
      return json;
    };
  },
});

/** Sets an argument of a resource by its dotted path; `undefined` leaves it out. */
export const set = (path: string, argument: string, value: unknown): Change =>
  edit(path, (values) => setIn(values, argument, value));

/** Sets members of the only container of a task definition. */
export const container = (path: string, members: Record<string, unknown>): Change =>
  edit(path, (values) => {
    const [first] = JSON.parse(String(values.container_definitions));
    setIn(values, 'container_definitions', JSON.stringify([{ ...first, ...members }]));
  });

/** Sets a variable of a container in plain text, or removes it if there is no value. */
export const variable = (path: string, name: string, value?: string): Change =>
  edit(path, (values) => {
    const [first] = JSON.parse(String(values.container_definitions));
    const others = first.environment.filter((each: { name: string }) => each.name !== name);
    const environment = value === undefined ? others : [...others, { name, value }];
    setIn(values, 'container_definitions', JSON.stringify([{ ...first, environment }]));
  });

/** Changes one statement of a policy that is written as JSON. */
export const statement = (path: string, argument: string, index: number, members: Record<string, unknown>): Change =>
  edit(path, (values) => {
    const policy = JSON.parse(String(values[argument]));
    policy.Statement[index] = { ...policy.Statement[index], ...members };
    setIn(values, argument, JSON.stringify(policy));
  });

/** Changes members of an argument that is written as JSON. */
export const json = (path: string, argument: string, members: Record<string, unknown>): Change =>
  edit(path, (values) => {
    setIn(values, argument, JSON.stringify({ ...JSON.parse(String(values[argument])), ...members }));
  });

export const remove = (path: string): Change => ({
  stack(stack) {
    const { scope, id } = elementOf(stack, path).node;
    scope?.node.tryRemoveChild(id);
  },
});

export const add = (create: (stack: TerraformStack) => unknown): Change => ({ stack: (stack) => void create(stack) });

/** Sets a value of the environment's settings by its dotted path. */
export const setting = (path: string, value: unknown): Change => ({ settings: (json) => setIn(json, path, value) });

/** Only the network, load balancer and CDN, which takes a tenth of the time of a whole platform. */
class EdgeStack extends TerraformStack {
  constructor(app: App, id: string, settings: EnvironmentSettings) {
    super(app, id);
    const deployment = deploymentOf(settings);
    const names = namesOf(deployment);
    createAwsProvider(this, settings);
    const network = createNetwork(this, { settings: settings.network, deployment });
    const { loadBalancer: own, cdn } = settings;
    const loadBalancer = createLoadBalancer(this, { settings: own, cdn, names, network });
    createCdn(this, { settings: cdn, names, loadBalancer });
    Aspects.of(this).add(new TagAspect(tagsOf(settings)));
  }
}

/** Only the instances of the workers. */
class FleetStack extends TerraformStack {
  constructor(app: App, id: string, settings: EnvironmentSettings) {
    super(app, id);
    const deployment = deploymentOf(settings);
    const { network: ownNetwork, observability } = settings;
    createAwsProvider(this, settings);
    const network = createNetwork(this, { settings: ownNetwork, deployment });
    const cluster = createCluster(this, { names: namesOf(deployment), observability });
    const shared = { deployment, network, cluster, tags: tagsOf(settings), logDays: observability.logDays };
    const { capacityProvider } = createWorkerFleet(this, { ...shared, settings: settings.workers });
    attachCapacity(this, cluster, [capacityProvider]);
    Aspects.of(this).add(new TagAspect(tagsOf(settings)));
  }
}

/** The resources that an account has once for all environments. */
class AccountStack extends BootstrapStack {
  constructor(app: App, id: string, { accountId, region }: EnvironmentSettings) {
    const own = Object.values(ACCOUNTS).find((each) => each.accountId === accountId && each.region === region);
    // An environment that nobody deploys yet stays in the example account, also when the bootstrap is in a real one.
    const account = accountId === EXAMPLE_ACCOUNT_ID ? (own ?? Object.values(ACCOUNTS)[0]) : own;
    if (!account) throw new Error(`there is no bootstrap for ${accountId} in ${region}`);
    super(app, id, account);
  }
}

export const STACKS = {
  account: AccountStack,
  storage: StorageStack,
  platform: PlatformStack,
  edge: EdgeStack,
  fleet: FleetStack,
} as const;

/** Runs work without collecting stack traces, which CDKTF and annotations never show but which take a third of the time. */
function withoutStackTraces<Result>(work: () => Result): Result {
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = 0;
  try {
    return work();
  } finally {
    Error.stackTraceLimit = stackTraceLimit;
  }
}

/** Synthesises a stack after the changes, with all checks. Returns the error that it throws, or undefined if nothing is wrong. */
export function synth(kind: keyof typeof STACKS, changes: Change[] = [], settings = prod): string | undefined {
  const outdir = mkdtempSync(join(tmpdir(), 'mistake-'));
  const app = new App({ outdir });
  const changed = structuredClone(settings);
  for (const change of changes) change.settings?.(changed as unknown as Json);
  try {
    withoutStackTraces(() => {
      const stack = new STACKS[kind](app, `${kind}-${changed.name}`, changed);
      for (const change of changes) change.stack?.(stack);
      addChecks(stack, kind === 'account' ? undefined : changed);
      app.synth();
    });
    return undefined;
  } catch (error) {
    return String(error);
  } finally {
    rmSync(outdir, { recursive: true });
  }
}
