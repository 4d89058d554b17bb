import { LocalBackend, S3Backend, type TerraformStack } from 'cdktf';
import { accountNames } from '../../shared/contracts/names.ts';
import type { Account } from './account.ts';

/** The prefix of the environments' states, which workflows may read and write. The bootstrap's state, which grants that, is outside of it. */
export const ENVIRONMENT_STATES = 'environments/';

/** The key of the state of an environment's stack, such as `environments/dev/storage.tfstate`. */
export const stateKey = (environment: string, stack: string): string =>
  `${ENVIRONMENT_STATES}${environment}/${stack}.tfstate`;

export const BOOTSTRAP_STATE_KEY = 'bootstrap.tfstate';

/** Keeps a stack's state in the account's bucket, which the bootstrap creates. If the state is locked, Terraform says by whom. */
export function keepStateInBucket(stack: TerraformStack, home: Account, key: string): void {
  const backend = new S3Backend(stack, {
    bucket: accountNames(home).stateBucket,
    key,
    region: home.region,
    encrypt: true,
    allowedAccountIds: [home.accountId],
  });
  // Since Terraform 1.10 a lock file beside the state replaces a DynamoDB table. cdktf 0.21 has no property for it.
  backend.addOverride('use_lockfile', true);
}

/**
 * Keeps a stack's state in a file in the project's folder. The path is relative to the stack's own folder (`cdktf.out/stacks/ID`), so that it is
 * the same in every checkout: cdktf's default is absolute, and Terraform would take another checkout for another backend.
 */
export const keepStateInFile = (stack: TerraformStack): LocalBackend =>
  new LocalBackend(stack, { path: `../../../terraform.${stack.node.id}.tfstate` });
