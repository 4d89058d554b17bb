import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { SERVICES, type ServiceName } from '../../../shared/contracts/services.ts';
import { eventually } from '../eventually.ts';
import { send } from '../http/http-client.ts';
import { isRunning, openFilesOf } from '../processes.ts';

const GARBAGE = fileURLToPath(new URL('collect-garbage.ts', import.meta.url));

/** A service's own program, watched for faults. */
export interface WatchedProgram {
  service: ServiceName;
  port: number;
  pid: number;
  /** Log lines about failures of the program itself, and its output on standard error. */
  complaints: string[];
  /** All that it has written, on standard output and standard error. */
  lines: string[];
  isRunning(): boolean;
  /** Bytes in use after garbage collection. */
  memory(): Promise<number>;
  /**
   * The targets of its descriptors, without persistent connections to its dependencies. Sockets have no numbers here, because these always
   * differ.
   */
  openFiles(): string[];
  stop(): Promise<void>;
}

/** The sockets that are connected to one of these ports, as descriptors name them. See proc(5) for the columns of /proc/net/tcp. */
function connectionsTo(pid: number, ports: readonly number[]): Set<string> {
  const rows = readFileSync(`/proc/${pid}/net/tcp`, 'latin1').trim().split('\n').slice(1);
  const found = rows.flatMap((row) => {
    const [, , remote = '', , , , , , , inode] = row.trim().split(/\s+/);
    return ports.includes(Number.parseInt(remote.split(':')[1] ?? '', 16)) ? [`socket:[${inode}]`] : [];
  });
  return new Set(found);
}

/** Log lines of a failure of the service itself, even if its client has gone. */
const COMPLAINT = /"level":(50|60)|"code":"internal_error"/;

export async function startWatchedProgram(
  service: ServiceName,
  settings: Record<string, string>,
  { port, dependencies }: { port: number; dependencies: readonly number[] },
): Promise<WatchedProgram> {
  const main = fileURLToPath(new URL(`../../../containers/${service}/main.ts`, import.meta.url));
  const { nodeOptions, processEnvironment } = SERVICES[service];
  const child = spawn(process.execPath, [...nodeOptions, '--expose-gc', '--import', GARBAGE, main], {
    env: { ...processEnvironment, ...settings, LOG_LEVEL: 'info', PORT: String(port) },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  const complaints: string[] = [];
  const complain = (line: string) => void complaints.push(`${service}: ${line.slice(0, 2000)}`);
  const lines: string[] = [];
  createInterface({ input: child.stdout as NodeJS.ReadableStream }).on('line', (line) => {
    lines.push(line);
    if (COMPLAINT.test(line)) complain(line);
  });
  createInterface({ input: child.stderr as NodeJS.ReadableStream }).on('line', (line) => {
    lines.push(line);
    complain(line);
  });
  const pid = Number(child.pid);
  await eventually(`the ${service} is ready`, async () => {
    if (child.exitCode !== null) throw new Error(`the ${service} ended: ${complaints.join('\n')}`);
    // Uses a connection that is closed afterwards, because descriptors are counted.
    const answer = await send(`http://127.0.0.1:${port}`, { path: '/ready' }).catch(() => undefined);
    return answer?.status === 200;
  });
  return {
    service,
    port,
    pid,
    complaints,
    lines,
    isRunning: () => isRunning(pid) && child.exitCode === null,
    memory: () => measure(child),
    openFiles: () => {
      const kept = connectionsTo(pid, dependencies);
      const files = Object.values(openFilesOf(pid)).filter((target) => !kept.has(target));
      return files.map((target) => target.replace(/^(socket|pipe):.*/, '$1'));
    },
    async stop() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const ended = once(child, 'exit');
      child.kill('SIGKILL');
      await ended;
    },
  };
}

interface Measured {
  heapUsed: number;
  external: number;
}

async function measure(child: ChildProcess): Promise<number> {
  const answered = once(child, 'message', { signal: AbortSignal.timeout(30_000) }) as Promise<[Measured]>;
  child.send('measure');
  const [{ heapUsed, external }] = await answered;
  return heapUsed + external;
}
