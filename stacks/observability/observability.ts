import type { TerraformProvider } from 'cdktf';
import type { Construct } from 'constructs';
import { type Deployment, namesOf } from '../../shared/contracts/names.ts';
import type { Cluster } from '../compute/cluster.ts';
import type { Cdn } from '../edge/cdn.ts';
import type { LoadBalancer } from '../edge/load-balancer.ts';
import type { EnvironmentSettings } from '../environments/settings.ts';
import { createAlarms, type DeploymentAlarms } from './alarms.ts';
import { createBudget } from './budget.ts';
import { createDashboard } from './dashboard.ts';

interface ObservabilityProps {
  deployment: Deployment;
  settings: EnvironmentSettings;
  loadBalancer: LoadBalancer;
  cluster: Cluster;
  cdn?: Cdn | undefined;
  /** A provider for us-east-1; undefined if the stack is in that region already. */
  edgeProvider?: TerraformProvider | undefined;
}

/** Creates the dashboard, budget and alarms of an environment. Returns, for each service, the alarms of its deployments. */
export function createObservability(scope: Construct, props: ObservabilityProps): DeploymentAlarms {
  const names = namesOf(props.deployment);
  createDashboard(scope, props);
  createBudget(scope, { names, settings: props.settings });
  return createAlarms(scope, { ...props, names });
}
