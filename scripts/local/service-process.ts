import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import type { ServiceName } from '../../shared/contracts/services.ts';
import { HEALTH_PATHS, SERVICES } from '../../shared/contracts/services.ts';

/** A service's own main.ts in a process of its own. */
export interface ServiceProcess {
  /** Of the process that runs now. */
  pid(): number;
  /** Resolves when the service and all it depends on answer; rejects when it ended before. */
  ready(): Promise<void>;
  /** Asks it to end and, if it does not within the time, ends it. */
  stop(graceMs: number): Promise<void>;
}

/** Milliseconds before a service that died is started again; doubled each time up to half a minute. */
const RESTART_MS = { first: 500, most: 30_000 };

/** Takes the log of a service, or of the gateway before them, one JSON object a line. */
export type LogReader = (service: ServiceName | 'gateway', lines: Readable) => void;

/** Starts a service and keeps it running: one that dies once it was ready is started again, as ECS would. */
export function startService(service: ServiceName, env: Record<string, string>, readLog: LogReader): ServiceProcess {
  let child = launch(service, env, readLog);
  let wasReady = false;
  let stopping = false;
  let pause = RESTART_MS.first;
  let launched = performance.now();

  const watch = () =>
    child.once('exit', (code, signal) => {
      if (stopping || !wasReady) return;
      process.stderr.write(`${service} ended (${signal ?? code}); starting it again in ${pause / 1000} s\n`);
      setTimeout(() => {
        if (stopping) return;
        child = launch(service, env, readLog);
        launched = performance.now();
        watch();
      }, pause);
      const lasted = performance.now() - launched > RESTART_MS.most;
      pause = lasted ? RESTART_MS.first : Math.min(pause * 2, RESTART_MS.most);
    });
  watch();

  return {
    pid: () => Number(child.pid),
    async ready() {
      const url = `http://127.0.0.1:${env.PORT}${HEALTH_PATHS.readiness}`;
      while (!(await answers(url))) {
        if (child.exitCode !== null || child.signalCode !== null) throw new Error(`${service} did not start`);
        await new Promise((resolve) => setTimeout(resolve, 50));
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

function launch(service: ServiceName, env: Record<string, string>, readLog: LogReader): ChildProcess {
  const main = fileURLToPath(new URL(`../../containers/${service}/main.ts`, import.meta.url));
  // The channel tells the service when this process is gone, however it went.
  const { nodeOptions, processEnvironment } = SERVICES[service];
  const child = spawn(process.execPath, [...nodeOptions, main], {
    env: { ...processEnvironment, ...env },
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
  });
  if (child.stdout) readLog(service, child.stdout);
  return child;
}

async function answers(url: string): Promise<boolean> {
  try {
    return (await fetch(url)).ok;
  } catch {
    return false;
  }
}
