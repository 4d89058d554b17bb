import { spawn } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from '../local/free-port.ts';
import { isListeningOn } from '../local/loopback.ts';

export interface Registry {
  /** `127.0.0.1:PORT` */
  host: string;
  stop(): void;
}

/** Starts Debian's docker-registry on this machine, with its data in a folder. */
export async function startRegistry(folder: string): Promise<Registry> {
  const host = `127.0.0.1:${await freePort()}`;
  const file = join(folder, 'registry.yml');
  const storage = { filesystem: { rootdirectory: join(folder, 'registry') } };
  // JSON is YAML.
  await writeFile(file, JSON.stringify({ version: '0.1', log: { level: 'error' }, storage, http: { addr: host } }));
  const child = spawn('docker-registry', ['serve', file], { stdio: 'ignore' });
  child.once('error', () => undefined);
  process.once('exit', () => child.kill());
  const port = Number(host.split(':')[1]);
  while (!(await isListeningOn(port))) {
    if (child.exitCode !== null || child.pid === undefined) throw new Error('docker-registry did not start.');
    await sleep(50);
  }
  return { host, stop: () => void child.kill() };
}
