import type { EcsServiceConfig } from '@cdktf/provider-aws/lib/ecs-service/index.js';

interface DeploymentProps {
  /** Percent of the tasks that run on while others take their place. */
  minimumHealthyPercent: number;
  capacityProvider: string;
  /** Alarms that end a deployment and bring the last one back. */
  alarms?: readonly string[] | undefined;
}

/** How every service gets its tasks, replaces them, and goes back to the last ones when the new ones fail. */
export const rollingDeployment = ({ minimumHealthyPercent, capacityProvider, alarms = [] }: DeploymentProps) =>
  ({
    // A launch type instead, or a later change of strategy without the other, would replace the service (provider #22823, #11351).
    capacityProviderStrategy: [{ capacityProvider, weight: 1, base: 0 }],
    forceNewDeployment: true,
    deploymentMinimumHealthyPercent: minimumHealthyPercent,
    deploymentMaximumPercent: 200,
    deploymentCircuitBreaker: { enable: true, rollback: true },
    ...(alarms.length > 0 && { alarms: { alarmNames: [...alarms], enable: true, rollback: true } }),
    // Scaling decides how many there are.
    lifecycle: { ignoreChanges: ['desired_count'] },
    propagateTags: 'SERVICE',
    enableEcsManagedTags: true,
    // The workflow waits and looks whether its own deployment won; Terraform would take a rollback for success.
    waitForSteadyState: false,
    timeouts: { delete: '30m' },
  }) satisfies Partial<EcsServiceConfig>;
