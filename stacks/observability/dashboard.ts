import { CloudwatchDashboard } from '@cdktf/provider-aws/lib/cloudwatch-dashboard/index.js';
import type { Construct } from 'constructs';
import { type Deployment, namesOf } from '../../shared/contracts/names.ts';
import type { Cluster } from '../compute/cluster.ts';
import type { Cdn } from '../edge/cdn.ts';
import type { LoadBalancer } from '../edge/load-balancer.ts';
import type { EnvironmentSettings } from '../environments/settings.ts';
import { apiWidgets } from './api-widgets.ts';
import { capacityWidgets } from './capacity-widgets.ts';
import { cdnWidgets } from './cdn-widgets.ts';
import { queueWidgets } from './queue-widgets.ts';
import { storageWidgets } from './storage-widgets.ts';
import { layOut } from './widget.ts';
import { workerWidgets } from './worker-widgets.ts';

export interface DashboardProps {
  deployment: Deployment;
  settings: EnvironmentSettings;
  loadBalancer: LoadBalancer;
  cluster: Cluster;
  cdn?: Cdn | undefined;
}

/** One dashboard for the whole environment, from clients to storage; $3 a month. */
export function createDashboard(scope: Construct, props: DashboardProps): void {
  const { deployment, cdn } = props;
  const rows = [
    { title: 'What clients see', widgets: apiWidgets(props) },
    ...(cdn ? [{ title: 'CDN', widgets: cdnWidgets(cdn) }] : []),
    { title: 'Renditions', widgets: [...queueWidgets(props), ...workerWidgets(props)] },
    { title: 'Capacity', widgets: capacityWidgets(props) },
    { title: 'Storage', widgets: storageWidgets(deployment) },
  ];
  new CloudwatchDashboard(scope, 'dashboard', {
    dashboardName: namesOf(deployment).prefix,
    dashboardBody: JSON.stringify({ widgets: layOut(rows) }),
  });
}
