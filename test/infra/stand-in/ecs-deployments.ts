import { randomInt, randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';

/** A task with one container. */
export interface RunningTask {
  /** Resolves once its health check succeeds; rejects with the reason if it stops before. */
  healthy: Promise<void>;
  /** Resolves with the reason for which it has stopped. */
  stopped: Promise<string>;
  stop(): Promise<void>;
}

/** Starts a task of a service. Rejects with the reason if it cannot, for example because its image cannot be pulled. */
export type StartTask = (serviceName: string, taskDefinition: string) => Promise<RunningTask>;

/** The parts of CreateService and UpdateService that a deployment needs. */
export interface DeploymentRequest {
  taskDefinition?: string;
  forceNewDeployment?: boolean;
  deploymentConfiguration?: { deploymentCircuitBreaker?: { enable: boolean; rollback: boolean } };
}

interface Service {
  serviceName: string;
  serviceArn: string;
  taskDefinition: string;
  desiredCount: number;
}

/** A deployment as DescribeServices returns it, without its numbers of tasks. */
interface Shown {
  id: string;
  status: 'PRIMARY' | 'ACTIVE';
  taskDefinition: string;
  failedTasks: number;
  createdAt: number;
  updatedAt: number;
  rolloutState: 'IN_PROGRESS' | 'COMPLETED' | 'FAILED';
  rolloutStateReason: string;
}

interface Deployment {
  shown: Shown;
  task?: RunningTask | undefined;
  /** Whether its tasks are to run no longer. */
  isOver: boolean;
}

/**
 * The failed tasks that end a deployment: half of the desired number, and 3 at least
 * (https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-circuit-breaker.html). No service here has more than six tasks.
 */
const MOST_FAILURES = 3;

/** Milliseconds before another task is started in place of one that stopped. AWS waits longer each time. */
const PAUSE_MS = 100;

const now = (): number => Date.now() / 1000;

/** Runs the deployments of one ECS service, each with one task that stands for all: the new task is healthy before the old one is stopped. */
function openService(name: string, startTask: StartTask) {
  let deployments: Deployment[] = [];
  let circuitBreaker = { enable: false, rollback: false };
  let lastCompleted: string | undefined;
  const events: { id: string; createdAt: number; message: string }[] = [];
  const tell = (message: string) =>
    events.unshift({ id: randomUUID(), createdAt: now(), message: `(service ${name}) ${message}` });
  const change = ({ shown }: Deployment, to: Partial<Shown>) => Object.assign(shown, to, { updatedAt: now() });

  function begin(taskDefinition: string, reason?: string): void {
    const id = `ecs-svc/${randomInt(1e14, 3e14)}`;
    const rolloutStateReason = reason ?? `ECS deployment ${id} in progress.`;
    const at = { createdAt: now(), updatedAt: now() };
    const state = { rolloutState: 'IN_PROGRESS', rolloutStateReason } as const;
    const made: Deployment = {
      shown: { id, status: 'PRIMARY', taskDefinition, failedTasks: 0, ...at, ...state },
      isOver: false,
    };
    for (const former of deployments) {
      change(former, { status: 'ACTIVE' });
      if (former.shown.rolloutState === 'IN_PROGRESS') void end(former);
    }
    deployments = [made, ...deployments];
    void keepRunning(made);
  }

  async function keepRunning(own: Deployment): Promise<void> {
    while (!own.isOver) {
      const reason = await runTask(own);
      own.task = undefined;
      if (own.isOver) return;
      tell(`has stopped 1 running tasks: ${reason}`);
      if (own.shown.rolloutState === 'IN_PROGRESS') change(own, { failedTasks: own.shown.failedTasks + 1 });
      if (own.shown.failedTasks >= MOST_FAILURES && circuitBreaker.enable) return fail(own);
      await sleep(PAUSE_MS);
    }
  }

  /** Runs one task until it stops. Returns the reason. */
  async function runTask(own: Deployment): Promise<string> {
    try {
      const task = await startTask(name, own.shown.taskDefinition);
      if (own.isOver) await task.stop();
      own.task = task;
      await task.healthy;
      if (own.shown.rolloutState === 'IN_PROGRESS' && !own.isOver) await complete(own);
      return await task.stopped;
    } catch (error) {
      return (error as Error).message;
    }
  }

  async function complete(own: Deployment): Promise<void> {
    const { id, taskDefinition } = own.shown;
    const others = deployments.filter((each) => each !== own);
    await Promise.all(others.map(end));
    deployments = [own];
    lastCompleted = taskDefinition;
    change(own, { rolloutState: 'COMPLETED', rolloutStateReason: `ECS deployment ${id} completed.`, failedTasks: 0 });
    tell(`(deployment ${id}) deployment completed.`);
    tell('has reached a steady state.');
  }

  function fail(own: Deployment): void {
    const { id } = own.shown;
    own.isOver = true;
    change(own, {
      rolloutState: 'FAILED',
      rolloutStateReason: 'ECS deployment circuit breaker: tasks failed to start.',
    });
    tell(`(deployment ${id}) deployment failed: tasks failed to start.`);
    if (!circuitBreaker.rollback || lastCompleted === undefined) return;
    const before = deployments.find(({ shown }) => shown.rolloutState === 'COMPLETED')?.shown.id ?? id;
    tell(`rolling back to deployment ${before}.`);
    begin(lastCompleted, `ECS deployment circuit breaker: rolling back to deploymentId ${before}.`);
  }

  async function end(deployment: Deployment): Promise<void> {
    deployment.isOver = true;
    await deployment.task?.stop();
  }

  return {
    deploy({ taskDefinition }: Service, request: DeploymentRequest): void {
      circuitBreaker = request.deploymentConfiguration?.deploymentCircuitBreaker ?? circuitBreaker;
      const isNew = deployments[0]?.shown.taskDefinition !== taskDefinition;
      if (isNew || request.forceNewDeployment) begin(taskDefinition);
    },
    describe({ desiredCount }: Service) {
      const countsOf = ({ task, isOver }: Deployment) => {
        const desired = isOver ? 0 : desiredCount;
        const running = task && !isOver ? desired : 0;
        return { desiredCount: desired, runningCount: running, pendingCount: desired - running };
      };
      const [primary] = deployments;
      return {
        desiredCount,
        runningCount: deployments.some(({ task }) => task) ? desiredCount : 0,
        pendingCount: primary ? countsOf(primary).pendingCount : 0,
        taskDefinition: primary?.shown.taskDefinition,
        deployments: deployments.map((each) => ({ ...each.shown, ...countsOf(each) })),
        events: events.slice(0, 100),
      };
    },
    end: () => Promise.all(deployments.map(end)),
  };
}

/** The deployments of all services, for an AWS in which tasks run. */
export function createDeployments(startTask: StartTask) {
  const services = new Map<string, ReturnType<typeof openService>>();
  return {
    deploy(service: Service, request: DeploymentRequest): void {
      const own = services.get(service.serviceArn) ?? openService(service.serviceName, startTask);
      services.set(service.serviceArn, own);
      own.deploy(service, request);
    },
    addTo(service: Service): void {
      Object.assign(service, services.get(service.serviceArn)?.describe(service));
    },
    async remove(serviceArn: string): Promise<void> {
      await services.get(serviceArn)?.end();
      services.delete(serviceArn);
    },
  };
}
