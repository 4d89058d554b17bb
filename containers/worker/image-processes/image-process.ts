import { exitWithParent } from '../../../shared/runtime/parent-process.ts';
import { configureSharp } from '../pipeline/configure-sharp.ts';
import { collectGarbage, enableGarbageCollection } from '../pipeline/garbage-collection.ts';
import { type OpenedJob, openJob, renderFailureOf } from '../pipeline/render-job.ts';
import { LOOK_MS } from './memory-watch.ts';
import { type Answer, type Envelope, MEMORY_EXIT_CODE, type Order, type TimedAnswer } from './protocol.ts';

/**
 * A process that touches images: everything that a hostile one could bring down. It is given paths and pixels and no credentials, and
 * does one order at a time. Started by spawn.ts with its memory limit in bytes and, where nobody can look at its memory from
 * outside, with `watch-own`. What it could do all the same, if an image took it over, is in docs/operating.md.
 */
const [memoryLimit, watching] = process.argv.slice(2);

/** After a job that took more than this share of the limit, the process ends unless another job follows at once, which frees all of its memory. */
const KEPT_SHARE = 0.25;
const LEAVE_AFTER_MS = 500;

let leaving: NodeJS.Timeout | undefined;
let opened: OpenedJob | undefined;

const ORDERS: { [Name in Order['order']]: (order: Extract<Order, { order: Name }>) => Answer | Promise<Answer> } = {
  begin() {
    clearTimeout(leaving);
    return { kind: 'begun', pid: process.pid };
  },
  async open({ job }) {
    opened = await openJob(job);
    return { kind: 'opened', refused: opened.refused };
  },
  render: async ({ index }) => ({ kind: 'rendered', result: await (opened as OpenedJob).render(index) }),
  describe: async () => ({ kind: 'described', description: await (opened as OpenedJob).describe() }),
  close() {
    opened = undefined;
    collectGarbage();
    if (process.memoryUsage.rss() > Number(memoryLimit) * KEPT_SHARE) {
      leaving = setTimeout(() => process.exit(0), LEAVE_AFTER_MS);
    }
    return { kind: 'closed' };
  },
};

async function handleOrder({ id, content: order }: Envelope<Order>): Promise<void> {
  const work = async () => (ORDERS[order.order] as (order: Order) => Answer | Promise<Answer>)(order);
  const before = process.cpuUsage();
  const answer = await work().catch((error: unknown): Answer => ({ kind: 'failed', failure: renderFailureOf(error) }));
  const { user, system } = process.cpuUsage(before);
  const content = { ...answer, cpuMs: (user + system) / 1000 };
  process.send?.({ id, content } satisfies Envelope<TimedAnswer>);
}

// The worker decides when this process ends; a terminal and some supervisors signal the whole group of processes.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => undefined);
exitWithParent();

configureSharp();
enableGarbageCollection();

if (watching === 'watch-own') {
  const look = () => {
    if (process.memoryUsage.rss() > Number(memoryLimit)) process.exit(MEMORY_EXIT_CODE);
  };
  setInterval(look, LOOK_MS).unref();
}

process.on('message', (order: Envelope<Order>) => void handleOrder(order));
