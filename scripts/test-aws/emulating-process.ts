import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';

/** A program that emulates AWS, or a part of it, and where it answers. */
export interface EmulatingProcess {
  url: string;
  stop(): Promise<void>;
}

interface Program {
  /** The executable and its arguments. */
  command: readonly [string, ...string[]];
  env: NodeJS.ProcessEnv;
  /** Folder in which it runs; this process's own by default. */
  cwd?: string;
  /** Where it will answer. */
  url: string;
  /** Any answer to this path means that it has started. */
  path: string;
  /** Milliseconds that it has to answer. */
  startMs: number;
}

/** Milliseconds that it has to end. */
const STOP_MS = 3_000;

/** Characters of what it printed last that explain why it ended. */
const PRINTED_KEPT = 1000;

/** Starts one; it ends with this process at the latest. Rejects when it is not installed, ends, or does not answer in time. */
export async function startEmulatingProcess({
  command,
  env,
  cwd,
  url,
  path,
  startMs,
}: Program): Promise<EmulatingProcess> {
  const [executable, ...parameters] = command;
  const child = spawn(executable, parameters, { env, stdio: ['ignore', 'pipe', 'pipe'], ...(cwd && { cwd }) });
  // For Ctrl-C and whatever else ends this process before its children.
  const kill = () => child.kill('SIGKILL');
  process.once('exit', kill);
  let printed = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      printed = (printed + text).slice(-PRINTED_KEPT);
    });
  }
  const gone = new Promise<never>((_, reject) => {
    child.once('error', reject);
    child.once('exit', (code, signal) => reject(new Error(`it ended with ${signal ?? code}: ${printed.trim()}`)));
  });
  gone.catch(() => undefined);
  const stop = async () => {
    process.off('exit', kill);
    await end(child);
  };
  try {
    await Promise.race([untilItAnswers(`${url}${path}`, startMs), gone]);
  } catch (error) {
    await stop();
    throw error;
  }
  return { url, stop };
}

async function untilItAnswers(url: string, startMs: number): Promise<void> {
  for (const deadline = Date.now() + startMs; Date.now() < deadline; await sleep(100)) {
    if (await fetch(url).catch(() => undefined)) return;
  }
  throw new Error(`it did not answer within ${startMs / 1000} s`);
}

async function end(child: ChildProcess): Promise<void> {
  // One that could not be started has no id, and never ends.
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill();
  const timer = setTimeout(() => child.kill('SIGKILL'), STOP_MS);
  await ended;
  clearTimeout(timer);
}
