import { expect } from 'chai';
import { quotas } from '../../../scripts/doctor/quotas.ts';
import { fargateVcpus } from '../../../scripts/doctor/vcpus.ts';
import { type Answers, madeUpEnvironment, stackOf } from '../../support/stacks/made-up-environment.ts';

const addressesOf = (count: number) => ({
  aws_eip: Object.fromEntries(Array.from({ length: count }, (_, at) => [at, {}])),
});

const ofEnvironment = (Environment: string) => ({
  Tags: [
    { Key: 'Project', Value: 'image-service' },
    { Key: 'Environment', Value: Environment },
  ],
});

/** An account in which every quota is five, with resources in use. */
const answers = (Addresses: object[]): Answers => ({
  'service-quotas get-service-quota': ['NoSuchResourceException', 'GetServiceQuota'],
  'service-quotas get-aws-default-service-quota': { Quota: { Value: 5 } },
  'ec2 describe-addresses': { Addresses },
  'ec2 describe-vpcs': { Vpcs: [] },
  'elbv2 describe-load-balancers': { LoadBalancers: [] },
  'ec2 describe-instance-types': {
    InstanceTypes: [
      { InstanceType: 'c5.large', VCpuInfo: { DefaultVCpus: 2 } },
      { InstanceType: 'c5.xlarge', VCpuInfo: { DefaultVCpus: 4 } },
    ],
  },
});

const said = async (checked: Parameters<typeof madeUpEnvironment>[0]): Promise<string[]> =>
  (await quotas.look(madeUpEnvironment(checked))).map(
    ({ outcome, what, remedy }) => `${outcome}: ${what} ${remedy ?? ''}`,
  );

describe('npm run doctor, about quotas,', () => {
  it('requests addresses for all environments at once where this environment does not fit', async () => {
    const [eips] = await said({
      platform: addressesOf(3),
      others: { staging: addressesOf(1) },
      answers: answers([{}, {}, ofEnvironment('staging')]),
    });
    expect(eips).to.equal(
      'missing: Elastic IP addresses: dev needs 3 beside 3 in use; the account may have 5. aws service-quotas request-service-quota-increase --service-code ec2 --quota-code L-0263D0A3 --desired-value 6',
    );
  });

  it('does not count resources that the environment has already', async () => {
    const own = Array.from({ length: 5 }, () => ofEnvironment('dev'));
    expect((await said({ platform: addressesOf(5), answers: answers(own) }))[0]).to.match(/^well: /);
  });

  it('notes that the other environments will not fit', async () => {
    const [eips] = await said({ platform: addressesOf(1), others: { prod: addressesOf(5) }, answers: answers([]) });
    expect(eips).to.match(/^note: .*All environments of the account together need 6\./);
  });

  it('counts vCPUs of instances at their maxima, with the largest type, separately for on demand and spot', async () => {
    const group = {
      max_size: 10,
      mixed_instances_policy: {
        instances_distribution: { on_demand_base_capacity: 2, on_demand_percentage_above_base_capacity: 25 },
        launch_template: { override: [{ instance_type: 'c5.large' }, { instance_type: 'c5.xlarge' }] },
      },
    };
    const all = await said({ platform: { aws_autoscaling_group: { one: group } }, answers: answers([]) });
    expect(all[3]).to.match(/^missing: vCPUs of instances on demand: dev needs 16;/);
    expect(all[4]).to.match(/^missing: vCPUs of spot instances: dev needs 24;/);
  });

  it('counts vCPUs on Fargate including the tasks that a deployment starts in addition', () => {
    const platform = stackOf({
      aws_ecs_service: {
        one: {
          capacity_provider_strategy: [{ capacity_provider: 'FARGATE' }],
          // biome-ignore lint/suspicious/noTemplateCurlyInString: Terraform's own.
          task_definition: '${aws_ecs_task_definition.one_task.arn}',
          deployment_maximum_percent: 200,
        },
        // biome-ignore lint/suspicious/noTemplateCurlyInString: Terraform's own.
        other: { capacity_provider_strategy: [{ capacity_provider: '${aws_ecs_capacity_provider.other.name}' }] },
      },
      aws_ecs_task_definition: { one_task: { cpu: '512' } },
      // biome-ignore lint/suspicious/noTemplateCurlyInString: Terraform's own.
      aws_appautoscaling_target: { one: { max_capacity: 3, resource_id: 'service/c/${aws_ecs_service.one.name}' } },
    });
    expect(fargateVcpus(platform)).to.equal(3);
  });
});
