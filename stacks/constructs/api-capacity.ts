import { Construct } from 'constructs';
import type { ApiService, ApiServiceSettings } from '../environments/settings.ts';
import { createFleet, type FleetProps } from './fleet.ts';
import { SYSTEM_DISK_GIB } from './instance-capacity.ts';

interface ApiCapacityProps extends Pick<FleetProps, 'place' | 'network' | 'cluster' | 'tags'> {
  service: ApiService;
  settings: ApiServiceSettings;
}

/** Two weeks, after which an instance has missed a kernel or two. */
const MAX_INSTANCE_LIFETIME_DAYS = 14;

/** The capacity provider of a service of the API: Fargate's, or that of a fleet of its own, on demand because somebody waits. */
export function createApiCapacity(scope: Construct, props: ApiCapacityProps): string {
  const { settings, ...shared } = props;
  const { capacity } = settings;
  if (capacity.kind === 'fargate') return 'FARGATE';
  const { capacityProvider } = createFleet(new Construct(scope, `${props.service}-fleet`), {
    ...shared,
    instanceTypes: capacity.instanceTypes,
    architecture: capacity.architecture,
    purchase: { onDemandBase: 0, onDemandPercent: 100 },
    minInstances: capacity.minInstances,
    maxInstances: capacity.maxInstances,
    maxInstanceLifetimeDays: MAX_INSTANCE_LIFETIME_DAYS,
    // Draining moves the tasks; protected instances would never be replaced for their age.
    terminationProtection: false,
    // Nothing of an API is on disk.
    volumeGib: SYSTEM_DISK_GIB,
  });
  return capacityProvider;
}
