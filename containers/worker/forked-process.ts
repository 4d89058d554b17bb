import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { ProcessMessage } from './image-process.ts';
import type { RenderJob } from './pipeline/render.ts';

/** An image-process.ts that was started: it may be busy, hung or dead. */
export interface ForkedProcess {
  /** Has it do a job, of which it tells `listener` until it gets the next one. To one that is dead this does nothing. */
  send(job: RenderJob, listener: (message: ProcessMessage) => void): void;
  /** Ends it, whatever it does. */
  kill(): void;
  isGone(): boolean;
  /** Resolves when it has ended and all that it told has been heard, with how it ended. */
  gone: Promise<Error>;
}

const SCRIPT = fileURLToPath(new URL('image-process.ts', import.meta.url));

/** fontconfig's own variable: without a file it looks for the machine's, which a slim container does not have. */
const FONTCONFIG_FILE = fileURLToPath(new URL('fonts.conf', import.meta.url));

/** Characters of what it printed last that are kept to explain its end. */
const PRINTED_KEPT = 1000;

/** Starts one that may have so many bytes resident. */
export function forkProcess(memoryBytes: number): ForkedProcess {
  const child = fork(SCRIPT, [String(memoryBytes)], {
    // Only what it needs: no credentials, no endpoints. glibc keeps less of what was freed with few arenas (sharp's installation guide).
    env: { MALLOC_ARENA_MAX: '2', NODE_NO_WARNINGS: '1', FONTCONFIG_FILE },
    execArgv: ['--max-old-space-size=256', '--max-semi-space-size=1'],
    // Not to this process's own output, which is a log of JSON lines; read all the same, or who prints much would wait for ever.
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  let printed = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', (text: string) => {
      printed = (printed + text).slice(-PRINTED_KEPT);
    });
  }
  let listener = (_: ProcessMessage): void => undefined;
  child.on('message', (message: ProcessMessage) => listener(message));
  let isGone = false;
  // `close` and not `exit`, which may come before what was told last.
  const gone = once(child, 'close').then(
    ([code, signal]) => new Error(`Image process ended: ${signal ?? `exit code ${code}`}. ${printed}`.trim()),
    (error: Error) => error,
  );
  gone.finally(() => {
    isGone = true;
  });
  // One that cannot be started or spoken to is of no use.
  child.on('error', () => child.kill('SIGKILL'));
  return {
    send(job, heard) {
      listener = heard;
      // An error here means that it is dying, of which `gone` tells.
      child.send(job, () => undefined);
    },
    // A hung process may not hear anything gentler.
    kill: () => void child.kill('SIGKILL'),
    isGone: () => isGone,
    gone,
  };
}
