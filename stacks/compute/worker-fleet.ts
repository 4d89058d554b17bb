import { Construct } from 'constructs';
import { MESSAGE_DISK_BYTES } from '../../shared/contracts/worker-disk.ts';
import type { WorkerSettings } from '../environments/settings.ts';
import { createFleet, type Fleet, type FleetProps } from './fleet.ts';
import { SYSTEM_DISK_GIB, tasksPerInstance } from './instance-capacity.ts';
import { INSTANCE_TYPES } from './instance-types.ts';
import { createSpotEvents } from './spot-events.ts';
import { workerLoadOf } from './worker-load.ts';

interface WorkerFleetProps extends Pick<FleetProps, 'deployment' | 'network' | 'cluster' | 'tags'> {
  settings: WorkerSettings;
  logDays: number;
}

const GIB = 2 ** 30;

/** The volume has room for every message in progress at its largest. Each six GiB cost half a dollar per month and instance. */
function volumeGibOf(settings: WorkerSettings): number {
  const tasks = settings.instanceTypes.map((name) => {
    const type = INSTANCE_TYPES[name];
    return type ? tasksPerInstance(type, settings, 'bridge') : 1;
  });
  const messages = workerLoadOf(settings).concurrency * Math.max(1, ...tasks);
  return SYSTEM_DISK_GIB + Math.ceil((messages * MESSAGE_DISK_BYTES) / GIB);
}

/** The spot fleet of the workers, and the record of its interruptions. */
export function createWorkerFleet(scope: Construct, props: WorkerFleetProps): Fleet {
  const { settings, logDays, deployment, network, cluster, tags } = props;
  const own = new Construct(scope, 'worker-fleet');
  createSpotEvents(own, { deployment, logDays });
  return createFleet(own, {
    service: 'worker',
    deployment,
    network,
    cluster,
    tags,
    instanceTypes: settings.instanceTypes,
    architecture: settings.architecture,
    purchase: settings,
    minInstances: 0,
    maxInstances: settings.maxInstances,
    maxInstanceLifetimeDays: settings.maxInstanceLifetimeDays,
    terminationProtection: settings.terminationProtection,
    volumeGib: volumeGibOf(settings),
  });
}
