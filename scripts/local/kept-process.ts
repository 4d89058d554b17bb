import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { HEALTH_PATHS, SERVICES, type ServiceName } from '../../shared/contracts/services.ts';
import type { EmulatorName } from './emulators.ts';

/** A program that is kept running in a process of its own. */
export interface KeptProcess {
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
  isReady(): Promise<boolean>;
  readLog?(lines: Readable): void;
}

/** Milliseconds before a program that died is started again; doubled each time up to half a minute. */
const RESTART_MS = { first: 250, most: 30_000 };

/** Takes the log of a service, or of the gateway before them, one JSON object a line. */
export type LogReader = (service: ServiceName | 'gateway', lines: Readable) => void;

const programOf = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

/** A service by its own main.ts. */
export function startService(service: ServiceName, env: Record<string, string>, readLog: LogReader): KeptProcess {
  const { nodeOptions, processEnvironment } = SERVICES[service];
  return keepRunning({
    name: service,
    command: [...nodeOptions, programOf(`../../containers/${service}/main.ts`)],
    env: { ...processEnvironment, ...env },
    isReady: async () => (await fetch(`http://127.0.0.1:${env.PORT}${HEALTH_PATHS.readiness}`)).ok,
    readLog: (lines) => readLog(service, lines),
  });
}

/** An emulator on a port, which has the same data when it is started again, if it has a folder for them. */
export function startEmulator(
  name: EmulatorName,
  { port, folder, env }: { port: number; folder?: string | undefined; env: Record<string, string> },
): KeptProcess {
  return keepRunning({
    name,
    command: [programOf('./emulator-process.ts'), name, String(port), ...(folder ? [folder] : [])],
    env,
    // Whoever does not sign is refused, and that is an answer.
    isReady: async () => (await fetch(`http://127.0.0.1:${port}`)).status > 0,
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
      process.stderr.write(`${name} ended (${signal ?? code}); starting it again in ${pause / 1000} s\n`);
      setTimeout(() => {
        if (stopping) return;
        child = launch(program);
        launched = performance.now();
        watch();
      }, pause);
      pause = Math.min(pause * 2, RESTART_MS.most);
    });
  watch();

  return {
    pid: () => Number(child.pid),
    async ready() {
      while (!(await program.isReady().catch(() => false))) {
        if (child.exitCode !== null || child.signalCode !== null) throw new Error(`${name} did not start`);
        await new Promise((resolve) => setTimeout(resolve, 25));
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
    env,
    stdio: ['ignore', readLog ? 'pipe' : 'ignore', 'inherit', 'ipc'],
  });
  if (child.stdout) readLog?.(child.stdout);
  return child;
}
