import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export const CHROMIUM = {
  command: 'chromium',
  check: ['--version'],
  missing: 'chromium',
};

const OPTIONS = ['--headless=new', '--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage', '--no-first-run'];

export interface Browser {
  close(): Promise<void>;
}

/** Opens a page in a browser of its own, without a screen. What it does there the page has to tell. */
export async function openInChromium(url: string): Promise<Browser> {
  const profile = await mkdtemp(join(tmpdir(), 'image-service-chromium-'));
  // A group of its own, which ends as a whole.
  const child = spawn(CHROMIUM.command, [...OPTIONS, `--user-data-dir=${profile}`, url], {
    stdio: 'ignore',
    detached: true,
  });
  await once(child, 'spawn');
  return {
    async close() {
      const ended = once(child, 'exit');
      process.kill(-Number(child.pid), 'SIGKILL');
      await ended;
      await rm(profile, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}
