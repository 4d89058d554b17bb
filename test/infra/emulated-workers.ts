import type { Names } from '../../shared/contracts/names.ts';
import { scalableWorkers } from '../../shared/contracts/worker-cap.ts';
import { aws } from './aws-cli.ts';

/** The workers' ECS service in the emulated AWS, as a target of Application Auto Scaling. */
export interface EmulatedWorkers {
  /** `aws application-autoscaling COMMAND` for the target. */
  scaling(command: string, ...options: string[]): ReturnType<typeof aws>;
  /** Registers the target with these greatest tasks, as Terraform and scheduled actions do. */
  register(most: number): Promise<unknown>;
  /** The most tasks that scaling may start now. */
  most(): Promise<number>;
}

/** Creates the service without tasks, because a target can be registered only for a service that exists. */
export async function createWorkers(endpoint: string, names: Names): Promise<EmulatedWorkers> {
  const name = names.service('worker');
  const ecs = (command: string, ...options: string[]) => aws(endpoint, 'ecs', command, ...options);
  await ecs('create-cluster', '--cluster-name', names.cluster);
  const containers = JSON.stringify([{ name, image: name, memory: 128 }]);
  await ecs('register-task-definition', '--family', name, '--container-definitions', containers);
  const service = ['--service-name', name, '--task-definition', name, '--desired-count', '0'];
  await ecs('create-service', '--cluster', names.cluster, ...service);
  const { ServiceNamespace, ResourceId, ScalableDimension } = scalableWorkers(names);
  const target = ['--resource-id', ResourceId, '--scalable-dimension', ScalableDimension];
  const scaling: EmulatedWorkers['scaling'] = (command, ...options) =>
    aws(endpoint, 'application-autoscaling', command, '--service-namespace', ServiceNamespace, ...options);
  return {
    scaling: (command, ...options) => scaling(command, ...target, ...options),
    register: (most) =>
      scaling('register-scalable-target', ...target, '--min-capacity', '1', '--max-capacity', String(most)),
    most: async () => (await scaling('describe-scalable-targets')).ScalableTargets[0].MaxCapacity,
  };
}
