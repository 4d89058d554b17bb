import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';

/** A running program that emulates AWS or a part of it, and its URL. */
export interface EmulatingProcess {
  url: string;
  stop(): Promise<void>;
}

interface Program {
  /** The executable and its arguments. */
  command: readonly [string, ...string[]];
  env: NodeJS.ProcessEnv;
  /** The working directory; by default that of this process. */
  cwd?: string;
  /** The URL at which the program will answer. */
  url: string;
  /** Any answer to this path means that the program has started. */
  path: string;
  /** Milliseconds that the program has to answer. */
  startMs: number;
}

/** Milliseconds that a program has to end. */
const STOP_MS = 3_000;

/** How many of its last printed characters are kept to explain why a program ended. */
const PRINTED_KEPT = 1000;

/** Starts a program, which ends with this process at the latest. Rejects when it is not installed, ends, or does not answer in time. */
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
  // Ends the child where this process ends first, for instance by Ctrl-C.
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
  // A process that could not be started has no id, and never ends.
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill();
  const timer = setTimeout(() => child.kill('SIGKILL'), STOP_MS);
  await ended;
  clearTimeout(timer);
}
