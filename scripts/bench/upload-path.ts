import { type Bench, emptyBareFolder, MB } from './bench-setup.ts';
import type { Comparison } from './compare.ts';
import { runLoad } from './http-load.ts';

/** Concurrent uploads. More of them would only queue up on two cores. */
const CONCURRENCY = 8;

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
