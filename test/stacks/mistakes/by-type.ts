import { TerraformResource, type TerraformStack } from 'cdktf';
import { type Change, set } from './mistake.ts';

/** The resources of a type, in the order of the tree and optionally below a path. The type has no `aws_` prefix. */
export function resourcesOf(stack: TerraformStack, type: string, path = ''): TerraformResource[] {
  const found = stack.node
    .findAll()
    .filter((element) => TerraformResource.isTerraformResource(element))
    .filter((element) => element.terraformResourceType === `aws_${type}`)
    .filter(({ node }) => node.path.startsWith(`${stack.node.path}/${path}`));
  if (found.length === 0) throw new Error(`${stack.node.path} has no aws_${type} ${path}`);
  return found;
}

const setIn = (stack: TerraformStack, resource: TerraformResource | undefined, argument: string, value: unknown) =>
  set(resource?.node.path.slice(stack.node.path.length + 1) ?? '', argument, value).stack?.(stack);

/** Sets an argument of the first resource of a type, so that mistakes do not depend on the names of constructs. */
export const setFirst = (type: string, argument: string, value: unknown, path = ''): Change => ({
  stack: (stack) => setIn(stack, resourcesOf(stack, type, path)[0], argument, value),
});

export const idOf = ({ friendlyUniqueId, terraformResourceType }: TerraformResource): string =>
  `\${${terraformResourceType}.${friendlyUniqueId}.id}`;

/** A type of resource and the beginning of its path. */
type Kind = [type: string, path: string];

/** Makes an argument of the last resource of one kind refer to the first resource of another. */
export const pointTo = ([type, path]: Kind, argument: string, to: Kind): Change => ({
  stack(stack) {
    const [target] = resourcesOf(stack, ...to);
    setIn(stack, resourcesOf(stack, type, path).at(-1), argument, target && idOf(target));
  },
});
