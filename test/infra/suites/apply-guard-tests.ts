import { expect } from 'chai';
import { accountNames } from '../../../shared/contracts/names.ts';
import type { ApplyGuard } from '../iam/apply-guard.ts';
import { guardRole } from '../iam/role-guard.ts';
import { accountOf, type Stack } from '../stacks.ts';

/** Rights that only a person has, because using them can remove images. */
const OF_A_PERSON = /^(s3:(DeleteBucket|DeleteObject|ListBucketVersions)|dynamodb:DeleteTable|sqs:DeleteQueue) on /;

/** A guard with the rights of the role that applies an environment; undefined for a stack that a person applies. */
export async function guardStack(
  endpoint: string,
  stack: Stack,
  stacks: readonly Stack[],
): Promise<ApplyGuard | undefined> {
  const [, environment] = /^(?:storage|platform)-(.+)$/.exec(stack.id) ?? [];
  const bootstrap = stacks.find(({ id }) => id === 'bootstrap');
  if (!environment || !bootstrap) return undefined;
  const accountId = accountOf(stack);
  const { role } = accountNames({ accountId, region: '' });
  const { resource = {} } = bootstrap.configuration;
  return guardRole(endpoint, { accountId, name: role(`apply-${environment}`), resource });
}

/** Must be called last, so that Mocha runs it after everything that uses the guards. */
export function applyGuardTests(guards: () => Record<string, ApplyGuard>): void {
  describe('the role that applies it', () => {
    it('may do everything that apply, changes and destroy have asked for, except what only a person may do', () => {
      expect(Object.keys(guards())).to.not.be.empty;
      for (const [id, { refused, used }] of Object.entries(guards())) {
        expect(used.size, id).to.be.above(20);
        const beyond = [...refused].filter((right) => !(id.startsWith('storage-') && OF_A_PERSON.test(right)));
        expect(beyond, id).to.deep.equal([]);
      }
    });
  });
}
