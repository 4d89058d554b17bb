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
      expect(
        new Set(types.map((type) => `${INSTANCE_TYPES[type]?.vCpu} ${INSTANCE_TYPES[type]?.memoryMib}`)),
      ).to.have.property('size', 1);
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

    it(`hide the credentials of ${name} from containers and encrypt its disk`, () => {
      const { metadata_options, block_device_mappings } = template(name);
      expect(metadata_options).to.include({ http_tokens: 'required', http_put_response_hop_limit: 1 });
      expect(block_device_mappings).to.have.length(1);
      expect(block_device_mappings[0].ebs).to.include({ encrypted: 'true', volume_type: 'gp3' });
      const entrances = all(synthesised, 'vpc_security_group_ingress_rule').map(
        ({ security_group_id }) => security_group_id,
      );
      expect(entrances).to.not.include(template(name).vpc_security_group_ids[0]);
    });

    it(`configure the agent of ${name} with its cluster and stop timeout`, () => {
      expect(agentSettings(name)).to.include.members([
        `ECS_CLUSTER=${NAMES.cluster}`,
        'ECS_CONTAINER_STOP_TIMEOUT=110s',
        `ECS_RESERVED_MEMORY=${RESERVED_MEMORY_MIB}`,
        'ECS_AWSVPC_BLOCK_IMDS=true',
      ]);
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
  it('buys spot instances that are least likely to be interrupted, and rebalances', () => {
    expect(distribution(WORKERS)).to.deep.include({
      spot_allocation_strategy: 'price-capacity-optimized',
      on_demand_base_capacity: workers.onDemandBase,
      on_demand_percentage_above_base_capacity: workers.onDemandPercent,
    });
    expect(group(WORKERS)).to.include({ capacity_rebalance: true, min_size: 0, max_size: workers.maxInstances });
  });

  it('protects instances both in ECS and in its auto scaling group', () => {
    const guarded = platform({ workers: { terminationProtection: true } });
    expect(provider(WORKERS, guarded).managed_termination_protection).to.equal('ENABLED');
    expect(group(WORKERS, guarded).protect_from_scale_in).to.equal(true);
  });

  it('keeps running instances when its types or shares change', () => {
    expect(group(WORKERS)).to.not.have.property('instance_refresh');
  });

  it('has disk space for the largest content of all messages in progress', () => {
    const { concurrency } = workerLoadOf(workers);
    const [{ ebs }] = template(WORKERS).block_device_mappings;
    expect(ebs.volume_size * 2 ** 30).to.be.at.least(concurrency * MESSAGE_DISK_BYTES + 30 * 2 ** 30);
  });

  it('counts the largest original, all watermarks and waiting results as the disk space of a message', () => {
    const { asyncUploadBytes, watermarksBytes, resultBytes, watermarkBytes, outputPixels } = LIMITS;
    expect(MESSAGE_DISK_BYTES).to.be.above(asyncUploadBytes + watermarksBytes + resultBytes);
    expect(watermarksBytes).to.be.at.least(watermarkBytes);
    // Four channels that do not compress at all, and one percent more.
    expect(resultBytes).to.be.at.least(1.01 * 4 * outputPixels);
  });

  it('lets the agent drain tasks on a spot interruption', () => {
    expect(agentSettings(WORKERS)).to.include('ECS_ENABLE_SPOT_INSTANCE_DRAINING=true');
  });
});

describe('a fleet of the API', () => {
  it('is on demand, and within the size of its settings', () => {
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
  it('have a plausible price per vCPU', () => {
    for (const [name, { onDemandPrice, vCpu, memoryMib }] of Object.entries(INSTANCE_TYPES)) {
      expect(onDemandPrice / vCpu, name).to.be.within(0.01, 0.08);
      expect(memoryMib / vCpu / 1024, name).to.be.oneOf([2, 4, 8]);
    }
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

  for (const { name, workers } of ENVIRONMENTS) {
    it(`are known for the workers of ${name}, and each holds a task`, () => {
      for (const type of workers.instanceTypes) {
        const known = INSTANCE_TYPES[type];
        expect(known?.architecture, type).to.equal(workers.architecture);
        expect(known && tasksPerInstance(known, workers, 'bridge'), type).to.be.at.least(1);
      }
    });
  }
});
