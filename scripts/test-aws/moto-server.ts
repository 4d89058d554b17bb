import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import getPort from 'get-port';

/** An AWS that is emulated by a process of its own. */
export interface MotoServer {
  url: string;
  stop(): Promise<void>;
}

const HOST = '127.0.0.1';

/** Milliseconds that it has to end. */
const STOP_MS = 3_000;

/**
 * Starts moto_server, empty and on a free port; it ends with this process at the latest. Rejects when it is not installed, ends, or does
 * not answer within `startMs`, since it loads all of AWS first.
 */
export async function startMotoServer(options: { env: NodeJS.ProcessEnv; startMs: number }): Promise<MotoServer> {
  const { env, startMs } = options;
  const port = await getPort({ host: HOST });
  const url = `http://${HOST}:${port}`;
  const moto = spawn('moto_server', ['-H', HOST, '-p', String(port)], { env, stdio: ['ignore', 'ignore', 'pipe'] });
  // For Ctrl-C and whatever else ends this process before its children.
  const kill = () => moto.kill('SIGKILL');
  process.once('exit', kill);
  let log = '';
  moto.stderr.setEncoding('utf8').on('data', (text: string) => {
    log = (log + text).slice(-1000);
  });
  const gone = new Promise<never>((_, reject) => {
    moto.once('error', reject);
    moto.once('exit', (code, signal) => reject(new Error(`it ended with ${signal ?? code}: ${log.trim()}`)));
  });
  gone.catch(() => undefined);
  const stop = async () => {
    process.off('exit', kill);
    await end(moto);
  };
  try {
    await Promise.race([untilItAnswers(`${url}/moto-api/`, startMs), gone]);
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
