import { createHash } from 'node:crypto';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { send } from '../http/http-client.ts';
import { type Exchange, startWatchedProxy, type WatchedProxy } from '../http/watched-proxy.ts';
import { paddedTo, photograph } from '../images/photographs.ts';
import { startServices } from './services.ts';
import { spawnUpload, type UploadProcess } from './upload-process.ts';

export type Request = Pick<Exchange, 'method' | 'path'>;

export const isPart = ({ method, path }: Request): boolean => method === 'PUT' && /\/parts\/\d+$/.test(path);
export const isCreate = ({ method, path }: Request): boolean => method === 'POST' && path === '/v1/uploads';
export const isComplete = ({ path }: Request): boolean => path.endsWith('/complete');
export const isSync = ({ method, path }: Request): boolean => method === 'POST' && path === '/v1/images';
export const partNumber = ({ path }: Request): number => Number(path.split('/').at(-1));
export const sha256 = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('base64');

/** The upload client's program, and the services behind a proxy that records its requests and can interfere. */
export interface UploadBench {
  folder: string;
  proxy: WatchedProxy;
  small: Buffer;
  /** A photograph of that many bytes, in a file. */
  file(name: string, length?: number): Promise<{ path: string; bytes: Buffer }>;
  start(...args: string[]): UploadProcess;
  /** Runs the client, which must succeed, and returns the records. */
  upload(...args: string[]): Promise<ReturnType<typeof JSON.parse>>;
  stateFiles(): Promise<string[]>;
  seen(what: (request: Request) => boolean): Exchange[];
  original(imageId: string): Promise<Buffer>;
  /** Forgets the recorded requests, and lets everything pass. */
  reset(): void;
  /** Ends the running clients, and removes their state. */
  clean(): Promise<void>;
  stop(): Promise<void>;
}

export async function startUploadBench(): Promise<UploadBench> {
  const folder = await mkdtemp(join(tmpdir(), 'image-service-upload-'));
  const services = await startServices();
  const proxy = await startWatchedProxy(services);
  const small = await photograph('jpeg', 100, 100);
  const running: UploadProcess[] = [];
  const stateFiles = (): Promise<string[]> => readdir(join(folder, 'image-service', 'uploads')).catch(() => []);
  const start = (...args: string[]): UploadProcess => {
    const process = spawnUpload({ XDG_STATE_HOME: folder }, '--url', proxy.url, ...args);
    running.push(process);
    return process;
  };
  return {
    folder,
    proxy,
    small,
    start,
    stateFiles,
    async file(name, length = small.length) {
      const bytes = Buffer.concat([...paddedTo(small, length)]);
      await writeFile(join(folder, name), bytes);
      return { path: join(folder, name), bytes };
    },
    async upload(...args) {
      const { status, stdout, stderr } = await start('--json', ...args).ended;
      expect(status, stderr).to.equal(0);
      expect(await stateFiles(), 'state that is left').to.deep.equal([]);
      return JSON.parse(stdout);
    },
    seen: (what) => proxy.exchanges.filter(what),
    original: async (imageId) => (await send(proxy.url, { path: `/v1/images/${imageId}/original` })).body,
    reset() {
      proxy.exchanges.length = 0;
      proxy.before = () => 'pass';
      proxy.after = () => 'pass';
    },
    async clean() {
      for (const { child, ended } of running.splice(0)) {
        child.kill('SIGKILL');
        await ended;
      }
      await rm(join(folder, 'image-service'), { recursive: true, force: true });
    },
    async stop() {
      await proxy.stop();
      await services.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
