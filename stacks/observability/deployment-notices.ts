import { Construct } from 'constructs';
import { arnsOf, type Deployment, namesOf } from '../../shared/contracts/names.ts';
import { SERVICE_NAMES } from '../../shared/contracts/services.ts';
import { createNotice } from './notice.ts';

/**
 * Notifies when ECS rolls a deployment back, because of its circuit breaker or an alarm. Terraform has long finished by then and reports nothing.
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs_service_deployment_events.html
 */
export function createDeploymentNotices(
  scope: Construct,
  { deployment, actions }: { deployment: Deployment; actions: readonly string[] },
): void {
  const { prefix } = namesOf(deployment);
  createNotice(new Construct(scope, 'notices'), 'deployment', {
    name: `${prefix}-deployment-failed`,
    description: 'ECS has given a deployment up, and goes back to the last one. The next apply tries it again.',
    pattern: {
      source: ['aws.ecs'],
      'detail-type': ['ECS Deployment State Change'],
      resources: SERVICE_NAMES.map(arnsOf(deployment).service),
      detail: { eventName: ['SERVICE_DEPLOYMENT_FAILED'] },
    },
    message: `A deployment of ${prefix} has failed at <time>, and ECS goes back to the last one: <service>. ECS says: <reason> Look at the log of the service, and write the digest from before back: the next apply would try this one again.`,
    paths: { time: '$.time', service: '$.resources[0]', reason: '$.detail.reason' },
    actions,
  });
}
