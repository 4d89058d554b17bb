import type { EcsServiceConfig } from '@cdktf/provider-aws/lib/ecs-service/index.js';

interface DeploymentProps {
  /** The percentage of tasks that keep running while they are replaced. */
  minimumHealthyPercent: number;
  capacityProvider: string;
  /** Alarms that stop a deployment and roll it back. */
  alarms?: readonly string[] | undefined;
}

/** How every service starts and replaces its tasks, and rolls back when new ones fail. */
export const rollingDeployment = ({ minimumHealthyPercent, capacityProvider, alarms = [] }: DeploymentProps) =>
  ({
    // A launch type, or a change of this strategy without forceNewDeployment, would replace the service (provider #22823, #11351).
    capacityProviderStrategy: [{ capacityProvider, weight: 1, base: 0 }],
    forceNewDeployment: true,
    deploymentMinimumHealthyPercent: minimumHealthyPercent,
    deploymentMaximumPercent: 200,
    deploymentCircuitBreaker: { enable: true, rollback: true },
    ...(alarms.length > 0 && { alarms: { alarmNames: [...alarms], enable: true, rollback: true } }),
    // Scaling sets the number of tasks.
    lifecycle: { ignoreChanges: ['desired_count'] },
    propagateTags: 'SERVICE',
    enableEcsManagedTags: true,
    // The workflow waits and checks that its own deployment succeeded; Terraform would take a rollback for success.
    waitForSteadyState: false,
    timeouts: { delete: '30m' },
  }) satisfies Partial<EcsServiceConfig>;
