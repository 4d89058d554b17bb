import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { eventually } from '../eventually.ts';
import { type Answered, jsonOf, send } from '../http/http-client.ts';
import { paddedTo, photograph } from '../images/photographs.ts';
import { commandOf } from '../processes.ts';
import { multipartClient } from '../services/multipart-client.ts';
import { descendants, type StartProcess, spawnStartAbove } from '../services/start-process.ts';
import { createTemporaryFolder } from '../storage/temporary-folder.ts';
import type { Scene } from './acts.ts';
import { type Injector, openInjector } from './injector.ts';

/** A part of the command line that identifies each process of `npm start`. */
export const PROCESSES = {
  'npm start': 'scripts/start.ts',
  gateway: '/gateway-process.ts',
  dynamodb: 'emulator-process.ts dynamodb',
  sqs: 'emulator-process.ts sqs',
  'sync-upload': '/sync-upload/main.ts',
  'async-upload': '/async-upload/main.ts',
  download: '/download/main.ts',
  worker: '/worker/main.ts',
  'image process': '/image-process.ts',
} as const;
export type ProcessName = keyof typeof PROCESSES;

/** `npm start` on its own folder, below which faults can be injected. */
export interface Stage {
  data: string;
  injector: Injector;
  start(): Promise<void>;
  /** Ends npm start. With SIGKILL it finishes nothing. */
  stop(signal: 'SIGTERM' | 'SIGKILL'): Promise<void>;
  process(): StartProcess;
  pidsOf(name: ProcessName): number[];
  /** Stores an image with a rendition and another image, for the acts. */
  setScene(inParts?: boolean): Promise<Scene>;
  url(): string;
  /** Uploads one more image, which may be deleted. */
  upload(): Promise<string>;
  close(): Promise<void>;
}

/** More bytes than are written at once. */
const ORIGINAL_BYTES = 600_000;

export async function openStage(): Promise<Stage> {
  const folder = await createTemporaryFolder();
  const data = join(folder.path, 'data');
  const injector = await openInjector(folder.path, data);
  const original = Buffer.concat([...paddedTo(await photograph('jpeg', 300, 200), ORIGINAL_BYTES)]);
  let started: StartProcess | undefined;
  let url = '';
  let renditions = 0;
  const running = (): StartProcess => {
    if (!started) throw new Error('npm start has not been started.');
    return started;
  };

  const stage: Stage = {
    data,
    injector,
    process: running,
    async start() {
      started = spawnStartAbove(injector.library, '--port', '0', '--data', data, '--log', 'warn');
      url = await started.ready();
    },
    async stop(signal) {
      const { child, ended } = running();
      if (child.exitCode !== null || child.signalCode !== null) return;
      const all = descendants(Number(child.pid));
      if (signal === 'SIGKILL') killAtOnce([Number(child.pid), ...all]);
      else child.kill(signal);
      await ended();
      await eventually('all processes end', () => !all.some(isThere));
    },
    pidsOf: (name) => {
      const own = Number(running().child.pid);
      return [own, ...descendants(own)].filter((pid) => commandOf(pid).includes(PROCESSES[name]));
    },
    url: () => url,
    async setScene(inParts = false) {
      const subject = inParts
        ? await uploadedInParts(url, original)
        : await uploaded(url, original, '?rendition=thumb');
      const path = `/v1/images/${subject.imageId}/renditions/thumb`;
      const thumb = await eventually('a rendition is made', async () => {
        const answer = await send(url, { path, headers: { prefer: 'wait=10' } });
        return answer.status === 200 && answer.body;
      });
      const doomed = await stage.upload();
      const ledger = { stored: [], accepted: [], deleted: [] };
      return { url, original, subject, thumb, doomed, ledger, rendition: `r${++renditions}` };
    },
    upload: async () => (await uploaded(url, original)).imageId,
    async close() {
      injector.lift();
      injector.turnClock(0);
      if (started) await stage.stop('SIGTERM');
      injector.close();
      await folder.remove();
    },
  };
  return stage;
}

async function uploaded(url: string, original: Buffer, query = ''): Promise<Scene['subject']> {
  const answer: Answered = await send(url, { method: 'POST', path: `/v1/images${query}`, body: original });
  expect(answer.status, answer.body.toString()).to.equal(201);
  return { imageId: jsonOf(answer).imageId, original };
}

async function uploadedInParts(url: string, original: Buffer): Promise<Scene['subject']> {
  const client = multipartClient(() => url);
  const { upload, parts } = await client.uploaded([original], { renditions: ['thumb'] });
  await client.completed(upload.uploadId, parts);
  return { imageId: upload.imageId, original };
}

/** Stops the processes first, so that none notices the end of another. */
function killAtOnce(pids: number[]): void {
  for (const signal of ['SIGSTOP', 'SIGKILL'] as const) for (const pid of pids) process.kill(pid, signal);
}

/** A zombie has no command line. */
const isThere = (pid: number): boolean => commandOf(pid) !== '';

/** Names of files and folders below the object store. */
export const namesIn = (stage: Stage, ...folders: string[]): Promise<string[]> =>
  readdir(join(stage.data, 'object-store', ...folders));
