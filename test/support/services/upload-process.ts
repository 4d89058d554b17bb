import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

const SCRIPT = fileURLToPath(new URL('../../../scripts/upload.ts', import.meta.url));

/** `npm run upload`, without npm between. */
export interface UploadProcess {
  child: ChildProcess;
  /** The output, and the exit status or the signal that ended the process. */
  ended: Promise<{ status: number | string | null; stdout: string; stderr: string }>;
}

/** The environment variables of the client: the folder of its state for resuming, and its key. */
export interface UploadEnvironment {
  XDG_STATE_HOME: string;
  IMAGE_SERVICE_API_KEY?: string;
}

export function spawnUpload(own: UploadEnvironment, ...args: string[]): UploadProcess {
  const env = { ...process.env, ...own };
  const child = spawn(process.execPath, [SCRIPT, ...args], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  const written = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].setEncoding('utf8').on('data', (text: string) => {
      written[name] += text;
    });
  }
  const ended = once(child, 'close').then(([code, signal]) => ({ status: code ?? signal, ...written }));
  return { child, ended };
}
