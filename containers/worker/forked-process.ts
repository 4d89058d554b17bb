import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { MEMORY_EXIT_CODE, type Numbered, type Order } from './process-orders.ts';
import { CAN_LOOK } from './resident-memory.ts';

/** An image-process.ts that was started: it may be busy, hung, dead, or whatever an image has made of it. */
export interface ForkedProcess {
  /** Undefined when it could not be started. */
  pid: number | undefined;
  /**
   * Has it carry out an order and resolves with what it says next, in whatever form. Rejects with how it ended if it does that first; one
   * that says something unasked is ended.
   */
  ask(order: Order): Promise<unknown>;
  /** Ends it, whatever it does. */
  kill(): void;
  isGone(): boolean;
  /** Resolves when it has ended and all that it told has been heard, with how it ended. */
  gone: Promise<ProcessEnd>;
}

export interface ProcessEnd {
  cause: Error;
  /** Whether it ended itself for its memory, as it does only where nobody else can look at that. */
  isMemory: boolean;
}

const SCRIPT = fileURLToPath(new URL('image-process.ts', import.meta.url));

/** fontconfig's own variable: without a file it looks for the machine's, which a slim container does not have. */
const FONTCONFIG_FILE = fileURLToPath(new URL('fonts.conf', import.meta.url));

/** `--disable-sigusr1`, because any process of this user could otherwise open its debugger, and do what it likes in it. */
const NODE_OPTIONS = ['--disable-sigusr1', '--max-old-space-size=256', '--max-semi-space-size=1'];

/**
 * Where memory runs out all the same, Linux is to end an image process and not the one that holds the messages (proc(5), oom_score_adj). A
 * Node whose file nobody may read, as the container's, cannot say so of itself any more, so it is said before it begins.
 */
const FIRST_TO_END = '{ echo 800 > /proc/self/oom_score_adj; } 2>/dev/null; exec "$0" "$@"';

/**
 * glibc keeps less of what was freed with few arenas (sharp's installation guide), and nothing of pieces above the threshold, which it would
 * otherwise raise to 32 MiB by itself (mallopt(3)): the next image begins with the memory to itself.
 */
const MALLOC = { MALLOC_ARENA_MAX: '2', MALLOC_MMAP_THRESHOLD_: String(1024 ** 2) };

/** Characters of what it printed last that are kept to explain its end. */
const PRINTED_KEPT = 1000;

/** Starts one that may have so many bytes resident, of `script`. */
export function forkProcess(memoryBytes: number, script = SCRIPT): ForkedProcess {
  const args = [...NODE_OPTIONS, script, String(memoryBytes), ...(CAN_LOOK ? [] : ['watch-own'])];
  const child = spawn('/bin/sh', ['-c', FIRST_TO_END, process.execPath, ...args], {
    // Only what it needs: no credentials, no endpoints.
    env: { ...MALLOC, NODE_NO_WARNINGS: '1', FONTCONFIG_FILE },
    // Not to this process's own output, which is a log of JSON lines; read all the same, or who prints much would wait for ever.
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
  child.on('message', (message: Partial<Numbered<unknown>> | null) => {
    if (asked && message?.id === id) {
      asked.resolve(message.content);
      asked = undefined;
    } else {
      complaint = ' It was ended because it said something unasked.';
      kill();
    }
  });
  // `close` and not `exit`, which may come before what was told last.
  const gone = once(child, 'close')
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
  // One that cannot be started or spoken to is of no use.
  child.on('error', kill);
  return {
    pid: child.pid,
    async ask(order) {
      if (end) throw end.cause;
      const answer = Promise.withResolvers<unknown>();
      asked = answer;
      // An error here means that it is dying, of which `gone` tells.
      id += 1;
      child.send({ id, content: order } satisfies Numbered<Order>, () => undefined);
      return await answer.promise;
    },
    kill,
    isGone: () => end !== undefined,
    gone,
  };
}
