import type { Names } from '../../shared/contracts/naming.ts';
import type { EnvironmentSettings } from '../environments/settings.ts';
import type { Cluster } from './cluster.ts';
import type { LoadBalancer } from './load-balancer.ts';

/** What alarms look at, and whom they tell. */
export interface AlarmSources {
  names: Names;
  settings: EnvironmentSettings;
  loadBalancer: LoadBalancer;
  cluster: Cluster;
  /** Of alarms that speak for themselves; empty where nobody is to be told. */
  actions: readonly string[];
}
