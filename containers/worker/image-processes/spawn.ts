import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { CAN_READ_MEMORY } from './memory-watch.ts';
import { type Envelope, MEMORY_EXIT_CODE, type Order } from './protocol.ts';

/** A process that runs image-process.ts: it may be busy, hung, dead, or taken over by an image. */
export interface SpawnedProcess {
  /** Undefined when it could not be started. */
  pid: number | undefined;
  /**
   * Gives the process an order and resolves with its next message, unchecked. Rejects if the process ends first. A process that sends a
   * message unasked is ended.
   */
  ask(order: Order): Promise<unknown>;
  /** Ends it, whatever it does. */
  kill(): void;
  hasExited(): boolean;
  /** Resolves with how the process ended, once it has ended and all its messages have been received. */
  exited: Promise<ProcessEnd>;
}

interface ProcessEnd {
  cause: Error;
  /** Whether it ended itself because of its memory, as it does only where its memory cannot be read from outside. */
  isMemory: boolean;
}

const SCRIPT = fileURLToPath(new URL('image-process.ts', import.meta.url));

/** fontconfig's own variable: without a file it looks for the machine's, which a slim container does not have. */
const FONTCONFIG_FILE = fileURLToPath(new URL('fonts.conf', import.meta.url));

/** `--disable-sigusr1`, because any process of this user could otherwise open its debugger, and do what it likes in it. */
const NODE_OPTIONS = ['--disable-sigusr1', '--max-old-space-size=256', '--max-semi-space-size=1'];

/**
 * Where memory runs out all the same, Linux is to end an image process and not the one that holds the messages (proc(5), oom_score_adj). A
 * Node whose file nobody may read, like the container's, cannot set this for itself any more, so a shell sets it first.
 */
const FIRST_TO_END = '{ echo 800 > /proc/self/oom_score_adj; } 2>/dev/null; exec "$0" "$@"';

/**
 * glibc keeps less of what was freed with few arenas (sharp's installation guide), and nothing of pieces above the threshold, which it would
 * otherwise raise to 32 MiB by itself (mallopt(3)): the next image begins with the memory to itself.
 */
const MALLOC = { MALLOC_ARENA_MAX: '2', MALLOC_MMAP_THRESHOLD_: String(1024 ** 2) };

/** The number of characters of its last output that are kept to explain its end. */
const PRINTED_KEPT = 1000;

/** Starts a process that may have so many bytes resident and runs `script`. */
export function spawnImageProcess(memoryBytes: number, script = SCRIPT): SpawnedProcess {
  const args = [...NODE_OPTIONS, script, String(memoryBytes), ...(CAN_READ_MEMORY ? [] : ['watch-own'])];
  const child = spawn('/bin/sh', ['-c', FIRST_TO_END, process.execPath, ...args], {
    // Only what it needs: no credentials, no endpoints.
    env: { ...MALLOC, NODE_NO_WARNINGS: '1', FONTCONFIG_FILE },
    // Its output does not go to the worker's own, which is a log of JSON lines. It is read all the same, or a process that prints much would wait for ever.
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  let printed = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', (text: string) => {
      printed = (printed + text).slice(-PRINTED_KEPT);
    });
  }
  // A hung process may not hear anything gentler.
  const kill = () => void child.kill('SIGKILL');
  let asked: PromiseWithResolvers<unknown> | undefined;
  let id = 0;
  let end: ProcessEnd | undefined;
  let complaint = '';
  child.on('message', (message: Partial<Envelope<unknown>> | null) => {
    if (asked && message?.id === id) {
      asked.resolve(message.content);
      asked = undefined;
    } else {
      complaint = ' It was ended because it said something unasked.';
      kill();
    }
  });
  // `exit` may come before the last messages, `close` does not.
  const exited = once(child, 'close')
    .then(
      ([code, signal]) => ({
        cause: new Error(`Image process ended: ${signal ?? `exit code ${code}`}.${complaint} ${printed}`.trim()),
        isMemory: code === MEMORY_EXIT_CODE,
      }),
      (cause: Error) => ({ cause, isMemory: false }),
    )
    .then((ended) => {
      end = ended;
      asked?.reject(ended.cause);
      return ended;
    });
  // A process that cannot be started or reached is of no use.
  child.on('error', kill);
  return {
    pid: child.pid,
    async ask(order) {
      if (end) throw end.cause;
      const answer = Promise.withResolvers<unknown>();
      asked = answer;
      // An error here means that it is dying, and `exited` says how.
      id += 1;
      child.send({ id, content: order } satisfies Envelope<Order>, () => undefined);
      return await answer.promise;
    },
    kill,
    hasExited: () => end !== undefined,
    exited,
  };
}
