import type { Deployment } from '../../shared/contracts/names.ts';
import type { EnvironmentSettings } from './settings.ts';

/** The name, account and region of an environment, from which all its resources are named. */
export const deploymentOf = ({
  name,
  accountId,
  region,
}: Pick<EnvironmentSettings, 'name' | 'accountId' | 'region'>): Deployment => ({
  environment: name,
  accountId,
  region,
});
