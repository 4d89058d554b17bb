import { type Names, namesOf } from '../../shared/contracts/names.ts';
import { SERVICE_NAMES } from '../../shared/contracts/services.ts';
import type { DashboardProps } from './dashboard.ts';
import { metric } from './metrics.ts';
import { graph, type Line, type Widget } from './widget.ts';

const FIVE_MINUTES = 300;

/** Graphs of running tasks, their CPU and memory, and spot interruptions. */
export function capacityWidgets({ deployment, cluster }: DashboardProps): Widget[] {
  const names = namesOf(deployment);
  const lines = (read: (ofService: { ClusterName: string; ServiceName: string }) => Line['metric']): Line[] =>
    SERVICE_NAMES.map((service) => ({
      metric: read({ ClusterName: cluster.name, ServiceName: names.service(service) }),
      stat: 'Average',
      label: service,
    }));
  return [
    graph(deployment.region, {
      title: 'Tasks that run',
      lines: lines((ofService) => metric('ECS/ContainerInsights', 'RunningTaskCount', ofService)),
    }),
    graph(deployment.region, {
      title: 'CPU, percent of the task',
      lines: lines((ofService) => metric('AWS/ECS', 'CPUUtilization', ofService)),
    }),
    graph(deployment.region, {
      title: 'Memory, percent of the task',
      lines: lines((ofService) => metric('AWS/ECS', 'MemoryUtilization', ofService)),
    }),
    graph(deployment.region, {
      title: "Workers' instances; right: spot instances that EC2 takes back in the account",
      lines: spotLines(names),
      periodSeconds: FIVE_MINUTES,
    }),
  ];
}

function spotLines(names: Names): Line[] {
  const ofFleet = { AutoScalingGroupName: names.service('worker') };
  const instances = (name: 'GroupInServiceInstances' | 'GroupMaxSize', label: string): Line => ({
    metric: metric('AWS/AutoScaling', name, ofFleet),
    stat: 'Average',
    label,
  });
  const taken = (event: 'interruption' | 'rebalance'): Line => ({
    metric: metric('AWS/Events', 'MatchedEvents', { RuleName: `${names.prefix}-spot-${event}` }),
    stat: 'Sum',
    label: event,
    isRight: true,
  });
  return [
    instances('GroupInServiceInstances', 'instances'),
    instances('GroupMaxSize', 'at most'),
    taken('interruption'),
    taken('rebalance'),
  ];
}
