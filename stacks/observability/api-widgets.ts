import { namesOf } from '../../shared/contracts/names.ts';
import { API_SERVICES } from '../environments/settings.ts';
import { accessMetric } from './access-metrics.ts';
import type { DashboardProps } from './dashboard.ts';
import { metric } from './metrics.ts';
import { graph, type Line, type Widget } from './widget.ts';

/** Graphs of requests to the API services, their errors and their duration. */
export function apiWidgets({ deployment, loadBalancer }: DashboardProps): Widget[] {
  const { region } = deployment;
  const LoadBalancer = loadBalancer.arnSuffix;
  const each = (name: 'RequestCount' | 'HTTPCode_Target_5XX_Count' | 'TargetResponseTime', stat: string): Line[] =>
    API_SERVICES.map((service) => {
      const dimensions = { LoadBalancer, TargetGroup: loadBalancer.targetGroups[service].arnSuffix };
      const label = stat === 'p50' ? `${service}, median` : service;
      return { metric: metric('AWS/ApplicationELB', name, dimensions), stat, label };
    });
  const whole = (
    name: 'HTTPCode_ELB_5XX_Count' | 'RejectedConnectionCount' | 'TargetConnectionErrorCount',
    label: string,
  ): Line => ({ metric: metric('AWS/ApplicationELB', name, { LoadBalancer }), stat: 'Sum', label });
  return [
    graph(region, { title: 'Requests a minute', lines: each('RequestCount', 'Sum') }),
    graph(region, {
      title: '5xx a minute',
      lines: [
        ...each('HTTPCode_Target_5XX_Count', 'Sum'),
        whole('HTTPCode_ELB_5XX_Count', 'of the load balancer'),
        whole('TargetConnectionErrorCount', 'tasks not reached'),
        whole('RejectedConnectionCount', 'connections refused'),
      ],
    }),
    graph(region, {
      title: 'Seconds until the answer begins: median, and 99 of 100',
      lines: [...each('TargetResponseTime', 'p50'), ...each('TargetResponseTime', 'p99')],
    }),
    graph(region, {
      title: 'Callers refused a minute',
      lines: [
        { metric: accessMetric(namesOf(deployment), 'AuthenticationFailures'), stat: 'Sum', label: 'credentials' },
        {
          metric: accessMetric(namesOf(deployment), 'QuotaHits'),
          stat: 'Sum',
          label: 'limits of owners and addresses',
        },
      ],
    }),
  ];
}
