import { Construct } from 'constructs';
import type { ApiService, ApiServiceSettings } from '../environments/settings.ts';
import { createFleet, type FleetProps } from './fleet.ts';
import { SYSTEM_DISK_GIB } from './instance-capacity.ts';

interface ApiCapacityProps extends Pick<FleetProps, 'deployment' | 'network' | 'cluster' | 'tags'> {
  service: ApiService;
  settings: ApiServiceSettings;
}

/** Two weeks, after which an instance has missed a kernel or two. */
const MAX_INSTANCE_LIFETIME_DAYS = 14;

export interface ApiCapacity {
  /** Of Fargate, or of a fleet of the service's own. */
  capacityProvider: string;
  /** The capacity provider of its fleet, where it has one: that which its tasks are on, or have just left. */
  fleet?: string;
}

/** What a service of the API runs on: Fargate, or a fleet of its own, on demand because somebody waits. */
export function createApiCapacity(scope: Construct, { settings, ...shared }: ApiCapacityProps): ApiCapacity {
  const instances = instancesOf(settings);
  if (!instances) return { capacityProvider: 'FARGATE' };
  const { capacityProvider: fleet } = createFleet(new Construct(scope, `${shared.service}-fleet`), {
    ...shared,
    ...instances,
    purchase: { onDemandBase: 0, onDemandPercent: 100 },
    maxInstanceLifetimeDays: MAX_INSTANCE_LIFETIME_DAYS,
    // Draining moves the tasks; protected instances would never be replaced for their age.
    terminationProtection: false,
    // Nothing of an API is on disk.
    volumeGib: SYSTEM_DISK_GIB,
  });
  return { capacityProvider: settings.capacity.kind === 'ec2' ? fleet : 'FARGATE', fleet };
}

type Instances = Pick<FleetProps, 'instanceTypes' | 'architecture' | 'minInstances' | 'maxInstances'>;

/** None where tasks are on Fargate and have been for a while. One that tasks have just left is to become empty. */
function instancesOf({ capacity }: ApiServiceSettings): Instances | undefined {
  if (capacity.kind === 'fargate') return capacity.formerFleet && { ...capacity.formerFleet, minInstances: 0 };
  const { instanceTypes, architecture, minInstances, maxInstances } = capacity;
  return { instanceTypes, architecture, minInstances, maxInstances };
}
