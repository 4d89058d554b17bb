import { TerraformStack } from 'cdktf';
import { expect } from 'chai';
import { attachCapacity, createCluster } from '../../../stacks/compute/cluster.ts';
import { createWorkerService } from '../../../stacks/compute/worker-service.ts';
import { computeSeries, READINGS, type Series } from '../../support/stacks/cloud-watch/metric-math.ts';
import { type Arguments, all, synthesise } from '../../support/stacks/entrance.ts';
import { DEPLOYMENT, ecsService, NAMES, platform, SETTINGS } from '../../support/stacks/platform.ts';
import { testingApp } from '../../support/stacks/testing-app.ts';

const synthesised = platform();
const fromZero = platform({ workers: { minTasks: 0 } });
const { workers } = SETTINGS;

const policyOf = (from: typeof synthesised, name: string): Arguments | undefined =>
  all(from, 'appautoscaling_policy').find((policy) => policy.name === name);

const tracking = policyOf(synthesised, 'backlog')?.target_tracking_scaling_policy_configuration;
const metrics: Arguments[] = tracking.customized_metric_specification.metrics;

describe('the service of the workers', () => {
  const own = ecsService(synthesised, 'worker');

  it('runs on its own fleet, filling one instance after another', () => {
    expect(own.capacity_provider_strategy).to.have.length(1);
    expect(own.capacity_provider_strategy[0].capacity_provider).to.match(
      /^\$\{aws_ecs_capacity_provider\.worker-fleet_/,
    );
    expect(own.ordered_placement_strategy).to.deep.equal([{ type: 'binpack', field: 'memory' }]);
  });

  it('rolls a deployment back by the given alarms', () => {
    const stack = new TerraformStack(testingApp(), 'workers');
    const cluster = createCluster(stack, { names: NAMES, observability: SETTINGS.observability });
    const capacity = attachCapacity(stack, cluster, ['spot']);
    const props = { deployment: DEPLOYMENT, settings: SETTINGS, cluster, capacity, capacityProvider: 'spot' };
    createWorkerService(stack, { ...props, deploymentAlarms: ['too-many-failures'] });
    const alarms = { alarm_names: ['too-many-failures'], enable: true, rollback: true };
    expect(ecsService(synthesise(stack), 'worker').alarms).to.deep.equal(alarms);
  });
});

describe('the scaling of the workers', () => {
  const returned = metrics.filter(({ return_data }) => return_data === true);
  const expression = returned[0]?.expression;

  it('follows one expression of queued messages and running tasks', () => {
    const sources = metrics.filter(({ metric_stat }) => metric_stat).map(({ metric_stat }) => metric_stat.metric);
    const [queue, tasks] = sources;
    expect(sources).to.have.length(2);
    expect(queue).to.include({ namespace: 'AWS/SQS', metric_name: 'ApproximateNumberOfMessagesVisible' });
    expect(queue.dimensions).to.deep.equal([{ name: 'QueueName', value: NAMES.queue }]);
    expect(tasks).to.include({ namespace: 'ECS/ContainerInsights', metric_name: 'RunningTaskCount' });
  });

  /** The last values under every possible reading of the documentation. */
  const backlogs = (visible: Series, tasks: Series) =>
    new Set(READINGS.map((reading) => computeSeries(expression, { visible, tasks }, reading).at(-1)));
  const { secondsPerMessage } = workers;

  it('compares seconds of backlog per task with the acceptable latency', () => {
    expect(tracking.target_value).to.equal(workers.acceptableLatencySeconds);
    expect([...backlogs([600], [4])]).to.deep.equal([(600 * secondsPerMessage) / 4]);
  });

  it('takes zero tasks as one, without dividing by zero', () => {
    expect([...backlogs([10], [0])]).to.deep.equal([10 * secondsPerMessage]);
    expect([...backlogs([0], [0])]).to.deep.equal([0]);
  });

  it('repeats the last count of tasks while the next is late, and has no value without any', () => {
    expect([...backlogs([600, 600, 600], [40, 40, undefined])]).to.deep.equal([(600 * secondsPerMessage) / 40]);
    expect([...backlogs([600, 600, 600], [40, undefined, undefined])]).to.deep.equal([(600 * secondsPerMessage) / 40]);
    expect([...backlogs([600, 600], [undefined, undefined])]).to.deep.equal([undefined]);
  });

  it('starts the first task by an alarm if minTasks is 0, and only then', () => {
    expect(policyOf(synthesised, 'first-task')).to.equal(undefined);
    const step = policyOf(fromZero, 'first-task')?.step_scaling_policy_configuration;
    expect(step.adjustment_type).to.equal('ChangeInCapacity');
    expect(step.step_adjustment).to.deep.equal([{ metric_interval_lower_bound: '0', scaling_adjustment: 1 }]);
    const alarm = all(fromZero, 'cloudwatch_metric_alarm').find(({ alarm_name }) =>
      /waiting-for-nobody$/.test(alarm_name),
    );
    expect(alarm?.alarm_actions).to.have.length(1);
    expect(alarm?.alarm_actions[0]).to.match(/^\$\{aws_appautoscaling_policy\.worker_scaling-first-task\./);
    expect(alarm).to.include({ threshold: 1, treat_missing_data: 'notBreaching' });
  });
});

describe('spot events', () => {
  const rules = all(synthesised, 'cloudwatch_event_rule').filter(({ name }) => name.includes('-spot-'));

  it('are recorded for interruptions and rebalance recommendations', () => {
    const patterns = rules.map(({ event_pattern }) => JSON.parse(event_pattern));
    expect(patterns.map(({ source }) => source)).to.deep.equal([['aws.ec2'], ['aws.ec2']]);
    expect(patterns.flatMap((pattern) => pattern['detail-type'])).to.have.members([
      'EC2 Spot Instance Interruption Warning',
      'EC2 Instance Rebalance Recommendation',
    ]);
    const targets = all(synthesised, 'cloudwatch_event_target').filter(({ target_id }) => target_id === 'log');
    expect(targets).to.have.length(2);
    for (const { arn, role_arn } of targets) {
      expect(arn).to.match(/^\$\{aws_cloudwatch_log_group\.worker-fleet_spot-events\.arn\}$/);
      expect(role_arn).to.equal(undefined);
    }
  });

  it('can be written to the log by EventBridge, for these rules only', () => {
    const [policy] = all(synthesised, 'cloudwatch_log_resource_policy');
    const statements: Arguments[] = JSON.parse(policy?.policy_document).Statement;
    const write = statements.find(({ Action }) => Action.includes('logs:PutLogEvents'));
    expect(statements.flatMap(({ Action }) => Action)).to.have.members(['logs:CreateLogStream', 'logs:PutLogEvents']);
    expect(write?.Condition.ArnEquals['aws:SourceArn']).to.have.length(rules.length);
    for (const { Resource, Principal } of statements) {
      expect(Resource).to.match(/worker-fleet_spot-events\./);
      expect(Principal.Service).to.include('events.amazonaws.com');
    }
  });
});
