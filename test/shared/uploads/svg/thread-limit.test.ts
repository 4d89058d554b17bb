import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { expect } from 'chai';
import { limitThread } from '../../../../shared/uploads/svg/thread-limit.ts';

const BUSY = 'for (;;) JSON.stringify([1]);';
const WAITING = 'setInterval(() => undefined, 1000);';

/** The time of a processor that a thread had taken in all when its limit ended it, in seconds. */
async function processorSecondsOf(program: string, limits: { processorSeconds: number; seconds: number }) {
  const thread = new Worker(program, { eval: true });
  await once(thread, 'online');
  const limit = limitThread(thread, limits);
  try {
    if (!limit.signal.aborted) await once(limit.signal, 'abort');
    const { user, system } = await thread.cpuUsage();
    return (user + system) / 1e6;
  } finally {
    limit.stop();
    await thread.terminate();
  }
}

describe('limitThread', () => {
  it('ends a thread that takes more of a processor than it may, which it has taken', async () => {
    expect(await processorSecondsOf(BUSY, { processorSeconds: 0.3, seconds: 100 })).to.be.above(0.3);
  });

  it('ends a thread that takes longer than it may, though it does nothing', async () => {
    expect(await processorSecondsOf(WAITING, { processorSeconds: 100, seconds: 0.1 })).to.be.below(100);
  });
});
