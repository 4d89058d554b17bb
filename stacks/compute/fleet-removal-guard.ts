import { DataAwsInstances } from '@cdktf/provider-aws/lib/data-aws-instances/index.js';
import type { Construct } from 'constructs';
import type { Names } from '../../shared/contracts/names.ts';
import type { ApiService } from '../environments/settings.ts';

/**
 * Makes a plan refuse to remove the fleet of a service while its instances run. ECS does not remove a capacity provider from a cluster while a
 * task uses it, and an apply would fail half way, after ten minutes:
 * https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_PutClusterCapacityProviders.html
 */
export function refuseToRemoveUsedFleets(scope: Construct, names: Names, withoutFleet: readonly ApiService[]): void {
  if (withoutFleet.length === 0) return;
  const instances = new DataAwsInstances(scope, 'instances-of-former-fleets', {
    filter: [{ name: 'tag:aws:autoscaling:groupName', values: withoutFleet.map((service) => names.service(service)) }],
    // To EC2, a draining instance is running until ECS has finished with it.
    instanceStateNames: ['pending', 'running'],
  });
  instances.lifecycle = {
    postcondition: [
      {
        condition: `\${length(self.ids) == 0}`,
        errorMessage:
          'A service that goes from ec2 to fargate has instances still. In services.*.capacity, give formerFleet with the instanceTypes, architecture and maxInstances that it had, and apply; when no instance is left, remove formerFleet and apply again.',
      },
    ],
  };
}
