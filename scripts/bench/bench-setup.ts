import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import sharp from 'sharp';
import type { LocalStack } from '../local/stack.ts';
import type { Comparison } from './compare.ts';
import { runLoad } from './http-load.ts';

/** Concurrent uploads and downloads. More of them would only queue up on two cores. */
const CONCURRENCY = 8;

/** What every path is measured with: a photograph, a folder, and the services. */
export interface Bench {
  folder: string;
  photo: Photo;
  stack: LocalStack;
  bareUrl: string;
  barePid: number;
  /** Resolves when the worker has finished `count` more renditions. */
  awaitReady(count: number): Promise<void>;
  /** The highest memory of an image process since the last call, in bytes. */
  peakMemory(): number;
}

export interface Photo {
  path: string;
  bytes: Buffer;
}

export const MB = 1_000_000;

/** A JPEG like that of a camera: some megabytes, with detail everywhere. */
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

/** Starts the bare server in a process of its own, because the services run in theirs. */
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

/**
 * Uploads of one photograph after the other through sync-upload, in MB/s, compared with a bare server that writes them to the same disk.
 */
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
