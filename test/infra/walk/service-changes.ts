import type { FargateCapacity } from '../../../stacks/environments/settings.ts';
import type { Fixed, Given } from './given-changes.ts';

const FARGATE: FargateCapacity = { kind: 'fargate', cpu: 1024, memory: 2048, architecture: 'arm64' };

/** The values in `prod`. */
const FORMER = { instanceTypes: ['c6g.large', 'c7g.large'], architecture: 'arm64', maxInstances: 21 } as const;

const xlarge = (...families: string[]): string[] => families.map((family) => `${family}.xlarge`);

const OF_KIND: Fixed = {
  fixed:
    'It must have the value that the fleet had, and is used only for the change of `services.capacity.kind` from `ec2` to `fargate`.',
};

/** Changes of the services. */
export const SERVICE_CHANGES: Record<string, Given[] | Fixed> = {
  'services.capacity.kind': [
    {
      set: { 'services.sync-upload.capacity': { ...FARGATE, kind: 'ec2', ...FORMER, memory: 1536, minInstances: 2 } },
      as: 'fargate → ec2',
    },
    {
      set: { 'services.download.capacity': FARGATE },
      as: 'ec2 → fargate at once',
      todo: 'First give `formerFleet`, as in the next row.',
    },
    {
      set: { 'services.download.capacity': { ...FARGATE, formerFleet: FORMER } },
      then: [{ 'services.download.capacity': FARGATE }],
      as: 'ec2 → fargate with formerFleet, and then without',
      todo: 'The second apply deletes the fleet. Run it when no instance of the fleet is left.',
    },
  ],
  'services.capacity.cpu': [{ set: { 'services.sync-upload.capacity.cpu': 512 } }],
  'services.capacity.memory': [{ set: { 'services.sync-upload.capacity.memory': 3072 } }],
  'services.capacity.architecture': [{ set: { 'services.sync-upload.capacity.architecture': 'x86_64' } }],
  'services.capacity.instanceTypes': [
    { set: { 'services.download.capacity.instanceTypes': ['c7g.large', 'c8g.large'] } },
  ],
  'services.capacity.formerFleet.instanceTypes': OF_KIND,
  'services.capacity.formerFleet.architecture': OF_KIND,
  'services.capacity.formerFleet.maxInstances': OF_KIND,
  'workers.instanceTypes': [
    { set: { 'workers.instanceTypes': xlarge('c5', 'c5a', 'c6a', 'c6i', 'c7a', 'c8i') }, as: 'one of six → another' },
  ],
  'workers.architecture': [
    {
      set: {
        'workers.architecture': 'arm64',
        'workers.instanceTypes': xlarge('c6g', 'c6gd', 'c6gn', 'c7g', 'c7gd', 'c8g'),
      },
    },
  ],
  'workers.cpu': [{ set: { 'workers.cpu': 2048, 'workers.memory': 3392 } }],
  'workers.memory': [{ set: { 'workers.memory': 6656 } }],
  'workers.onDemandPercent': [{ set: { 'workers.onDemandPercent': 100 } }],
  'workers.minTasks': [
    { set: { 'workers.minTasks': 0 } },
    {
      from: 'dev',
      set: { 'workers.minTasks': 1 },
      todo: 'This deletes only the policy and the alarm that start the first worker.',
    },
  ],
  'workers.maxTasks': [{ set: { 'workers.maxTasks': 39 } }],
  'workers.secondsPerMessage': [{ set: { 'workers.secondsPerMessage': 0.3 } }],
  'workers.terminationProtection': [{ set: { 'workers.terminationProtection': true, 'workers.onDemandPercent': 100 } }],
};
