import { linkSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Envelope, Order } from '../../../containers/worker/image-processes/protocol.ts';

/**
 * Stands in for image-process.ts, and follows a JSON script that its job has in place of its path or in the original: the outcome by the
 * name of an order. Orders that are not in the script get a correct answer.
 */
export interface Script {
  [order: string]: {
    /** Messages to send at once in place of the answer. */
    says?: unknown[];
    /** A message to repeat, with pauses in milliseconds. */
    repeats?: { message: unknown; everyMs: number };
    /** Never comes back to its event loop. */
    blocks?: boolean;
    /** Bytes of memory to allocate before it blocks. */
    takes?: number;
    /** Milliseconds before the right answer. */
    after?: number;
    exits?: number;
    throws?: string;
    /** The contents of the result file. */
    leaves?: { bytes?: string; symbolicLink?: string; hardLink?: string; folder?: boolean };
  };
}

const RESULT = { format: 'png', width: 1, height: 1, passesMs: [], encodeMs: 0, isDecodeShared: false };
const RIGHT: { [Name in Order['order']]: object } = {
  begin: { kind: 'begun', pid: process.pid },
  open: { kind: 'opened', refused: [] },
  render: { kind: 'rendered', result: RESULT },
  describe: { kind: 'described', description: { placeholder: 'AAAA', dominantColor: '#000000' } },
  close: { kind: 'closed' },
};

type Leavings = NonNullable<Script[string]['leaves']>;

const held: Buffer[] = [];
let script: Script = {};
let folder = '';

function block(): never {
  for (;;);
}

function leave(path: string, { bytes, symbolicLink, hardLink, folder: isFolder }: Leavings): void {
  if (bytes !== undefined) writeFileSync(path, bytes);
  if (symbolicLink) symlinkSync(symbolicLink, path);
  if (hardLink) linkSync(hardLink, path);
  if (isFolder) mkdirSync(path);
}

process.on('message', ({ id, content: order }: Envelope<Order>) => {
  const say = (content: unknown) => void process.send?.({ id, content });
  if (order.order === 'open') {
    ({ folder } = order.job);
    script = JSON.parse(order.job.path.startsWith('{') ? order.job.path : readFileSync(order.job.path, 'utf8'));
  }
  const name = order.order === 'render' ? `render ${order.index}` : order.order;
  const { says, repeats, blocks, takes = 0, after = 0, exits, throws, leaves } = script[name] ?? {};
  if (exits !== undefined) process.exit(exits);
  if (throws) throw new TypeError(throws);
  if (leaves && order.order === 'render') leave(join(folder, String(order.index)), leaves);
  for (const message of says ?? []) say(message);
  if (repeats) setInterval(() => say(repeats.message), repeats.everyMs);
  for (let taken = 0; taken < takes; taken += 2 ** 20) held.push(Buffer.alloc(2 ** 20, 1));
  if (blocks || takes > 0) block();
  if (!says && !repeats) setTimeout(() => say(RIGHT[order.order]), after);
});
process.on('disconnect', () => process.exit());
