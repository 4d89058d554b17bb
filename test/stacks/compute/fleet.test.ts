import { expect } from 'chai';
import { arnsOf } from '../../../shared/contracts/names.ts';
import { MESSAGE_DISK_BYTES } from '../../../shared/contracts/worker-disk.ts';
import { LIMITS } from '../../../shared/domain/limits.ts';
import { memoryForTasks, tasksPerInstance } from '../../../stacks/compute/instance-capacity.ts';
import { INSTANCE_TYPES } from '../../../stacks/compute/instance-types.ts';
import { tagsOf } from '../../../stacks/foundation/tags.ts';
import { type Arguments, all } from '../../support/stacks/entrance.ts';
import { DEPLOYMENT, EC2, NAMES, named, platform, policyOf, SETTINGS } from '../../support/stacks/platform.ts';

const synthesised = platform();
const WORKERS = NAMES.service('worker');
const API = NAMES.service('async-upload');
const group = (name: string, from = synthesised): Arguments => named(from, 'autoscaling_group', name);
const provider = (name: string, from = synthesised): Arguments =>
  named(from, 'ecs_capacity_provider', name).auto_scaling_group_provider;
const distribution = (name: string, from = synthesised): Arguments =>
  group(name, from).mixed_instances_policy.instances_distribution;
const overrides = (name: string): Arguments[] => group(name).mixed_instances_policy.launch_template.override;
const template = (name: string): Arguments => named(synthesised, 'launch_template', name);

const { workers } = SETTINGS;

describe('fleets', () => {
  it('exist for workers and for API services on instances', () => {
    const names = all(synthesised, 'autoscaling_group').map(({ name }) => name);
    expect(names).to.have.members([WORKERS, API]);
    expect(all(synthesised, 'ecs_capacity_provider').map(({ name }) => name)).to.have.members(names);
    expect(all(synthesised, 'launch_template').map(({ name }) => name)).to.have.members(names);
  });

  for (const name of [WORKERS, API]) {
    const own = group(name);

    it(`spread ${name} over all zones, with the types of the settings and without weights`, () => {
      expect(own.vpc_zone_identifier).to.have.length(SETTINGS.network.zones.length);
      const types = name === WORKERS ? workers.instanceTypes : EC2.instanceTypes;
      expect(overrides(name)).to.deep.equal(types.map((instance_type) => ({ instance_type })));
    });

    it(`tag instances, volumes and interfaces of ${name} for the cost report`, () => {
      const { tag_specifications } = template(name);
      expect(tag_specifications.map(({ resource_type }: Arguments) => resource_type)).to.have.members([
        'instance',
        'volume',
        'network-interface',
      ]);
      for (const { tags } of tag_specifications) expect(tags).to.deep.equal({ ...tagsOf(SETTINGS), Name: name });
    });

    it(`let nobody connect to instances of ${name}`, () => {
      const entrances = all(synthesised, 'vpc_security_group_ingress_rule').map(
        ({ security_group_id }) => security_group_id,
      );
      expect(entrances).to.not.include(template(name).vpc_security_group_ids[0]);
    });

    it(`make instances of ${name} join the cluster of their environment`, () => {
      const configuration = Buffer.from(template(name).user_data, 'base64').toString();
      expect(configuration.split('\n')).to.include(`ECS_CLUSTER=${NAMES.cluster}`);
    });

    it(`limit the agent's role of ${name} to its own cluster`, () => {
      const { cluster } = arnsOf(DEPLOYMENT);
      for (const { Action, Resource, Condition } of policyOf(synthesised, `${name}-instance`)) {
        const isOfCluster = Resource.includes(cluster) || Condition?.ArnEquals['ecs:cluster'] === cluster;
        expect(isOfCluster || Action.join() === 'ecs:DiscoverPollEndpoint', Action.join()).to.equal(true);
      }
    });
  }
});

describe('the AMI', () => {
  it('is Amazon Linux 2023 for the architecture, resolved at each start', () => {
    const path = 'resolve:ssm:/aws/service/ecs/optimized-ami/amazon-linux-2023';
    expect(template(WORKERS).image_id).to.equal(`${path}/recommended/image_id`);
    expect(template(API).image_id).to.equal(`${path}/arm64/recommended/image_id`);
    expect(group(WORKERS).max_instance_lifetime).to.equal(workers.maxInstanceLifetimeDays * 86_400);
  });
});

describe('the fleet of the workers', () => {
  it('buys on demand what its settings say, and may become empty', () => {
    expect(distribution(WORKERS)).to.include({
      on_demand_base_capacity: workers.onDemandBase,
      on_demand_percentage_above_base_capacity: workers.onDemandPercent,
    });
    expect(group(WORKERS)).to.include({ min_size: 0, max_size: workers.maxInstances });
  });

  it('protects instances both in ECS and in its auto scaling group', () => {
    const guarded = platform({ workers: { terminationProtection: true } });
    expect(provider(WORKERS, guarded).managed_termination_protection).to.equal('ENABLED');
    expect(group(WORKERS, guarded).protect_from_scale_in).to.equal(true);
  });

  it('counts the largest original, all watermarks and waiting results as the disk space of a message', () => {
    const { asyncUploadBytes, watermarksBytes, resultBytes, watermarkBytes, outputPixels } = LIMITS;
    expect(MESSAGE_DISK_BYTES).to.be.above(asyncUploadBytes + watermarksBytes + resultBytes);
    expect(watermarksBytes).to.be.at.least(watermarkBytes);
    // Four channels that do not compress at all, and one percent more.
    expect(resultBytes).to.be.at.least(1.01 * 4 * outputPixels);
  });
});

describe('a fleet of the API', () => {
  it('is on demand, and within the size of its settings', () => {
    expect(distribution(API).on_demand_percentage_above_base_capacity).to.equal(100);
    expect(group(API)).to.include({ min_size: EC2.minInstances, max_size: EC2.maxInstances });
  });
});

describe('instance types', () => {
  it('have 2, 4 or 8 GiB per vCPU', () => {
    for (const [name, { vCpu, memoryMib }] of Object.entries(INSTANCE_TYPES))
      expect(memoryMib / vCpu / 1024, name).to.be.oneOf([2, 4, 8]);
  });

  it('leave tasks less memory than they are sold with', () => {
    expect(memoryForTasks({ memoryMib: 4096 })).to.equal(3532);
    expect(memoryForTasks({ memoryMib: 8192 })).to.equal(7321);
  });

  it('hold as many tasks as CPU, memory and network interfaces allow', () => {
    const large = INSTANCE_TYPES['c7g.large'];
    expect(large && tasksPerInstance(large, { cpu: 256, memory: 256 }, 'awsvpc')).to.equal(2);
    expect(large && tasksPerInstance(large, { cpu: 256, memory: 256 }, 'bridge')).to.equal(8);
    expect(large && tasksPerInstance(large, { cpu: 2048, memory: 4096 }, 'bridge')).to.equal(0);
  });
});
