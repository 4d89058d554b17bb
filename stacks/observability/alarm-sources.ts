import type { Names } from '../../shared/contracts/names.ts';
import type { Cluster } from '../compute/cluster.ts';
import type { LoadBalancer } from '../edge/load-balancer.ts';
import type { EnvironmentSettings } from '../environments/settings.ts';

/** What alarms look at, and whom they tell. */
export interface AlarmSources {
  names: Names;
  settings: EnvironmentSettings;
  loadBalancer: LoadBalancer;
  cluster: Cluster;
  /** Of alarms that speak for themselves; empty where nobody is to be told. */
  actions: readonly string[];
}
