import type { SynthesisedEnvironment, Values } from '../target-stack/synthesised-environment.ts';
import { RESOURCES } from './model/resources.ts';
import type { StackDifference } from './report/stack-differences.ts';

/** The arguments by which the model prices resources, by type; all others, such as names and policies, change no sum. */
const DECIDING: Readonly<Record<string, RegExp>> = {
  aws_appautoscaling_policy: /\.target_value$/,
  aws_appautoscaling_target: /^(min|max)_capacity$/,
  aws_autoscaling_group:
    /(^(min|max)_size|on_demand_base_capacity|on_demand_percentage_above_base_capacity|instance_type)$/,
  aws_cloudfront_distribution: /(origin_shield\.enabled|price_class)$/,
  aws_cloudwatch_log_group: /^retention_in_days$/,
  aws_dynamodb_table: /(^billing_mode|capacity|request_units|recovery\.enabled|table_class)$/,
  aws_ecs_cluster: /^setting\./,
  aws_ecs_service: /capacity_provider|launch_type$/,
  aws_ecs_task_definition: /^(cpu|memory|runtime_platform\.cpu_architecture)$/,
  aws_flow_log: /^traffic_type$/,
  aws_launch_template: /(instance_type|volume_size|volume_type)$/,
  aws_s3_bucket_lifecycle_configuration: /(days|days_after_initiation|storage_class|object_size_\w+|\.status)$/,
  aws_s3_bucket_versioning: /status$/,
};

/** The plain values in an argument by their paths. Elements of a list have the path of the list, or their own if they have an id. */
function leavesOf(value: unknown, path = ''): [path: string, value: string][] {
  if (typeof value !== 'object' || value === null) return [[path, String(value)]];
  return Object.entries(value).flatMap(([key, each]) => {
    if (key === '//') return [];
    const name = Array.isArray(value) ? each?.id : key;
    return leavesOf(each, [path, name].filter(Boolean).join('.'));
  });
}

/** The arguments of a resource that decide, each with its values, such as all types of instances. */
function decidingOf(type: string, resource: Values = {}): Map<string, string> {
  const leaves = leavesOf(resource).filter(([path]) => DECIDING[type]?.test(path));
  const byPath = Map.groupBy(leaves, ([path]) => path);
  // A reference is told by the resource that it names.
  const text = (value: string) => value.replaceAll(/\$\{([\w.-]+)\.\w+\}/g, '$1');
  return new Map(
    [...byPath].map(([path, same]) => [path, [...new Set(same.map(([, value]) => text(value)))].join(' ')]),
  );
}

type Resources = Readonly<Record<string, Values>>;

/** The arguments that differ of the resources that both stacks have. */
const argumentsOf = (type: string, before: Resources, after: Resources) =>
  Object.keys(before).flatMap((name) => {
    if (!after[name]) return [];
    const [was, is] = [decidingOf(type, before[name]), decidingOf(type, after[name])];
    return [...new Set([...was.keys(), ...is.keys()])].flatMap((argument) => {
      const [one, other] = [was.get(argument) ?? '', is.get(argument) ?? ''];
      return one === other ? [] : [{ type, argument, name, before: one, after: other }];
    });
  });

function differencesOfType(type: string, before: Resources, after: Resources): StackDifference[] {
  const same = Map.groupBy(argumentsOf(type, before, after), (each) =>
    JSON.stringify([each.argument, each.before, each.after]),
  );
  const differences = [...same.values()].flatMap((group): StackDifference[] => {
    const [first] = group;
    if (!first) return [];
    const { name: _, ...difference } = first;
    return [{ ...difference, resources: group.map(({ name }) => name) }];
  });
  const [was, is] = [Object.keys(before), Object.keys(after)];
  if (was.length === is.length || typeof RESOURCES[type] !== 'function') return differences;
  const resources = [...new Set(was).symmetricDifference(new Set(is))];
  return [...differences, { type, resources, before: `${was.length}`, after: `${is.length}` }];
}

/** What differs between the stacks of two environments, folders or revisions and decides what they cost; nothing between two workloads. */
export const stackDifferences = (before: SynthesisedEnvironment, after: SynthesisedEnvironment): StackDifference[] =>
  (['platform', 'storage'] as const).flatMap((stack) => {
    const [one, other] = [before[stack].resource, after[stack].resource];
    const types = [...new Set([...Object.keys(one), ...Object.keys(other)])].sort();
    return types.flatMap((type) => differencesOfType(type, one[type] ?? {}, other[type] ?? {}));
  });
