import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Durability } from '../../shared/storage/objects/durability.ts';
import { startStack } from '../local/stack.ts';
import { type Bench, makePhoto } from './bench-setup.ts';
import type { Comparison } from './compare.ts';
import { runLoad } from './http-load.ts';

const UPLOADS = 400;
const CONNECTIONS = [1, 16];

/**
 * Uploads of photographs of about 100 kB through all of `npm start`, in uploads/s: answers that wait for the disk, compared with answers
 * that leave writing to the operating system.
 */
export async function durabilityPath({ folder }: Bench): Promise<Comparison[]> {
  const { bytes } = await makePhoto(folder, { width: 600, height: 400 });
  const measure = async (durability: Durability, concurrency: number): Promise<number> => {
    const data = await mkdtemp(join(folder, 'durability-'));
    const stack = await startStack({
      port: 0,
      folder: data,
      logLevel: 'error',
      readLog: (_, lines) => lines.pipe(process.stderr, { end: false }),
      durability,
    });
    try {
      const headers = { 'content-type': 'image/jpeg' };
      const load = { url: `${stack.targets['sync-upload']}/v1/images`, headers, body: bytes } as const;
      const upload = { ...load, method: 'POST', expectedStatus: 201 } as const;
      await runLoad(upload, { count: UPLOADS / 4, concurrency });
      return UPLOADS / (await runLoad(upload, { count: UPLOADS, concurrency }));
    } finally {
      await stack.stop();
      await rm(data, { recursive: true });
    }
  };
  return CONNECTIONS.map((connections) => ({
    name: `durability fsync beside os, ${connections}`,
    unit: 'uploads/s',
    floor: () => measure('os', connections),
    ours: () => measure('fsync', connections),
  }));
}
