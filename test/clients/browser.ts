import { spawnSync } from 'node:child_process';
import { type Browser, chromium } from 'playwright-core';
import type { Program } from './client-programs.ts';

/** The names under which packages install Chromium. */
const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];

const isThere = (name: string): boolean => spawnSync(name, ['--version'], { stdio: 'ignore' }).status === 0;

export const CHROMIUM: Program = {
  command: NAMES.find(isThere) ?? 'chromium',
  check: ['--version'],
  missing: 'Chromium (apt-get install chromium)',
};

/** Chromium has no sandbox as root. The other options keep it from making requests of its own. */
const ARGUMENTS = [
  '--no-sandbox',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** Opens the installed Chromium, headless. The caller closes it. */
export const openBrowser = (): Promise<Browser> =>
  chromium.launch({ executablePath: pathOf(CHROMIUM.command), args: ARGUMENTS });

function pathOf(name: string): string {
  const path = spawnSync('sh', ['-c', `command -v ${name}`], { encoding: 'utf8' }).stdout.trim();
  if (!path) throw new Error(`${name} is not installed.`);
  return path;
}
