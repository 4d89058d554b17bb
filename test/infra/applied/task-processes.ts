import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import getPort from 'get-port';
import type { Targets } from '../../../scripts/gateway.ts';
import { COMPILE_CACHE } from '../../../scripts/local/compile-cache.ts';
import { HOST, statusOf } from '../../../scripts/local/loopback.ts';
import { HEALTH_PATHS, SERVICES } from '../../../shared/contracts/services.ts';
import { createTemporaryFolder } from '../../support/storage/temporary-folder.ts';
import type { RunningTask, StartTask } from '../stand-in/ecs-deployments.ts';
import { type AppliedProgram, type Place, prepareProgram } from './applied-program.ts';

/** Milliseconds for a task to become healthy, and from SIGTERM to SIGKILL. On a busy machine Node takes seconds to start. */
const HEALTHY_MS = 30_000;
const STOP_MS = 10_000;

/** Milliseconds between two looks at a task's health and memory. */
const LOOK_MS = 100;

/** What is in an image. */
export interface Image {
  /** The folder with the programs. */
  folder: string;
  environment: Record<string, string>;
}

interface Account {
  /** The URL of the emulated AWS, which is known only after it has got `startTask`. */
  endpoint(): string;
  accountId: string;
  /** The image of a digest; undefined for one that nobody has pushed. */
  imageOf(digest: string): Image | undefined;
}

export interface TaskProcesses {
  startTask: StartTask;
  /** The URLs of the healthy tasks, for a gateway. */
  targets: Targets;
  /** Everything that the programs have written. */
  log(): string;
  stop(): Promise<void>;
}

/** Runs the tasks of ECS services as processes of this machine, each by the programs of the version whose digest is in its task definition. */
export async function openTaskProcesses({ endpoint, accountId, imageOf }: Account): Promise<TaskProcesses> {
  const volumes = await createTemporaryFolder();
  const targets: Targets = {};
  const prepared = new Map<string, AppliedProgram>();
  const running = new Set<RunningTask>();
  const log: string[] = [];
  let isClosed = false;

  async function prepare(taskDefinition: string): Promise<AppliedProgram> {
    const place: Place = { endpoint: endpoint(), accountId, volumes: volumes.path };
    // ECS reports secrets that it cannot read in such a sentence.
    const program = await prepareProgram(place, taskDefinition).catch((error: Error) => {
      throw new Error(`ResourceInitializationError: unable to pull secrets or registry auth: ${error.message}`);
    });
    prepared.set(taskDefinition, program);
    return program;
  }

  const startTask: StartTask = async (_, taskDefinition) => {
    if (isClosed) return NEVER;
    const program = prepared.get(taskDefinition) ?? (await prepare(taskDefinition));
    const { image } = program.container;
    const contents = imageOf(image.split('@')[1] ?? '');
    if (!contents) throw new Error(`CannotPullContainerError: failed to resolve ref ${image}: not found`);
    const port = await getPort({ host: HOST });
    const task = run(program, { contents, port, log });
    running.add(task);
    void task.stopped.then(() => running.delete(task));
    const healthy = task.healthy.then(() => {
      targets[program.service] = `http://${HOST}:${port}`;
    });
    // Whoever waits for its health may first have to wait for something else.
    healthy.catch(() => undefined);
    return { ...task, healthy };
  };

  return {
    startTask,
    targets,
    log: () => log.join(''),
    async stop() {
      isClosed = true;
      await Promise.all([...running].map((task) => task.stop()));
      await Promise.all([...prepared.values()].map(({ guard }) => guard.stop()));
      await volumes.remove();
    },
  };
}

/** A task that neither starts nor fails, for services that want another one while everything is being stopped. */
const NEVER: RunningTask = {
  healthy: new Promise(() => undefined),
  stopped: new Promise(() => undefined),
  stop: async () => undefined,
};

interface Start {
  contents: Image;
  port: number;
  log: string[];
}

function run({ service, container, environment }: AppliedProgram, { contents, port, log }: Start): RunningTask {
  const { nodeOptions, processEnvironment } = SERVICES[service];
  const child = spawn(process.execPath, [...nodeOptions, join(contents.folder, 'containers', service, 'main.ts')], {
    env: {
      ...{ ...processEnvironment, ...contents.environment, ...environment },
      ...{ PORT: String(port), NODE_COMPILE_CACHE: COMPILE_CACHE },
    },
    // By the channel the program notices when this process has ended.
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  for (const stream of [child.stdout, child.stderr])
    stream?.setEncoding('utf8').on('data', (text) => log.push(String(text)));
  let reason: string | undefined;
  const kill = (why: string) => {
    reason ??= why;
    child.kill('SIGKILL');
  };
  const stopped = once(child, 'exit').then(
    ([code, signal]) => reason ?? `Essential container in task exited (exit code ${code ?? signal})`,
  );
  const hasEnded = () => child.exitCode !== null || child.signalCode !== null;
  void watchMemory(child, container.memory, kill);
  return {
    healthy: becomesHealthy(port, { stopped, hasEnded, kill }),
    stopped,
    async stop() {
      reason ??= 'Scaling activity initiated by deployment';
      child.kill('SIGTERM');
      const timer = setTimeout(() => child.kill('SIGKILL'), STOP_MS);
      await stopped;
      clearTimeout(timer);
    },
  };
}

interface Watched {
  stopped: Promise<string>;
  hasEnded(): boolean;
  kill(why: string): void;
}

/** Asks for the path that target groups and the worker's own health check ask for. */
async function becomesHealthy(port: number, { stopped, hasEnded, kill }: Watched): Promise<void> {
  const until = Date.now() + HEALTHY_MS;
  while (!hasEnded()) {
    if ((await statusOf(port, HEALTH_PATHS.liveness).catch(() => 0)) === 200) return;
    if (Date.now() > until) kill('Task failed ELB health checks');
    await sleep(LOOK_MS);
  }
  throw new Error(await stopped);
}

/** Ends a program that takes more than its container's memory, as the kernel does. Its own children are not counted. */
async function watchMemory({ pid }: ChildProcess, mostMib: number, kill: Watched['kill']): Promise<void> {
  for (;;) {
    const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
    const [, resident] = /^VmRSS:\s*(\d+) kB$/m.exec(status) ?? [];
    // A process that has ended has no memory.
    if (resident === undefined) return;
    if (Number(resident) > mostMib * 1024) return kill('OutOfMemoryError: Container killed due to memory usage');
    await sleep(LOOK_MS);
  }
}
