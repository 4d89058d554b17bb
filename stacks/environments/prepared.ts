import { ACCOUNTS } from './account.ts';
import type { AccountSettings, EnvironmentSettings } from './settings.ts';

/** Whether the state of an environment holds what opens its load balancer. */
const holdsSecret = ({ cdn }: EnvironmentSettings): boolean => cdn.enabled && !cdn.vpcOrigin;

/** Refuses an environment that the bootstrap of its account makes nothing for, or shows to pull requests with a secret in it. */
export function refuseUnprepared(
  environment: EnvironmentSettings,
  accounts: readonly AccountSettings[] = Object.values(ACCOUNTS),
): void {
  const { name, accountId, region } = environment;
  const own = accounts.find((account) => account.accountId === accountId && account.region === region);
  if (!own?.githubEnvironments.includes(name))
    throw new Error(
      `ACCOUNTS in stacks/environments/account.ts: none of account ${accountId} in ${region} has "${name}" in githubEnvironments, so that the boundary of its roles would be missing. Put it there, and deploy the bootstrap again.`,
    );
  if (own.previewEnvironments.includes(name) && holdsSecret(environment))
    throw new Error(
      `ACCOUNTS in stacks/environments/account.ts: previewEnvironments has "${name}", whose state holds the secret of its CDN: whoever opens a pull request could read it. Take it out, or set cdn.vpcOrigin in stacks/environments/${name}.ts.`,
    );
}
