import { CommandError } from '../../command-line.ts';
import type { Stack, SynthesisedEnvironment, Values } from '../../target-stack/synthesised-environment.ts';

/** A resource of the synthesised stacks. */
export interface Resource {
  /** `platform-prod.aws_nat_gateway.nat-use1-az2` */
  address: string;
  type: string;
  name: string;
  values: Values;
}

/** The stacks of an environment by their names, with the bootstrap stack of its account. */
function stacksOf({ environment, platform, storage, bootstrap }: SynthesisedEnvironment): [string, Stack][] {
  return [
    [`platform-${environment}`, platform],
    [`storage-${environment}`, storage],
    ...(bootstrap ? [[bootstrap.name, bootstrap.stack] as [string, Stack]] : []),
  ];
}

/** Every resource of an environment. */
export const allResources = (environment: SynthesisedEnvironment): Resource[] =>
  stacksOf(environment).flatMap(([stack, { resource }]) =>
    Object.entries(resource).flatMap(([type, named]) =>
      Object.entries(named).map(([name, values]) => ({ address: `${stack}.${type}.${name}`, type, name, values })),
    ),
  );

/** The resource that a reference such as `${aws_autoscaling_group.worker-fleet_group.arn}` names, in the same environment. */
export function referenced(resources: readonly Resource[], reference: unknown): Resource {
  const [, type, name] = /^\$\{([a-z0-9_]+)\.([^.}]+)\./.exec(String(reference)) ?? [];
  const found = resources.find((resource) => resource.type === type && resource.name === name);
  if (found) return found;
  throw new CommandError(`The stacks have no resource for ${String(reference)}. Run npm run synth, and try again.`);
}
