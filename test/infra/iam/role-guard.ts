import { allows } from '../../support/stacks/policies.ts';
import { statementsOfRole } from '../../support/stacks/role-statements.ts';
import { type ApplyGuard, startApplyGuard } from './apply-guard.ts';
import type { Known } from './called-rights.ts';

/** Known resources by the endpoint of the AWS, since a resource that was created through one guard is changed through another. */
const KNOWN = new Map<string, Known>();

interface GuardedRole {
  accountId: string;
  name: string;
  /** The resources of the bootstrap stack, which has the role. */
  resource: Parameters<typeof statementsOfRole>[0];
}

/** Starts a guard with the rights of a role for workflows. */
export function guardRole(endpoint: string, { accountId, name, resource }: GuardedRole): Promise<ApplyGuard> {
  const statements = statementsOfRole(resource, name);
  const known = KNOWN.get(endpoint) ?? new Map();
  KNOWN.set(endpoint, known);
  return startApplyGuard(endpoint, {
    accountId,
    known,
    allows: ({ action, resource: arn, context }) => allows(statements, action, arn, context),
  });
}
