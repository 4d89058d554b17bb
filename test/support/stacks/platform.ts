import { namesOf } from '../../../shared/contracts/names.ts';
import type { ServiceName } from '../../../shared/contracts/services.ts';
import { prod } from '../../../stacks/environments/prod.ts';
import type { Ec2Capacity, EnvironmentSettings, FargateCapacity } from '../../../stacks/environments/settings.ts';
import { PlatformStack } from '../../../stacks/platform-stack.ts';
import { type Arguments, all, type Synthesised, synthesise } from './entrance.ts';
import { testingApp } from './testing-app.ts';

export const DEPLOYMENT = { environment: 'test', accountId: '111122223333', region: 'eu-west-1' };
export const NAMES = namesOf(DEPLOYMENT);

const FARGATE: FargateCapacity = { kind: 'fargate', cpu: 1024, memory: 2048, architecture: 'arm64' };
export const EC2: Ec2Capacity = {
  kind: 'ec2',
  instanceTypes: ['c7g.large', 'c8g.large'],
  architecture: 'arm64',
  cpu: 1024,
  memory: 1536,
  minInstances: 2,
  maxInstances: 10,
};

const scaling = { minTasks: 2, maxTasks: 20, requestsPerTaskPerMinute: 600, targetCpu: 60 };

/** Settings with both kinds of capacity, independent of the environments. */
export const SETTINGS: EnvironmentSettings = {
  ...prod,
  name: DEPLOYMENT.environment,
  accountId: DEPLOYMENT.accountId,
  region: DEPLOYMENT.region,
  services: {
    'sync-upload': { capacity: FARGATE, ...scaling },
    'async-upload': { capacity: EC2, ...scaling },
    download: { capacity: { ...FARGATE, cpu: 512, architecture: 'x86_64' }, ...scaling },
  },
};

type Changes = Partial<Omit<EnvironmentSettings, 'workers'>> & { workers?: Partial<EnvironmentSettings['workers']> };

const settingsWith = ({ workers, ...changes }: Changes): EnvironmentSettings => ({
  ...SETTINGS,
  ...changes,
  workers: { ...SETTINGS.workers, ...workers },
});

/** The platform of SETTINGS with changes, synthesised. */
export const platform = (changes: Changes = {}): Synthesised =>
  synthesise(new PlatformStack(testingApp(), 'platform', settingsWith(changes)));

/** The one resource of a type with a name. */
export function named(synthesised: Synthesised, type: string, name: string): Arguments {
  const found = all(synthesised, type).filter((each) => (each.name ?? each.family) === name);
  if (!found[0] || found.length > 1) throw new Error(`${found.length} aws_${type} with the name ${name}`);
  return found[0];
}

export const taskDefinition = (synthesised: Synthesised, service: ServiceName): Arguments =>
  named(synthesised, 'ecs_task_definition', NAMES.service(service));

export const container = (synthesised: Synthesised, service: ServiceName): Arguments =>
  JSON.parse(taskDefinition(synthesised, service).container_definitions)[0];

export const ecsService = (synthesised: Synthesised, service: ServiceName): Arguments =>
  named(synthesised, 'ecs_service', NAMES.service(service));

export const policyOf = (synthesised: Synthesised, roleName: string): Arguments[] => {
  const [address] =
    Object.entries(synthesised.resource.aws_iam_role ?? {}).find(([, { name }]) => name === roleName) ?? [];
  const policy = all(synthesised, 'iam_role_policy').find(({ role }) => role === `\${aws_iam_role.${address}.name}`);
  return JSON.parse(policy?.policy ?? '{}').Statement ?? [];
};
