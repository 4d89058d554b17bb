import { expect } from 'chai';
import { arnsOf } from '../../../shared/contracts/names.ts';
import { MESSAGE_DISK_BYTES } from '../../../shared/contracts/worker-disk.ts';
import { LIMITS } from '../../../shared/domain/limits.ts';
import { workerLoadOf } from '../../../stacks/compute/container-environment.ts';
import { memoryForTasks, RESERVED_MEMORY_MIB, tasksPerInstance } from '../../../stacks/compute/instance-capacity.ts';
import { INSTANCE_TYPES } from '../../../stacks/compute/instance-types.ts';
import { ENVIRONMENTS } from '../../../stacks/environments/all.ts';
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
const agentSettings = (name: string): string[] =>
  Buffer.from(template(name).user_data, 'base64')
    .toString()
    .split('\n')
    .filter((line) => /^ECS_/.test(line));

const { workers } = SETTINGS;

describe('fleets', () => {
  it('are there for workers and for services of the API that want instances', () => {
    const names = all(synthesised, 'autoscaling_group').map(({ name }) => name);
    expect(names).to.have.members([WORKERS, API]);
    expect(all(synthesised, 'ecs_capacity_provider').map(({ name }) => name)).to.have.members(names);
    expect(all(synthesised, 'launch_template').map(({ name }) => name)).to.have.members(names);
  });

  for (const name of [WORKERS, API]) {
    const own = group(name);

    it(`${name} is in all zones, of the types of the settings and without weights`, () => {
      expect(own.vpc_zone_identifier).to.have.length(SETTINGS.network.zones.length);
      const types = name === WORKERS ? workers.instanceTypes : EC2.instanceTypes;
      expect(overrides(name)).to.deep.equal(types.map((instance_type) => ({ instance_type })));
      expect(
        new Set(types.map((type) => `${INSTANCE_TYPES[type]?.vCpu} ${INSTANCE_TYPES[type]?.memoryMib}`)),
      ).to.have.property('size', 1);
    });

    it(`${name} tags instances, volumes and interfaces as the cost report wants`, () => {
      const { tag_specifications } = template(name);
      expect(tag_specifications.map(({ resource_type }: Arguments) => resource_type)).to.have.members([
        'instance',
        'volume',
        'network-interface',
      ]);
      for (const { tags } of tag_specifications) expect(tags).to.deep.equal({ ...tagsOf(SETTINGS), Name: name });
    });

    it(`${name} keeps its credentials from containers and its disk from others`, () => {
      const { metadata_options, block_device_mappings } = template(name);
      expect(metadata_options).to.include({ http_tokens: 'required', http_put_response_hop_limit: 1 });
      expect(block_device_mappings).to.have.length(1);
      expect(block_device_mappings[0].ebs).to.include({ encrypted: 'true', volume_type: 'gp3' });
      const entrances = all(synthesised, 'vpc_security_group_ingress_rule').map(
        ({ security_group_id }) => security_group_id,
      );
      expect(entrances).to.not.include(template(name).vpc_security_group_ids[0]);
    });

    it(`${name} tells the agent its cluster, and what to do with tasks that end`, () => {
      expect(agentSettings(name)).to.include.members([
        `ECS_CLUSTER=${NAMES.cluster}`,
        'ECS_CONTAINER_STOP_TIMEOUT=110s',
        `ECS_RESERVED_MEMORY=${RESERVED_MEMORY_MIB}`,
        'ECS_AWSVPC_BLOCK_IMDS=true',
      ]);
    });

    it(`${name} has a role for the agent, in its own cluster`, () => {
      const { cluster } = arnsOf(DEPLOYMENT);
      for (const { Action, Resource, Condition } of policyOf(synthesised, `${name}-instance`)) {
        const isOfCluster = Resource.includes(cluster) || Condition?.ArnEquals['ecs:cluster'] === cluster;
        expect(isOfCluster || Action.join() === 'ecs:DiscoverPollEndpoint', Action.join()).to.equal(true);
      }
    });
  }
});

describe('the AMI', () => {
  it('is Amazon Linux 2023 of the architecture, looked up at each start', () => {
    const path = 'resolve:ssm:/aws/service/ecs/optimized-ami/amazon-linux-2023';
    expect(template(WORKERS).image_id).to.equal(`${path}/recommended/image_id`);
    expect(template(API).image_id).to.equal(`${path}/arm64/recommended/image_id`);
    expect(group(WORKERS).max_instance_lifetime).to.equal(workers.maxInstanceLifetimeDays * 86_400);
  });
});

describe('the fleet of the workers', () => {
  it('buys spot where it is least likely to be taken back, and rebalances', () => {
    expect(distribution(WORKERS)).to.deep.include({
      spot_allocation_strategy: 'price-capacity-optimized',
      on_demand_base_capacity: workers.onDemandBase,
      on_demand_percentage_above_base_capacity: workers.onDemandPercent,
    });
    expect(group(WORKERS)).to.include({ capacity_rebalance: true, min_size: 0, max_size: workers.maxInstances });
  });

  it('protects instances in ECS and in its group, or in neither', () => {
    const guarded = platform({ workers: { terminationProtection: true } });
    expect(provider(WORKERS, guarded).managed_termination_protection).to.equal('ENABLED');
    expect(group(WORKERS, guarded).protect_from_scale_in).to.equal(true);
  });

  it('ends nothing that runs when its types or shares change', () => {
    expect(group(WORKERS)).to.not.have.property('instance_refresh');
  });

  it('has a disk for all that the messages in hand may bring', () => {
    const { concurrency } = workerLoadOf(workers);
    const [{ ebs }] = template(WORKERS).block_device_mappings;
    expect(ebs.volume_size * 2 ** 30).to.be.at.least(concurrency * MESSAGE_DISK_BYTES + 30 * 2 ** 30);
  });

  it('reckons with the largest original, all watermarks and the results that wait', () => {
    const { asyncUploadBytes, watermarksBytes, resultBytes, watermarkBytes, outputPixels } = LIMITS;
    expect(MESSAGE_DISK_BYTES).to.be.above(asyncUploadBytes + watermarksBytes + resultBytes);
    expect(watermarksBytes).to.be.at.least(watermarkBytes);
    // What does not compress at all, of four channels, and a hundredth more.
    expect(resultBytes).to.be.at.least(1.01 * 4 * outputPixels);
  });

  it('drains by the agent too', () => {
    expect(agentSettings(WORKERS)).to.include('ECS_ENABLE_SPOT_INSTANCE_DRAINING=true');
  });
});

describe('a fleet of the API', () => {
  it('is on demand, and never smaller than its settings say', () => {
    expect(distribution(API)).to.deep.equal({
      on_demand_allocation_strategy: 'lowest-price',
      on_demand_base_capacity: 0,
      on_demand_percentage_above_base_capacity: 100,
    });
    expect(group(API)).to.include({
      capacity_rebalance: false,
      min_size: EC2.minInstances,
      max_size: EC2.maxInstances,
    });
  });
});

describe('instance types', () => {
  it('have a price for each vCPU that is near the others', () => {
    for (const [name, { onDemandPrice, vCpu, memoryMib }] of Object.entries(INSTANCE_TYPES)) {
      expect(onDemandPrice / vCpu, name).to.be.within(0.01, 0.08);
      expect(memoryMib / vCpu / 1024, name).to.be.oneOf([2, 4, 8]);
    }
  });

  it('leave less memory to tasks than they are sold with', () => {
    expect(memoryForTasks({ memoryMib: 4096 })).to.equal(3532);
    expect(memoryForTasks({ memoryMib: 8192 })).to.equal(7321);
  });

  it('hold tasks as their scarcest part allows', () => {
    const large = INSTANCE_TYPES['c7g.large'];
    expect(large && tasksPerInstance(large, { cpu: 256, memory: 256 }, 'awsvpc')).to.equal(2);
    expect(large && tasksPerInstance(large, { cpu: 256, memory: 256 }, 'bridge')).to.equal(8);
    expect(large && tasksPerInstance(large, { cpu: 2048, memory: 4096 }, 'bridge')).to.equal(0);
  });

  for (const { name, workers } of ENVIRONMENTS) {
    it(`of the workers of ${name} are known, and each holds a task`, () => {
      for (const type of workers.instanceTypes) {
        const known = INSTANCE_TYPES[type];
        expect(known?.architecture, type).to.equal(workers.architecture);
        expect(known && tasksPerInstance(known, workers, 'bridge'), type).to.be.at.least(1);
      }
    });
  }
});
