import { block, blocks, ignores, strings, text, toNumber } from '../blocks.ts';
import type { Check } from '../check.ts';
import { forwardsTo } from '../edge/listener-actions.ts';
import type { Inventory, Resource } from '../inventory.ts';
import { containersOf, networkModeOf } from './task.ts';

const of = ['aws_ecs_service'];

const strategyOf = ({ values }: Resource) => blocks(values, 'capacity_provider_strategy');
const taskOf = ({ values }: Resource, inventory: Inventory) =>
  inventory.named('aws_ecs_task_definition', values.task_definition, 'arn', 'family');
const targetsOf = ({ values }: Resource, inventory: Inventory) =>
  blocks(values, 'load_balancer').map((binding) => ({
    binding,
    group: inventory.named('aws_lb_target_group', binding.target_group_arn, 'arn'),
  }));

const isOf = ({ resource_id }: Record<string, unknown>, { values }: Resource): boolean =>
  values.name !== undefined && text(resource_id).endsWith(`/${values.name}`);

/** ECS services: deployments, capacity, load balancing and networking. */
export const SERVICE_CHECKS: Check[] = [
  {
    id: 'IMG-SVC-001',
    of,
    reason: 'A deployment that must keep all tasks and may not start another one can never begin.',
    remedy:
      'set deployment_maximum_percent above deployment_minimum_healthy_percent: 200 and 100, for workers 200 and 50.',
    find({ values }) {
      const [min, max] = [
        toNumber(values.deployment_minimum_healthy_percent) ?? 100,
        toNumber(values.deployment_maximum_percent) ?? 200,
      ];
      return max <= min && `deployment_maximum_percent is ${max}, deployment_minimum_healthy_percent ${min}`;
    },
  },
  {
    id: 'IMG-SVC-002',
    of,
    reason: 'Without a circuit breaker ECS keeps starting tasks of a broken release until somebody notices.',
    remedy: 'add deployment_circuit_breaker with enable and rollback set to true.',
    find({ values }) {
      const { enable, rollback } = block(values, 'deployment_circuit_breaker') ?? {};
      return !(enable === true && rollback === true) && 'failed deployments are not rolled back';
    },
  },
  {
    id: 'IMG-SVC-003',
    of,
    reason:
      'Unless it forces a deployment, a changed strategy is refused or replaces the service (provider #22823, #44776).',
    remedy: 'set force_new_deployment to true from the first apply on.',
    find: (service) =>
      strategyOf(service).length > 0 &&
      service.values.force_new_deployment !== true &&
      'it has a capacity provider strategy without force_new_deployment',
  },
  {
    id: 'IMG-SVC-004',
    of,
    reason:
      'A launch type bypasses capacity providers, with their managed scaling and draining, and a later change to them replaces the service.',
    remedy: 'replace launch_type by capacity_provider_strategy.',
    find: (service) =>
      (service.values.launch_type !== undefined || strategyOf(service).length === 0) &&
      `launch_type is ${service.values.launch_type ?? 'the default, EC2'} and no capacity provider is named`,
  },
  {
    id: 'IMG-SVC-005',
    of,
    reason: 'ECS refuses the service.',
    remedy: 'use either Fargate or auto scaling group providers, at most one base, and a weight above 0.',
    find(service) {
      const strategy = strategyOf(service);
      const fargate = strategy.filter(({ capacity_provider }) => text(capacity_provider).startsWith('FARGATE'));
      return [
        fargate.length > 0 && fargate.length < strategy.length && 'its strategy mixes Fargate with instances',
        strategy.filter(({ base }) => (toNumber(base) ?? 0) > 0).length > 1 &&
          'two entries of its strategy have a base',
        strategy.length > 0 && !strategy.some(({ weight }) => (toNumber(weight) ?? 0) > 0) && 'no entry has a weight',
      ].filter((finding) => finding !== false);
    },
  },
  {
    id: 'IMG-SVC-006',
    of,
    reason: 'ECS refuses the service, because nothing listens on the port to which the target group sends requests.',
    remedy: 'name a container of the task definition and a port that it maps.',
    find(service, { inventory }) {
      const task = taskOf(service, inventory);
      const containers = task && containersOf(task);
      if (!containers) return false;
      return blocks(service.values, 'load_balancer').flatMap(({ container_name, container_port }) => {
        const named = containers.find(({ name }) => name === container_name);
        const ports = blocks(named, 'portMappings').map(({ containerPort }) => containerPort);
        return ports.includes(container_port) ? [] : [`no container ${container_name} maps port ${container_port}`];
      });
    },
  },
  {
    id: 'IMG-SVC-007',
    of,
    reason:
      '"The target group does not have an associated load balancer": ECS refuses it until a rule forwards to it (terraform #12634).',
    remedy: "add the listener rules of the target group to the service's dependsOn.",
    find(service, { inventory }) {
      const awaited = strings(service.values.depends_on).map((address) => inventory.target(`\${${address}}`));
      return targetsOf(service, inventory)
        .filter(({ group }) => group && !awaited.some((rule) => rule && forwardsTo(rule, group, inventory)))
        .map(({ group }) => `it does not wait for a listener rule of ${group?.path}`);
    },
  },
  {
    id: 'IMG-SVC-008',
    of,
    reason: 'Every apply would reset the number of tasks that scaling has chosen.',
    remedy: 'add desired_count to ignore_changes.',
    find: (service, { inventory }) =>
      inventory
        .all('aws_appautoscaling_target')
        .some(
          ({ values }) => text(values.resource_id).includes(`\${${service.address}.name}`) || isOf(values, service),
        ) &&
      service.values.desired_count !== undefined &&
      !ignores(service.values, 'desired_count') &&
      'it is scaled, but Terraform sets desired_count',
  },
  {
    id: 'IMG-SVC-009',
    of,
    reason: 'Terraform would destroy the capacity before the service, and hang (provider #11409, #18849).',
    remedy: "add aws_ecs_cluster_capacity_providers to the service's dependsOn.",
    find: (service) =>
      strategyOf(service).length > 0 &&
      !strings(service.values.depends_on).some((address) =>
        address.startsWith('aws_ecs_cluster_capacity_providers.'),
      ) &&
      'it does not wait for the capacity providers of its cluster',
  },
  {
    id: 'IMG-SVC-010',
    of,
    reason: 'Clients could bypass the load balancer and reach a task by its public address.',
    remedy: 'remove assign_public_ip, and use private subnets.',
    find({ values }, { inventory }) {
      const { assign_public_ip, subnets } = block(values, 'network_configuration') ?? {};
      const open = strings(subnets).find((subnet) => inventory.target(subnet)?.values.map_public_ip_on_launch === true);
      return (assign_public_ip === true && 'its tasks get public addresses') || (open && 'its subnets are public');
    },
  },
  {
    id: 'IMG-SVC-011',
    of,
    reason: 'A target group of type ip accepts only tasks in awsvpc mode, and one of type instance only other tasks.',
    remedy: 'set target_type to ip for awsvpc, and to instance for bridge.',
    find(service, { inventory }) {
      const task = taskOf(service, inventory);
      const expected = task && networkModeOf(task) === 'awsvpc' ? 'ip' : 'instance';
      return targetsOf(service, inventory)
        .filter(({ group }) => task && group && (text(group.values.target_type) || 'instance') !== expected)
        .map(({ group }) => `${group?.path} is of type ${group?.values.target_type ?? 'instance'}, not ${expected}`);
    },
  },
  {
    id: 'IMG-SVC-012',
    of,
    reason: 'The cost report would lack its tasks.',
    remedy: 'set propagate_tags to SERVICE.',
    find: ({ values }) =>
      !['SERVICE', 'TASK_DEFINITION'].includes(text(values.propagate_tags)) && 'its tasks get no tags',
  },
];
