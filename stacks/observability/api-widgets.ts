import { EDGE_REGION } from '../../shared/contracts/certificates.ts';
import type { Cdn } from '../edge/cdn.ts';
import { API_SERVICES } from '../edge/target-groups.ts';
import { allEdges } from './cdn-alarms.ts';
import type { DashboardProps } from './dashboard.ts';
import { graph, type Line, type Widget } from './dashboard-widgets.ts';
import { metric } from './metrics.ts';

/** Graphs of requests to the API services, their errors and their duration. */
export function apiWidgets({ deployment: { region }, loadBalancer }: DashboardProps): Widget[] {
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
  ];
}

/** Graphs of requests to the CDN. */
export function cdnWidgets(cdn: Cdn): Widget[] {
  const line = (
    name: 'Requests' | 'BytesDownloaded' | '4xxErrorRate' | '5xxErrorRate',
    stat: 'Sum' | 'Average',
    label: string,
  ): Line => ({ metric: metric('AWS/CloudFront', name, allEdges(cdn)), stat, label });
  return [
    graph(EDGE_REGION, { title: 'Requests a minute', lines: [line('Requests', 'Sum', 'requests')] }),
    graph(EDGE_REGION, { title: 'Bytes a minute', lines: [line('BytesDownloaded', 'Sum', 'to clients')] }),
    graph(EDGE_REGION, {
      title: 'Errors, percent',
      lines: [line('4xxErrorRate', 'Average', '4xx'), line('5xxErrorRate', 'Average', '5xx')],
    }),
  ];
}
