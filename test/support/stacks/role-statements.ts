import type { PolicyStatement } from './policies.ts';

/** Resources of a stack for Terraform: type, then logical name. */
type Resources = Record<string, Record<string, object>>;

const text = (resource: object, attribute: string): string =>
  String((resource as Record<string, unknown>)[attribute] ?? '');

/** The resource to which `${aws_TYPE.ID.attribute}` refers. */
function targetOf(resources: Resources, reference: string): object {
  const [, type = '', id = ''] = /^\$\{(\w+)\.([\w-]+)\./.exec(reference) ?? [];
  const target = resources[type]?.[id];
  if (!target) throw new Error(`${reference} leads nowhere`);
  return target;
}

/** The statements of all policies of a role in a stack. */
export function statementsOfRole(resources: Resources, role: string): PolicyStatement[] {
  const ofRole = (type: string) =>
    Object.values(resources[type] ?? {}).filter(
      (policy) => text(targetOf(resources, text(policy, 'role')), 'name') === role,
    );
  const attached = ofRole('aws_iam_role_policy_attachment');
  const managed = attached.map((attachment) => targetOf(resources, text(attachment, 'policy_arn')));
  return [...ofRole('aws_iam_role_policy'), ...managed].flatMap(
    (policy) => JSON.parse(text(policy, 'policy')).Statement,
  );
}
