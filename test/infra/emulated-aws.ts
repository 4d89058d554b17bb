import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import getPort from 'get-port';
import { type AwsStandIn, startAwsStandIn } from './aws-stand-in.ts';

const HOST = '127.0.0.1';

/** Milliseconds that moto_server has to answer, and then to end. */
const START_MS = 60_000;
const STOP_MS = 3_000;

export interface EmulatedAws {
  /** Of the stand-in: what Terraform and the teardown ask. */
  endpoint: string;
  /** Of moto itself. */
  motoUrl: string;
  stop(): Promise<void>;
}

/** Starts an AWS with one account, empty and on free ports. */
export async function startEmulatedAws(accountId: string): Promise<EmulatedAws> {
  const port = await getPort({ host: HOST });
  const motoUrl = `http://${HOST}:${port}`;
  const env = { ...process.env, MOTO_ACCOUNT_ID: accountId };
  const moto = spawn('moto_server', ['-H', HOST, '-p', String(port)], { env, stdio: 'ignore' });
  const kill = () => moto.kill('SIGKILL');
  process.once('exit', kill);
  const stopMoto = async () => {
    process.off('exit', kill);
    await end(moto);
  };
  let standIn: AwsStandIn;
  try {
    await untilItAnswers(moto, `${motoUrl}/moto-api/`);
    standIn = await startAwsStandIn(motoUrl, accountId);
  } catch (error) {
    await stopMoto();
    throw error;
  }
  return {
    endpoint: standIn.url,
    motoUrl,
    stop: async () => {
      await standIn.stop();
      await stopMoto();
    },
  };
}

async function untilItAnswers(child: ChildProcess, url: string): Promise<void> {
  const failed = once(child, 'exit').then(([code]) => {
    throw new Error(`moto_server ended with ${code}`);
  });
  const answers = async () => {
    for (const deadline = Date.now() + START_MS; Date.now() < deadline; await sleep(100)) {
      if (await fetch(url).catch(() => undefined)) return;
    }
    throw new Error(`moto_server did not answer within ${START_MS / 1000} s`);
  };
  await Promise.race([answers(), failed]);
  failed.catch(() => undefined);
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill();
  const timer = setTimeout(() => child.kill('SIGKILL'), STOP_MS);
  await ended;
  clearTimeout(timer);
}
