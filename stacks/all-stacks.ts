import type { App } from 'cdktf';
import { BootstrapStack } from './bootstrap-stack.ts';
import { addChecks } from './checks/checks-aspect.ts';
import { ACCOUNTS } from './environments/account.ts';
import { ENVIRONMENTS } from './environments/all.ts';
import { PlatformStack } from './platform-stack.ts';
import { StorageStack } from './storage-stack.ts';

/**
 * Adds every stack of every account and environment, in the order in which they must be applied for the first time; after that each can be
 * applied alone. Stacks in which a check finds a mistake are not synthesised.
 */
export function addStacks(app: App): void {
  for (const [id, account] of Object.entries(ACCOUNTS)) addChecks(new BootstrapStack(app, id, account));
  for (const environment of ENVIRONMENTS) {
    addChecks(new StorageStack(app, `storage-${environment.name}`, environment), environment);
    addChecks(new PlatformStack(app, `platform-${environment.name}`, environment), environment);
  }
}
