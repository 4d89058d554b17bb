import { LocalBackend, S3Backend, type TerraformStack } from 'cdktf';
import { accountNames } from '../../shared/contracts/names.ts';
import type { Account } from './account.ts';

/** Below it lie the states of environments, which workflows may read and write; the bootstrap's own, which gives them that right, does not. */
export const ENVIRONMENT_STATES = 'environments/';

/** Of a stack of an environment: `environments/dev/storage.tfstate`. */
export const stateKey = (environment: string, stack: string): string =>
  `${ENVIRONMENT_STATES}${environment}/${stack}.tfstate`;

export const BOOTSTRAP_STATE_KEY = 'bootstrap.tfstate';

/** Keeps a stack's state in the account's bucket, which the bootstrap makes. Who finds it locked waits or is told who holds it. */
export function keepStateInBucket(stack: TerraformStack, home: Account, key: string): void {
  const backend = new S3Backend(stack, {
    bucket: accountNames(home).stateBucket,
    key,
    region: home.region,
    encrypt: true,
    allowedAccountIds: [home.accountId],
  });
  // A lock file beside the state takes the place of a DynamoDB table since Terraform 1.10; cdktf 0.21 has no property for it.
  backend.addOverride('use_lockfile', true);
}

/**
 * Keeps a stack's state in a file beside the folder of synth, which is that of the project. The path is seen from the stack's own folder
 * (`cdktf.out/stacks/ID`), so that it is the same wherever the project lies: cdktf's own is absolute, and Terraform takes another checkout
 * for another backend.
 */
export const keepStateInFile = (stack: TerraformStack): LocalBackend =>
  new LocalBackend(stack, { path: `../../../terraform.${stack.node.id}.tfstate` });
