import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { HEALTH_PATHS, SERVICES, type ServiceName } from '../../shared/contracts/services.ts';
import type { Targets } from '../gateway.ts';
import { COMPILE_CACHE } from './compile-cache.ts';
import type { EmulatorName } from './emulators/emulators.ts';
import { isListeningOn, statusOf } from './loopback.ts';

/** A program that is kept running in a process of its own. */
export interface SupervisedProcess {
  name: string;
  /** The child process that runs now, with its IPC channel. */
  child(): ChildProcess;
  /** The id of the process that runs now. */
  pid(): number;
  /** Resolves when the program answers, for a service when its dependencies answer too; rejects if it ended before. */
  ready(): Promise<void>;
  /** Ends it as `stop` does and starts it at once, also one that died and waits for its next start. One call at a time. */
  restart(graceMs: number): Promise<void>;
  /** Sends SIGTERM, and SIGKILL if the process does not end within the time. */
  stop(graceMs: number): Promise<void>;
}

interface Program {
  name: string;
  /** Node's own options, the program, and what it is given. */
  command: readonly string[];
  env: Record<string, string>;
  /** The port on which it listens when it has started. */
  port: number;
  /** A further check for readiness, if there is one. */
  isReady?(): Promise<boolean>;
  readLog?(lines: Readable): void;
}

/** Milliseconds before a program that died is started again; doubled each time up to half a minute. */
const RESTART_MS = { first: 250, most: 30_000 };

/** Takes the log of a service, or of the gateway before them, one JSON object a line. */
export type LogReader = (service: ServiceName | 'gateway', lines: Readable) => void;

const programOf = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

/** Starts a service by its own main.ts. */
export function startService(
  service: ServiceName,
  env: Record<string, string>,
  readLog: LogReader,
  moreOptions: readonly string[] = [],
): SupervisedProcess {
  const { nodeOptions, processEnvironment } = SERVICES[service];
  return supervise({
    name: service,
    command: [...nodeOptions, ...moreOptions, programOf(`../../containers/${service}/main.ts`)],
    env: { ...processEnvironment, ...env },
    port: Number(env.PORT),
    isReady: async () => (await statusOf(Number(env.PORT), HEALTH_PATHS.readiness)) === 200,
    readLog: (lines) => readLog(service, lines),
  });
}

interface EmulatorSettings {
  port: number;
  folder?: string | undefined;
  env: Record<string, string>;
  moreOptions?: readonly string[];
}

/** Starts an emulator on a port. With a folder it has the same data when it is restarted. */
export function startEmulator(
  name: EmulatorName,
  { port, folder, env, moreOptions = [] }: EmulatorSettings,
): SupervisedProcess {
  return supervise({
    name,
    command: [
      ...moreOptions,
      programOf('./emulators/emulator-process.ts'),
      name,
      String(port),
      ...(folder ? [folder] : []),
    ],
    env,
    port,
    // Unsigned requests are refused, which is an answer.
    isReady: async () => (await statusOf(port)) > 0,
  });
}

/** Starts the gateway on a free port, before services that may not have started yet. */
export function startGateway(
  { port, targets, logLevel }: { port: number; targets: Targets; logLevel: string },
  readLog: LogReader,
  moreOptions: readonly string[] = [],
): SupervisedProcess {
  const services = Object.entries(targets).map(([service, url]) => `${service}=${url}`);
  return supervise({
    name: 'gateway',
    command: [...moreOptions, programOf('./gateway-process.ts'), String(port), logLevel, ...services],
    env: {},
    port,
    // The gateway is ready when it listens; the services behind it come later.
    readLog: (lines) => readLog('gateway', lines),
  });
}

/** Starts a program and keeps it running: one that dies once it was ready is started again, as ECS would. */
function supervise(program: Program): SupervisedProcess {
  const { name } = program;
  let child = launch(program);
  let wasReady = false;
  let stopping = false;
  let pause = RESTART_MS.first;
  let launched = performance.now();
  let nextStart: NodeJS.Timeout | undefined;
  let restarting = false;

  const start = () => {
    child = launch(program);
    launched = performance.now();
    watch(child);
  };
  const watch = (watched: ChildProcess) =>
    watched.once('exit', (code, signal) => {
      if (stopping || restarting || !wasReady) return;
      if (performance.now() - launched > RESTART_MS.most) pause = RESTART_MS.first;
      nextStart = setTimeout(() => {
        // Ctrl-C ends all of them, and this one may hear of theirs before its own.
        if (stopping) return;
        process.stderr.write(`${name} ended (${signal ?? code}); starting it again\n`);
        start();
      }, pause);
      pause = Math.min(pause * 2, RESTART_MS.most);
    });
  watch(child);

  return {
    name,
    child: () => child,
    pid: () => Number(child.pid),
    async ready() {
      // A fetch that nobody answers costs milliseconds, which the programs that are to start do not have then.
      const answers = async () => (await program.isReady?.().catch(() => false)) ?? true;
      while (!(await isListeningOn(program.port)) || !(await answers())) {
        if (child.exitCode !== null || child.signalCode !== null) throw new Error(`${name} did not start`);
        await sleep(25);
      }
      wasReady = true;
    },
    async restart(graceMs) {
      clearTimeout(nextStart);
      pause = RESTART_MS.first;
      restarting = true;
      await end(child, graceMs);
      restarting = false;
      if (!stopping) start();
    },
    async stop(graceMs) {
      stopping = true;
      await end(child, graceMs);
    },
  };
}

async function end(child: ChildProcess, graceMs: number): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill('SIGTERM');
  const timer = setTimeout(() => child.kill('SIGKILL'), graceMs);
  await ended;
  clearTimeout(timer);
}

function launch({ command, env, readLog }: Program): ChildProcess {
  // The channel tells the program when this process is gone, however it went.
  const child = spawn(process.execPath, [...command], {
    env: { NODE_COMPILE_CACHE: COMPILE_CACHE, ...env },
    stdio: ['ignore', readLog ? 'pipe' : 'ignore', 'inherit', 'ipc'],
    // Out of the group to which a terminal sends Ctrl-C: this process says when which ends.
    detached: true,
  });
  if (child.stdout) readLog?.(child.stdout);
  return child;
}
