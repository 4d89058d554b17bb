import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { HEALTH_PATHS, SERVICES, type ServiceName } from '../../shared/contracts/services.ts';
import type { Targets } from '../gateway.ts';
import { COMPILE_CACHE } from './compile-cache.ts';
import type { EmulatorName } from './emulators.ts';
import { isListeningOn, statusOf } from './listening.ts';

/** A program that is kept running in a process of its own. */
export interface KeptProcess {
  name: string;
  /** The one that runs now, over whose channel it can be spoken to. */
  child(): ChildProcess;
  /** Of the process that runs now. */
  pid(): number;
  /** Resolves when it answers, and a service when all it depends on answers too; rejects when it ended before. */
  ready(): Promise<void>;
  /** Asks it to end and, if it does not within the time, ends it. */
  stop(graceMs: number): Promise<void>;
}

interface Program {
  name: string;
  /** Node's own options, the program, and what it is given. */
  command: readonly string[];
  env: Record<string, string>;
  /** Where it listens before anything is asked of it. */
  port: number;
  /** What else is asked of it, if anything. */
  isReady?(): Promise<boolean>;
  readLog?(lines: Readable): void;
}

/** Milliseconds before a program that died is started again; doubled each time up to half a minute. */
const RESTART_MS = { first: 250, most: 30_000 };

/** Takes the log of a service, or of the gateway before them, one JSON object a line. */
export type LogReader = (service: ServiceName | 'gateway', lines: Readable) => void;

const programOf = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

/** A service by its own main.ts. */
export function startService(
  service: ServiceName,
  env: Record<string, string>,
  readLog: LogReader,
  moreOptions: readonly string[] = [],
): KeptProcess {
  const { nodeOptions, processEnvironment } = SERVICES[service];
  return keepRunning({
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

/** An emulator on a port, which has the same data when it is started again, if it has a folder for them. */
export function startEmulator(
  name: EmulatorName,
  { port, folder, env, moreOptions = [] }: EmulatorSettings,
): KeptProcess {
  return keepRunning({
    name,
    command: [...moreOptions, programOf('./emulator-process.ts'), name, String(port), ...(folder ? [folder] : [])],
    env,
    port,
    // Whoever does not sign is refused, and that is an answer.
    isReady: async () => (await statusOf(port)) > 0,
  });
}

/** The gateway, on a port that is free, before services that may not be there yet. */
export function startGateway(
  { port, targets, logLevel }: { port: number; targets: Targets; logLevel: string },
  readLog: LogReader,
  moreOptions: readonly string[] = [],
): KeptProcess {
  const services = Object.entries(targets).map(([service, url]) => `${service}=${url}`);
  return keepRunning({
    name: 'gateway',
    command: [...moreOptions, programOf('./gateway-process.ts'), String(port), logLevel, ...services],
    env: {},
    port,
    // That it listens is all of it: what it is asked for is the services' to answer, which come later.
    readLog: (lines) => readLog('gateway', lines),
  });
}

/** Starts a program and keeps it running: one that dies once it was ready is started again, as ECS would. */
function keepRunning(program: Program): KeptProcess {
  const { name } = program;
  let child = launch(program);
  let wasReady = false;
  let stopping = false;
  let pause = RESTART_MS.first;
  let launched = performance.now();

  const watch = () =>
    child.once('exit', (code, signal) => {
      if (stopping || !wasReady) return;
      if (performance.now() - launched > RESTART_MS.most) pause = RESTART_MS.first;
      setTimeout(() => {
        // Ctrl-C ends all of them, and this one may hear of theirs before its own.
        if (stopping) return;
        process.stderr.write(`${name} ended (${signal ?? code}); starting it again\n`);
        child = launch(program);
        launched = performance.now();
        watch();
      }, pause);
      pause = Math.min(pause * 2, RESTART_MS.most);
    });
  watch();

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
    async stop(graceMs) {
      stopping = true;
      if (child.exitCode !== null || child.signalCode !== null) return;
      const ended = once(child, 'exit');
      child.kill('SIGTERM');
      const timer = setTimeout(() => child.kill('SIGKILL'), graceMs);
      await ended;
      clearTimeout(timer);
    },
  };
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
