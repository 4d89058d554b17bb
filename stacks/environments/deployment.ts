import type { Deployment } from '../../shared/contracts/names.ts';
import type { EnvironmentSettings } from './settings.ts';

/** Where an environment is, by which everything in it has its name. */
export const deploymentOf = ({
  name,
  accountId,
  region,
}: Pick<EnvironmentSettings, 'name' | 'accountId' | 'region'>): Deployment => ({
  environment: name,
  accountId,
  region,
});
