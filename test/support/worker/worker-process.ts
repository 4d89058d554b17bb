import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { SERVICES, type ServiceName } from '../../../shared/contracts/services.ts';
import { eventually } from '../eventually.ts';

/** A service's main.ts in a separate process. */
export interface ServiceProcess {
  child: ChildProcess;
  /** Resolves when its port answers. */
  listening(): Promise<void>;
  get(path: string): Promise<{ status: number; body: Record<string, unknown> }>;
  stderr(): string;
  /** Its exit status, or the signal that ended it. */
  ended(deadline?: number): Promise<number | string>;
}

export type WorkerProcess = ServiceProcess;

export const spawnWorker = (env: Record<string, string>, as?: SpawnAs): WorkerProcess =>
  spawnService('worker', env, as);

/** The user of a process, and the Node that it runs. */
export interface SpawnAs {
  execPath?: string;
  uid?: number;
  gid?: number;
}

export function spawnService(service: ServiceName, env: Record<string, string>, as: SpawnAs = {}): ServiceProcess {
  const main = fileURLToPath(new URL(`../../../containers/${service}/main.ts`, import.meta.url));
  const { nodeOptions, processEnvironment } = SERVICES[service];
  const all = { ...processEnvironment, ...env };
  const { execPath = process.execPath, ...owner } = as;
  const child = spawn(execPath, [...nodeOptions, main], {
    ...owner,
    env: all,
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  });
  // Waits for the end of stderr and not for `close`, which does not come once this side has closed the channel.
  const read = once(child.stderr ?? child, 'end');
  let stderr = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  const status = () => child.exitCode ?? child.signalCode ?? undefined;
  const get: ServiceProcess['get'] = async (path) => {
    const response = await fetch(`http://127.0.0.1:${env.PORT}${path}`);
    return { status: response.status, body: (await response.json()) as Record<string, unknown> };
  };
  return {
    child,
    get,
    stderr: () => stderr,
    async listening() {
      await eventually(`the ${service} listens`, () => {
        if (status() !== undefined) throw new Error(`the ${service} ended: ${stderr}`);
        return get('/health').catch(() => undefined);
      });
    },
    async ended(deadline) {
      await eventually(`the ${service} ends`, () => status() !== undefined, deadline);
      await read;
      return status() ?? 'running';
    },
  };
}
