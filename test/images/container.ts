import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { eventually } from '../support/eventually.ts';

/** A folder of this machine at a path in a container, in which its user may write. */
interface Mount {
  from: string;
  at: string;
}

export interface ContainerOptions {
  /** The file system of its image. */
  root: string;
  command: readonly string[];
  environment: Record<string, string>;
  /** Of user and group, as `1000:1000`. */
  user: string;
  workingDirectory: string;
  mounts?: readonly Mount[];
}

/** A program that runs in the file system of an image. */
export interface Container {
  /** What it has written so far. */
  output(): string;
  /** Its process, as this machine numbers it. */
  pid(): number;
  /** Sends a signal to the program, which is process 1 of its container. */
  kill(signal: NodeJS.Signals): void;
  /** The exit status, once it has ended. */
  ended(): Promise<number | string>;
  hasEnded(): boolean;
}

const DEVICES = ['null', 'zero', 'full', 'random', 'urandom'];

/**
 * What ECS has Docker do: a root that nobody writes to, namespaces of its own for processes, mounts, IPC and names, no capabilities, and no way
 * to get any. The network is this machine's, as with ECS's host mode.
 */
const SCRIPT = `
set -eu
root=$1 user=$2 group=$3 folder=$4 mounts=$5
shift 5
mount --bind "$root" "$root"
mount -t proc proc "$root/proc"
mount -t tmpfs -o mode=755 tmpfs "$root/dev"
for device in ${DEVICES.join(' ')}; do
  : > "$root/dev/$device"
  mount --bind "/dev/$device" "$root/dev/$device"
done
for pair in $mounts; do mount --bind "\${pair%%=*}" "$root\${pair#*=}"; done
mount -o remount,bind,ro "$root"
exec chroot "$root" /usr/bin/setpriv --reuid "$user" --regid "$group" --clear-groups --no-new-privs \\
  --bounding-set=-all --inh-caps=-all /usr/bin/env --chdir="$folder" "$@"
`;

/** Starts a program as a container would, with exactly this environment. */
export function startContainer(options: ContainerOptions): Container {
  const { root, command, environment, user, workingDirectory, mounts = [] } = options;
  for (const { at } of mounts) mkdirSync(join(root, at), { recursive: true });
  const [uid = '', gid = ''] = user.split(':');
  const pairs = mounts.map(({ from, at }) => `${from}=${at}`).join(' ');
  const namespaces = ['--mount', '--pid', '--ipc', '--uts', '--propagation', 'private', '--fork', '--kill-child'];
  const child = spawn(
    'unshare',
    [...namespaces, '/bin/sh', '-c', SCRIPT, 'sh', root, uid, gid, workingDirectory, pairs, ...command],
    { env: environment, stdio: ['ignore', 'pipe', 'pipe'] },
  );
  const end = () => void child.kill('SIGKILL');
  process.once('exit', end);
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text) => (output += text));
  const closed = once(child, 'close');
  child.once('close', () => process.off('exit', end));
  return {
    output: () => output,
    pid: () => firstProcess(child),
    kill: (signal) => void process.kill(firstProcess(child), signal),
    ended: async () => {
      const [code, signal] = await closed;
      return code ?? signal;
    },
    hasEnded: () => child.exitCode !== null || child.signalCode !== null,
  };
}

/** `unshare` passes no signals on to the one process that it has started. */
function firstProcess({ pid }: ChildProcess): number {
  return Number(readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim());
}

/** Runs a program to its end, and returns its status and what it has written. */
export async function runContainer(options: ContainerOptions): Promise<{ status: number | string; output: string }> {
  const container = startContainer(options);
  const status = await container.ended();
  return { status, output: container.output() };
}

/** Waits until something holds of a container that must not end meanwhile. */
export async function holds(container: Container, what: string, look: () => Promise<boolean>): Promise<void> {
  const held = async () => {
    if (container.hasEnded()) throw new Error('The container has ended.');
    return look().catch(() => false);
  };
  await eventually(what, held, 60_000).catch((error: Error) => {
    throw new Error(`${error.message}\n${container.output()}`, { cause: error });
  });
}
