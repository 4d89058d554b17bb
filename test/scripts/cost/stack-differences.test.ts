import { expect } from 'chai';
import { stackDifferenceText } from '../../../scripts/cost/report/stack-differences.ts';
import { stackDifferences } from '../../../scripts/cost/stack-differences.ts';
import { type Changes, SETTINGS, synthesised } from '../../support/cost/synthesised.ts';

const textsOf = (changes: Changes): string[] =>
  stackDifferences(synthesised('prod'), synthesised('prod', changes)).map(stackDifferenceText);

describe('what differs in the stacks', () => {
  it('is nothing between a stack and itself, as between two workloads', () => {
    expect(textsOf({})).to.deep.equal([]);
  });

  it('is the days of a lifecycle rule', () => {
    expect(textsOf({ storage: { renditionsExpireDays: 30 } })).to.deep.equal([
      'rule.expire-renditions.expiration.days 90 → 30 (aws_s3_bucket_lifecycle_configuration: image-bucket-lifecycle)',
    ]);
  });

  it('is how many instances are bought on demand, and how many tasks may run', () => {
    const { onDemandBase } = SETTINGS.prod.workers;
    const texts = textsOf({ workers: { onDemandBase: onDemandBase + 1, maxTasks: 30 } });
    expect(texts).to.include(
      `mixed_instances_policy.instances_distribution.on_demand_base_capacity ${onDemandBase} → ${onDemandBase + 1} (aws_autoscaling_group: worker-fleet_group)`,
    );
    expect(texts).to.include('max_capacity 40 → 30 (aws_appautoscaling_target: worker_scaling)');
  });

  it('is the number of resources that cost something, and no name, tag or policy', () => {
    const texts = textsOf({ network: { egress: 'nat-single', natZone: 'use1-az2' } });
    expect(texts).to.include('aws_nat_gateway: 3 → 1 of them').and.to.include('aws_eip: 3 → 1 of them');
    const other = stackDifferences(synthesised('staging'), synthesised('prod'));
    expect(other.map(({ argument = '' }) => argument).join(' ')).to.not.match(/name|tags|policy_document|description/);
    const retention = other.find(({ argument }) => argument === 'retention_in_days');
    expect(retention?.resources).to.include.members(['download_log', 'worker_log']);
  });
});
