import type { Range } from '../../report/cost-report.ts';
import { sum, type Workload } from '../../workloads/workload.ts';
import type { Traffic } from '../traffic.ts';
import { instancesFor } from './instance-hours.ts';
import type { Fleet, ServiceFacts } from './service-facts.ts';
import { tasksByHour } from './tasks-needed.ts';

/** What runs of a service: with the least, as its settings scale it for the workload, and with the most. */
export interface ServiceCounts {
  tasks: Range;
  /** Counts of instances, and the share of the month in which there are so many of them; none on Fargate. */
  instances?: Record<keyof Range, readonly InstanceCount[]>;
}

export interface InstanceCount {
  instances: number;
  /** Of the month, 0 to 1. */
  share: number;
}

const mean = (values: readonly number[]): number => sum(values) / values.length;

export function serviceCounts(facts: ServiceFacts, traffic: Traffic, workload: Workload): ServiceCounts {
  const hours = tasksByHour(facts, traffic, workload);
  const peak = Math.max(facts.maxTasks, ...hours);
  const tasks = { minimum: facts.minTasks, typical: mean(hours), maximum: peak };
  const { fleet } = facts;
  return fleet ? { tasks, instances: instanceCounts({ ...facts, fleet }, hours) } : { tasks };
}

function instanceCounts(facts: ServiceFacts & { fleet: Fleet }, hours: readonly number[]) {
  const all = (instances: number): InstanceCount[] => [{ instances, share: 1 }];
  const typical = hours.map((tasks) => ({ instances: instancesFor(tasks, facts), share: 1 / hours.length }));
  const most = Math.min(facts.fleet.maximum, instancesFor(facts.maxTasks, facts));
  return {
    minimum: all(instancesFor(facts.minTasks, facts)),
    typical,
    maximum: all(Math.max(most, ...typical.map(({ instances }) => instances))),
  };
}

/** The mean number of instances over the month. */
export const meanInstances = (counts: readonly InstanceCount[]): number =>
  sum(counts.map(({ instances, share }) => instances * share));
