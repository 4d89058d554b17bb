import { spawnSync } from 'node:child_process';
import { type Browser, chromium } from 'playwright-core';
import type { Program } from './client-programs.ts';

/** Under what names packages install it. */
const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];

const isThere = (name: string): boolean => spawnSync(name, ['--version'], { stdio: 'ignore' }).status === 0;

export const CHROMIUM: Program = {
  command: NAMES.find(isThere) ?? 'chromium',
  check: ['--version'],
  missing: 'Chromium (apt-get install chromium)',
};

/** As root it has no sandbox; and it asks nobody for anything of its own. */
const ARGUMENTS = [
  '--no-sandbox',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** The installed Chromium, headless. Whoever opens it closes it. */
export const openBrowser = (): Promise<Browser> =>
  chromium.launch({ executablePath: pathOf(CHROMIUM.command), args: ARGUMENTS });

function pathOf(name: string): string {
  const path = spawnSync('sh', ['-c', `command -v ${name}`], { encoding: 'utf8' }).stdout.trim();
  if (!path) throw new Error(`${name} is not installed.`);
  return path;
}
