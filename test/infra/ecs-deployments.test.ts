import { expect } from 'chai';
import { eventually } from '../support/eventually.ts';
import { aws } from './aws-cli.ts';
import { type EmulatedAws, startEmulatedAws } from './emulated-aws.ts';
import type { RunningTask } from './stand-in/ecs-deployments.ts';

const CLUSTER = 'images';
const NAME = 'download';

interface Deployment {
  status: string;
  taskDefinition: string;
  rolloutState: string;
  rolloutStateReason: string;
  failedTasks: number;
  desiredCount: number;
  runningCount: number;
}

/** Task definitions from the second on cannot start. */
function startTask(stopped: string[]) {
  return async (_: string, taskDefinition: string): Promise<RunningTask> => {
    if (!taskDefinition.endsWith(':1')) throw new Error('Essential container in task exited');
    const ended = Promise.withResolvers<string>();
    return {
      healthy: Promise.resolve(),
      stopped: ended.promise,
      async stop() {
        stopped.push(taskDefinition);
        ended.resolve('stopped');
      },
    };
  };
}

describe('the deployments of an ECS service that runs tasks', function () {
  this.timeout(120_000);
  const stopped: string[] = [];
  let emulated: EmulatedAws;
  const ecs = (command: string, ...options: string[]) => aws(emulated.endpoint, 'ecs', command, ...options);
  const register = () => {
    const container = [{ name: NAME, image: 'an-image', memory: 64 }];
    return ecs('register-task-definition', '--family', NAME, '--container-definitions', JSON.stringify(container));
  };
  const look = async () => {
    const { services } = await ecs('describe-services', '--cluster', CLUSTER, '--services', NAME);
    return services[0] as { taskDefinition: string; deployments: Deployment[]; events: { message: string }[] };
  };
  /** Waits until there is one deployment, and it is complete. */
  const settled = () =>
    eventually('the only deployment is complete', async () => {
      const service = await look();
      const isSettled = service.deployments.length === 1 && service.deployments[0]?.rolloutState === 'COMPLETED';
      return isSettled && service;
    });

  before(async () => {
    emulated = await startEmulatedAws('210987654321', { outside: { startTask: startTask(stopped) } });
    await ecs('create-cluster', '--cluster-name', CLUSTER);
    await register();
    const breaker = 'deploymentCircuitBreaker={enable=true,rollback=true}';
    const named = ['--cluster', CLUSTER, '--service-name', NAME, '--task-definition', `${NAME}:1`];
    await ecs('create-service', ...named, '--desired-count', '2', '--deployment-configuration', breaker);
  });
  after(() => emulated?.stop());

  it('are complete once a task is healthy', async () => {
    const { deployments, events } = await settled();
    expect(deployments[0]).to.include({ status: 'PRIMARY', desiredCount: 2, runningCount: 2, failedTasks: 0 });
    expect(events[0]?.message).to.equal('(service download) has reached a steady state.');
  });

  it('fail after three tasks that do not start, and go back to the last task definition that was complete', async () => {
    await register();
    await ecs('update-service', '--cluster', CLUSTER, '--service', NAME, '--task-definition', `${NAME}:2`);
    const { taskDefinition, deployments, events } = await settled();
    expect(taskDefinition).to.match(/:1$/);
    expect(deployments[0]?.rolloutState).to.equal('COMPLETED');
    const messages = events.map(({ message }) => message).join('\n');
    expect(messages).to.match(
      /\(service download\) \(deployment ecs-svc\/\d+\) deployment failed: tasks failed to start\./,
    );
    expect(messages).to.match(/\(service download\) rolling back to deployment ecs-svc\/\d+\./);
    expect(messages).to.include('has stopped 1 running tasks: Essential container in task exited');
  });

  it('stop the former tasks', () => {
    expect(stopped).to.have.lengthOf(1);
  });
});
