import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { access } from 'node:fs/promises';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Newer ones may complain of more, which is for a person to look at. */
const REDBOT = 'redbot==2.7.1';

const FOLDER = fileURLToPath(new URL('../../node_modules/.cache/', import.meta.url));
const SCRIPT = fileURLToPath(new URL('ask_redbot.py', import.meta.url));

/** What REDbot is to look at. */
export interface Asked {
  url: string;
  method: 'GET' | 'HEAD';
  headers: Record<string, string>;
}

export interface Note {
  /** REDbot's name for this kind of note. */
  id: string;
  level: 'GOOD' | 'INFO' | 'WARN' | 'BAD';
  /** The header, or the part of it, that it is about. */
  subject: string;
  text: string;
}

export interface Finding {
  status: number | null;
  error: string | null;
  notes: Note[];
}

/**
 * Installs REDbot into a virtual environment of its own, unless it is there from the last time, and answers its Python. Rejects where there
 * is no python3, no pip, or nothing to install from.
 */
export async function installRedbot(): Promise<string> {
  const folder = join(FOLDER, REDBOT.replace('==', '-'));
  const python = join(folder, 'bin', 'python3');
  const isThere = await run(python, ['-c', 'import redbot.resource']).then(
    () => true,
    () => false,
  );
  if (isThere) return python;
  await run('python3', ['-m', 'venv', '--clear', folder]);
  await run(python, ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', REDBOT]);
  await access(python);
  return python;
}

/** What REDbot finds at each URL, in their order; it asks each several times, in several ways. */
export async function askRedbot(python: string, asked: Asked[]): Promise<Finding[]> {
  const child = spawn(python, [SCRIPT], { stdio: ['pipe', 'pipe', 'inherit'] });
  const exited = once(child, 'exit');
  child.stdin.end(JSON.stringify(asked));
  const written = await text(child.stdout);
  const [code] = await exited;
  if (code !== 0) throw new Error(`REDbot ended with ${code}`);
  return JSON.parse(written);
}
