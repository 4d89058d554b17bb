import type { Names } from '../../shared/contracts/names.ts';
import type { Cluster } from '../compute/cluster.ts';
import type { LoadBalancer } from '../edge/load-balancer.ts';
import type { EnvironmentSettings } from '../environments/settings.ts';

/** The resources that alarms watch, and the actions that notify people. */
export interface AlarmSources {
  names: Names;
  settings: EnvironmentSettings;
  loadBalancer: LoadBalancer;
  cluster: Cluster;
  /** The actions of alarms that are not part of a composite alarm; empty if nobody is to be notified. */
  actions: readonly string[];
}
