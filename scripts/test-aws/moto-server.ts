import getPort from 'get-port';
import { type EmulatingProcess, startEmulatingProcess } from './emulating-process.ts';

const HOST = '127.0.0.1';

/** Starts an empty moto_server on a free port. It loads all of AWS before it answers, which takes time. */
export async function startMotoServer({
  env,
  startMs,
}: {
  env: NodeJS.ProcessEnv;
  startMs: number;
}): Promise<EmulatingProcess> {
  const port = await getPort({ host: HOST });
  return startEmulatingProcess({
    command: ['moto_server', '-H', HOST, '-p', String(port)],
    env,
    url: `http://${HOST}:${port}`,
    path: '/moto-api/',
    startMs,
  });
}
