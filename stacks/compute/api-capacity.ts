import { Construct } from 'constructs';
import type { ApiService, ApiServiceSettings } from '../environments/settings.ts';
import { createFleet, type FleetProps } from './fleet.ts';
import { SYSTEM_DISK_GIB } from './instance-capacity.ts';

interface ApiCapacityProps extends Pick<FleetProps, 'deployment' | 'network' | 'cluster' | 'tags'> {
  service: ApiService;
  settings: ApiServiceSettings;
}

/** After two weeks an instance has missed a kernel update or two. */
const MAX_INSTANCE_LIFETIME_DAYS = 14;

export interface ApiCapacity {
  /** `FARGATE`, or the capacity provider of the service's own fleet. */
  capacityProvider: string;
  /** The capacity provider of the service's fleet, if it has one: the fleet that its tasks run on, or have just left. */
  fleet?: string;
}

/** The capacity that a service of the API runs on: Fargate, or a fleet of its own. The fleet is on demand, because clients wait for answers. */
export function createApiCapacity(scope: Construct, { settings, ...shared }: ApiCapacityProps): ApiCapacity {
  const instances = instancesOf(settings);
  if (!instances) return { capacityProvider: 'FARGATE' };
  const { capacityProvider: fleet } = createFleet(new Construct(scope, `${shared.service}-fleet`), {
    ...shared,
    ...instances,
    purchase: { onDemandBase: 0, onDemandPercent: 100 },
    maxInstanceLifetimeDays: MAX_INSTANCE_LIFETIME_DAYS,
    // Draining moves the tasks. Protected instances would never be replaced because of their age.
    terminationProtection: false,
    // The API services keep nothing on disk.
    volumeGib: SYSTEM_DISK_GIB,
  });
  return { capacityProvider: settings.capacity.kind === 'ec2' ? fleet : 'FARGATE', fleet };
}

type Instances = Pick<FleetProps, 'instanceTypes' | 'architecture' | 'minInstances' | 'maxInstances'>;

/** The service's instances; undefined on Fargate, except right after a move to it, when the former fleet is still to become empty. */
function instancesOf({ capacity }: ApiServiceSettings): Instances | undefined {
  if (capacity.kind === 'fargate') return capacity.formerFleet && { ...capacity.formerFleet, minInstances: 0 };
  const { instanceTypes, architecture, minInstances, maxInstances } = capacity;
  return { instanceTypes, architecture, minInstances, maxInstances };
}
