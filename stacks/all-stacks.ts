import type { App } from 'cdktf';
import { BootstrapStack } from './bootstrap-stack.ts';
import { addChecks } from './checks/checks-aspect.ts';
import { ACCOUNTS } from './environments/account.ts';
import { ENVIRONMENTS } from './environments/all.ts';
import { PlatformStack } from './platform-stack.ts';
import { StorageStack } from './storage-stack.ts';

/**
 * Every stack of every account and environment, to be applied in this order the first time; after that each alone. Those with a mistake
 * that no plan shows are not synthesised.
 */
export function addStacks(app: App): void {
  for (const [id, account] of Object.entries(ACCOUNTS)) addChecks(new BootstrapStack(app, id, account));
  for (const environment of ENVIRONMENTS) {
    addChecks(new StorageStack(app, `storage-${environment.name}`, environment), environment);
    addChecks(new PlatformStack(app, `platform-${environment.name}`, environment), environment);
  }
}
