import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import { driveLoad, type Load } from './autocannon-load.ts';
import { type Bench, MB } from './bench-setup.ts';
import type { Comparison, Figures } from './compare.ts';
import { peakMemoryOf } from './resident-memory.ts';

/** Sizes of the objects in bytes: a thumbnail, an image on a page, and a photograph of a camera with many pixels. */
const SIZES = { '20 kB': 20_000, '500 kB': 500_000, '50 MB': 50 * MB } as const;
type Size = keyof typeof SIZES;

const CONNECTIONS = [1, 16, 256];

/** The size of a typical range request, by a viewer that shows a part of a large image. */
const RANGE_BYTES = 64 * 1024;

/**
 * How many whole large objects are downloaded at each number of connections, about two seconds' worth. 256 connections are left out: they
 * would download 13 GB.
 */
const LARGE_AMOUNTS = new Map([
  [1, 8],
  [16, 32],
]);

/** An answer that is measured: its request, and the request to its floor. */
interface Answer {
  name: string;
  ours: Pick<Load, 'url' | 'headers' | 'expectedStatus'>;
  floor: Pick<Load, 'url' | 'headers' | 'expectedStatus'>;
  /** The share of its floor that a good implementation reaches with 16 connections. */
  target?: number;
  amounts?: Map<number, number>;
}

/**
 * Originals of three sizes from the download service itself, compared with a bare Node server that streams the same bytes from the same
 * disk. It requests whole objects, a range, and a 304, whose floor is an answer of five bytes from memory.
 */
export async function downloadPath(bench: Bench): Promise<Comparison[]> {
  const answers: Answer[] = [];
  for (const size of Object.keys(SIZES) as Size[]) answers.push(...(await answersFor(bench, size)));
  return answers.flatMap(({ amounts, ...answer }) =>
    CONNECTIONS.filter((connections) => !amounts || amounts.has(connections)).map((connections) =>
      comparisonOf(bench, answer, { connections, amount: amounts?.get(connections) }),
    ),
  );
}

function comparisonOf(
  { barePid, stack }: Bench,
  { name, ours, floor, target }: Answer,
  how: Pick<Load, 'connections' | 'amount'>,
): Comparison {
  const measure = async (request: Answer['ours'], pid: number): Promise<Figures> => {
    const { result, memory } = await peakMemoryOf(pid, () => driveLoad({ ...request, ...how }));
    return { rate: result.requestsPerSecond, ...result, ...(memory !== undefined && { memory }) };
  };
  const isJudged = target !== undefined && how.connections === 16;
  return {
    name: `download, ${name}, ${how.connections}`,
    unit: 'requests/s',
    ...(isJudged ? { target } : { rounds: 1 }),
    floor: () => measure(floor, barePid),
    ours: () => measure(ours, stack.pidOf('download')),
  };
}

async function answersFor({ folder, stack, bareUrl }: Bench, size: Size): Promise<Answer[]> {
  const bytes = await imageOf(SIZES[size]);
  await writeFile(join(folder, 'bare', size.replace(' ', '-')), bytes);
  const url = `${bareUrl}/${size.replace(' ', '-')}`;
  const original = await upload(`${stack.targets['sync-upload']}/v1/images`, bytes);
  const ours = `${stack.targets.download}${original}`;
  const { headers } = await fetch(ours, { method: 'HEAD' });
  const pair = (asked: Record<string, string>, expectedStatus: number) => ({
    ours: { url: ours, headers: asked, expectedStatus },
    floor: { url, headers: asked, expectedStatus },
  });
  const start = Math.floor((bytes.length - RANGE_BYTES) / 2);
  const whole = pair({}, 200);
  const range = pair({ range: `bytes=${start}-${start + RANGE_BYTES - 1}` }, 206);
  const unchanged = pair({ 'if-none-match': String(headers.get('etag')) }, 304);
  const hello = { url: `${bareUrl}/hello`, headers: {}, expectedStatus: 200 };
  return {
    '20 kB': [{ name: size, ...whole }],
    '500 kB': [
      { name: size, ...whole, target: 0.7 },
      { name: `64 KiB of ${size}`, ...range },
      { name: '304', ...unchanged, floor: hello, target: 0.5 },
    ],
    '50 MB': [
      { name: size, ...whole, amounts: LARGE_AMOUNTS },
      { name: `64 KiB of ${size}`, ...range },
    ],
  }[size];
}

/** A small JPEG followed by bytes that decoders ignore. */
async function imageOf(length: number): Promise<Buffer> {
  const bytes = Buffer.alloc(length, 'bytes behind the end ');
  const image = await sharp({ create: { width: 64, height: 48, channels: 3, background: '#777777' } })
    .jpeg()
    .toBuffer();
  image.copy(bytes);
  return bytes;
}

/** Returns the path of the original. */
async function upload(url: string, bytes: Buffer): Promise<string> {
  const headers = { 'content-type': 'image/jpeg' };
  const response = await fetch(url, { method: 'POST', headers, body: new Uint8Array(bytes) });
  if (response.status !== 201) throw new Error(`${url} answered ${response.status}: ${await response.text()}`);
  const { links } = (await response.json()) as { links: { original: string } };
  return links.original;
}
