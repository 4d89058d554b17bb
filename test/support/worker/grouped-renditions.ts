import { mkdtempDisposable, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openJob, type RenderJob } from '../../../containers/worker/pipeline/render-job.ts';
import { look, type Picture } from '../images/picture.ts';
import { DEFAULT_LIMITS } from './rendition-run.ts';
import { request } from './worker-bench.ts';

/** Commands, and the output if it is not a lossless PNG. */
export interface Asked {
  commands: object[];
  output?: object;
}

export interface Grouped {
  picture: Picture;
  /** Whether it began with the pixels that others begin with too. */
  isFromBase: boolean;
}

/** Makes renditions of one original together, like an image process. */
export async function renderGroup(
  original: Buffer,
  asked: Asked[],
  { isFirst }: Pick<RenderJob, 'isFirst'> = { isFirst: false },
): Promise<Grouped[]> {
  await using folder = await mkdtempDisposable(join(tmpdir(), 'worker-test-'));
  const path = join(folder.path, 'original');
  await writeFile(path, original);
  const requests = asked.map(({ commands, output }, index) => request(String(index), commands, output));
  const job = { path, requests, watermarks: {}, limits: DEFAULT_LIMITS, folder: folder.path, isFirst };
  const opened = await openJob(job);
  const grouped: Grouped[] = [];
  for (const index of requests.keys()) {
    const { decodeMs } = await opened.render(index);
    const made = await readFile(join(folder.path, String(index)));
    grouped.push({ picture: await look(made), isFromBase: decodeMs !== undefined });
  }
  return grouped;
}

/** Makes a rendition alone, after it was made in a group. */
export async function renderAlone(original: Buffer, asked: Asked): Promise<Picture> {
  const [alone] = await renderGroup(original, [asked]);
  if (!alone || alone.isFromBase) throw new Error('A rendition alone has a decode of its own');
  return alone.picture;
}
