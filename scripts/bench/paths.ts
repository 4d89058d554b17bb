import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import sharp from 'sharp';
import type { LocalStack } from '../local/stack.ts';
import { runLoad } from './http-load.ts';
import type { Comparison } from './measure.ts';

/** Uploads and downloads at once; more only queue up on two cores. */
const CONCURRENCY = 8;

/** What the bench works with: a photograph, a folder, and the services. */
export interface Bench {
  folder: string;
  photo: Photo;
  stack: LocalStack;
  bareUrl: string;
  barePid: number;
  /** Resolves when the worker has finished so many renditions more. */
  awaitReady(count: number): Promise<void>;
  /** The most memory that an image process had since the last call, bytes. */
  peakMemory(): number;
}

export interface Photo {
  path: string;
  bytes: Buffer;
}

export const MB = 1_000_000;

/** As a camera makes them: some megabytes, detail everywhere. */
export async function makePhoto(folder: string, size = { width: 4000, height: 3000 }): Promise<Photo> {
  const path = join(folder, `photo-${size.width}.jpg`);
  const noise = { type: 'gaussian' as const, mean: 128, sigma: 40 };
  const grain = await sharp({ create: { ...size, channels: 3, background: '#777777', noise } })
    .blur(1.2)
    .png({ compressionLevel: 1 })
    .toBuffer();
  const bytes = await sharp(grain).linear(1.6, -70).jpeg({ quality: 90 }).toBuffer();
  await writeFile(path, bytes);
  return { path, bytes };
}

/** Starts the bare server in a process of its own, as the services are. */
export async function startBareServer(folder: string): Promise<{ url: string; pid: number; stop(): void }> {
  await mkdir(folder, { recursive: true });
  const main = fileURLToPath(new URL('bare-server.ts', import.meta.url));
  const child: ChildProcess = spawn(process.execPath, [main, folder], { stdio: ['ignore', 'pipe', 'inherit', 'ipc'] });
  const [port] = await once(createInterface({ input: child.stdout as Readable }), 'line');
  return { url: `http://127.0.0.1:${port}`, pid: Number(child.pid), stop: () => child.kill() };
}

export async function emptyBareFolder(folder: string): Promise<void> {
  await rm(join(folder, 'bare'), { recursive: true });
  await mkdir(join(folder, 'bare'));
}

/** One photograph after the other through sync-upload, beside a bare server that writes it to the same disk. MB/s. */
export function uploadPath({ folder, photo, stack, bareUrl }: Bench): Comparison {
  const count = 120;
  const measure = async (url: string) => {
    const load = {
      url,
      method: 'POST',
      headers: { 'content-type': 'image/jpeg' },
      body: photo.bytes,
      expectedStatus: 201,
    } as const;
    const seconds = await runLoad(load, { count, concurrency: CONCURRENCY });
    return (count * photo.bytes.length) / MB / seconds;
  };
  return {
    name: 'upload',
    unit: 'MB/s',
    target: 0.5,
    floor: async () => {
      const figure = await measure(`${bareUrl}/`);
      await emptyBareFolder(folder);
      return figure;
    },
    ours: () => measure(`${stack.targets['sync-upload']}/v1/images`),
  };
}
