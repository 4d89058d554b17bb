import { TerraformResource, type TerraformStack } from 'cdktf';
import { type Change, set } from './mistake.ts';

/** What Terraform calls `aws_…`, in the order of the tree; of those whose path begins so, if it is told. */
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

/** Sets an argument of the first resource of a type, so that what a mistake is made in may get another name. */
export const first = (type: string, argument: string, value: unknown, path = ''): Change => ({
  stack: (stack) => setIn(stack, resourcesOf(stack, type, path)[0], argument, value),
});

export const idOf = ({ friendlyUniqueId, terraformResourceType }: TerraformResource): string =>
  `\${${terraformResourceType}.${friendlyUniqueId}.id}`;

/** What leads somewhere by an argument: a resource of a type, of those whose path begins so. */
type Way = [type: string, path: string];

/** Has the last resource of a kind lead to the first of another. */
export const mislead = ([type, path]: Way, argument: string, to: Way): Change => ({
  stack(stack) {
    const [target] = resourcesOf(stack, ...to);
    setIn(stack, resourcesOf(stack, type, path).at(-1), argument, target && idOf(target));
  },
});
