import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import sharp from 'sharp';
import type { LocalStack } from '../local/stack.ts';

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
