import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { installPythonTool } from '../test-run/python-tool.ts';

/** The version is fixed, because newer ones may find more, which a person has to look at. */
const REDBOT = 'redbot==2.7.1';

const SCRIPT = fileURLToPath(new URL('ask_redbot.py', import.meta.url));

/** A request for REDbot to check. */
export interface Asked {
  url: string;
  method: 'GET' | 'HEAD';
  headers: Record<string, string>;
}

export interface Note {
  /** REDbot's name for this kind of note. */
  id: string;
  level: 'GOOD' | 'INFO' | 'WARN' | 'BAD';
  /** The header, or part of a header, that the note is about. */
  subject: string;
  text: string;
}

export interface Finding {
  status: number | null;
  error: string | null;
  notes: Note[];
}

/** Installs REDbot if necessary, and returns the path of its Python. Rejects where it cannot be installed. */
export const installRedbot = async (): Promise<string> =>
  join(await installPythonTool(REDBOT, 'redbot.resource'), 'python3');

/** What REDbot finds for each request, in order. REDbot sends each several times, with variations. */
export async function askRedbot(python: string, asked: Asked[]): Promise<Finding[]> {
  const child = spawn(python, [SCRIPT], { stdio: ['pipe', 'pipe', 'inherit'] });
  const exited = once(child, 'exit');
  child.stdin.end(JSON.stringify(asked));
  const written = await text(child.stdout);
  const [code] = await exited;
  if (code !== 0) throw new Error(`REDbot ended with ${code}`);
  return JSON.parse(written);
}
