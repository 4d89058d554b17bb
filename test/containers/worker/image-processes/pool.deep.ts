import { getEventListeners } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'chai';
import sharp from 'sharp';
import { eventually } from '../../../support/eventually.ts';
import { childrenOf, ended, isRunning, openFilesOf, residentBytes } from '../../../support/processes.ts';
import { type Given, give } from '../../../support/worker/image-jobs.ts';
import { openedImageProcesses } from '../../../support/worker/opened-image-processes.ts';

const MiB = 1024 ** 2;

describe('the pool of image processes in the long run', function () {
  // A process takes seconds to start where everything is busy.
  this.timeout(180_000);
  const bench = openedImageProcesses();
  const { codeOf, doQuick, kill, reopen } = bench;

  it('replaces its processes however often all are killed', async () => {
    const pid = process.pid;
    await doQuick();
    const files = Object.keys(openFilesOf(pid)).length;
    const ends: unknown[] = [];
    for (let round = 0; round < 12; round += 1) {
      const given = [bench.jobs.slow, bench.jobs.slow, bench.jobs.quick].map((job) => give(bench.processes, job));
      await sleep(round * 20);
      kill(childrenOf(pid));
      ends.push(...(await Promise.all(given.map(codeOf))));
    }
    expect(ends).to.include('processing_crashed').include('done');
    expect(ends.filter((end) => end !== 'done' && end !== 'processing_crashed')).to.deep.equal([]);
    expect(await Promise.all([doQuick(), doQuick(), doQuick()])).to.deep.equal(['done', 'done', 'done']);
    expect(childrenOf(pid)).to.have.lengthOf(2);
    expect(Object.keys(openFilesOf(pid)).length).to.equal(files);
  }).timeout(120_000);

  it('ends processes that hang when their time is over', async () => {
    await reopen({ timeoutSeconds: 1 });
    const [stopped, deaf, other] = [
      give(bench.processes, bench.jobs.slow),
      give(bench.processes, bench.jobs.hanging),
      give(bench.processes, bench.jobs.quick),
    ];
    const begun = performance.now();
    const pids = [await stopped.begun, await deaf.begun];
    kill(pids.slice(0, 1), 'SIGSTOP');
    expect(await Promise.all([stopped, deaf].map(codeOf))).to.deep.equal(Array(2).fill('processing_timeout'));
    // A second, and three in which a process could say so itself.
    expect(performance.now() - begun).to.be.above(3500);
    expect(pids.filter(isRunning)).to.deep.equal([]);
    expect(await other.ending).to.equal('done');
  });

  it('loses no job when processes hang while they wait', async () => {
    await reopen({ processes: 1, timeoutSeconds: 1 });
    await doQuick();
    kill(childrenOf(process.pid), 'SIGSTOP');
    expect(await doQuick()).to.equal('done');
  });

  it('leaves no memory or descriptors behind after many jobs', async () => {
    const { signal } = new AbortController();
    const work = async (count: number) => {
      const ends = await Promise.all(
        Array.from({ length: count }, () => give(bench.processes, bench.jobs.quick, signal).ending),
      );
      expect(new Set(ends)).to.deep.equal(new Set(['done']));
      const [children, resources] = [childrenOf(process.pid), process.getActiveResourcesInfo().length];
      const resident = Math.max(...children.map(residentBytes));
      return { children, resident, resources, files: Object.keys(openFilesOf(process.pid)).length };
    };
    const before = await work(200);
    const after = await work(600);
    expect(after.children).to.deep.equal(before.children);
    expect([after.resources, after.files]).to.deep.equal([before.resources, before.files]);
    expect(after.resident - before.resident).to.be.below(24 * MiB);
    expect(getEventListeners(signal, 'abort')).to.deep.equal([]);
  });

  for (const signal of ['SIGABRT', 'SIGSEGV', 'SIGBUS'] as const) {
    it(`loses only the job of a process that dies of ${signal}`, async () => {
      const [killed, other, queued] = [bench.jobs.hanging, bench.jobs.slow, bench.jobs.quick].map((job) =>
        give(bench.processes, job),
      );
      kill([await (killed as Given).begun], signal);
      expect(await codeOf(killed as Given)).to.equal('processing_crashed');
      expect((await killed?.ending) as Error)
        .to.have.nested.property('cause.message')
        .match(new RegExp(`^Image process ended: ${signal}`));
      expect([await queued?.ending, await other?.ending]).to.deep.equal(['done', 'done']);
      expect(await doQuick()).to.equal('done');
      expect(childrenOf(process.pid)).to.have.lengthOf(2);
    });
  }

  it('loses no job when processes die while they wait', async () => {
    await reopen({ processes: 8 });
    await doQuick();
    const pids = childrenOf(process.pid);
    kill(pids);
    await ended(pids);
    expect(await Promise.all(Array.from({ length: 16 }, doQuick))).to.deep.equal(Array(16).fill('done'));
  });

  it('ends processes that take more memory than allowed', async () => {
    await reopen({ memoryBytes: 256 * MiB });
    const large = sharp({ create: { width: 10_000, height: 8000, channels: 3, background: 'red' } });
    const commands = [
      { operation: 'rotate', angle: 90 },
      { operation: 'blur', sigma: 5 },
    ];
    const [greedy, other] = [
      give(bench.processes, await bench.jobs.make(await large.png({ compressionLevel: 1 }).toBuffer(), commands)),
      give(bench.processes, bench.jobs.slow),
    ];
    expect(await codeOf(greedy)).to.equal('processing_memory');
    expect(isRunning(await greedy.begun)).to.equal(false);
    expect(await other.ending).to.equal('done');
    expect(await doQuick()).to.equal('done');
  });

  it('frees the memory of a large image', async () => {
    await reopen({ processes: 1, memoryBytes: 700 * MiB });
    const large = sharp({ create: { width: 8000, height: 8000, channels: 3, background: 'red' } });
    const commands = [
      { operation: 'rotate', angle: 90 },
      { operation: 'resize', width: 20 },
    ];
    const given = give(
      bench.processes,
      await bench.jobs.make(await large.png({ compressionLevel: 1 }).toBuffer(), commands),
    );
    expect(await given.ending).to.equal('done');
    await eventually(
      'the memory is given back',
      () => childrenOf(process.pid).every((pid) => residentBytes(pid) < 200 * MiB),
      40_000,
    );
    expect(await doQuick()).to.equal('done');
  });

  it('does not begin a job that is aborted, whenever the signal comes', async () => {
    const unwanted = new Error('not wanted');
    for (let moment = 0; moment < 30; moment += 1) {
      const abort = new AbortController();
      const given = Array.from({ length: 4 }, () => give(bench.processes, bench.jobs.quick, abort.signal));
      await sleep(moment);
      abort.abort(unwanted);
      for (const end of await Promise.all(given.map(({ ending }) => ending)))
        expect(end).to.be.oneOf(['done', unwanted]);
      expect(getEventListeners(abort.signal, 'abort')).to.deep.equal([]);
    }
    expect(await Promise.all([doQuick(), doQuick(), doQuick()])).to.deep.equal(['done', 'done', 'done']);
  });
});
