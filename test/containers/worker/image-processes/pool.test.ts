import { fork } from 'node:child_process';
import { once } from 'node:events';
import { readdir } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import sharp from 'sharp';
import { ImageServiceError } from '../../../../shared/domain/errors.ts';
import { CRASHING_DRAWING } from '../../../support/drawings/hostile-drawings.ts';
import { eventually } from '../../../support/eventually.ts';
import { photograph } from '../../../support/images/picture.ts';
import { childrenOf, ended, environmentOf, isRunning, openFilesOf } from '../../../support/processes.ts';
import { type Given, give } from '../../../support/worker/image-jobs.ts';
import { openedImageProcesses } from '../../../support/worker/opened-image-processes.ts';
import { request } from '../../../support/worker/worker-bench.ts';

const PARENT = fileURLToPath(new URL('../../../support/worker/image-processes-process.ts', import.meta.url));

describe('the pool of image processes', function () {
  // A process takes seconds to start where everything is busy.
  this.timeout(120_000);
  const bench = openedImageProcesses();
  const { codeOf, doQuick, kill, open, reopen } = bench;

  it('does a job and reports its events', async () => {
    const { events, ending } = give(bench.processes, bench.jobs.quick);
    expect(await ending).to.equal('done');
    expect(events.map(({ kind }) => kind)).to.deep.equal(['begun', 'rendering', 'rendered']);
    expect(await readdir(bench.jobs.quick.folder)).to.have.members(['original', '0']);
    expect((await sharp(`${bench.jobs.quick.folder}/0`).metadata()).width).to.equal(20);
  });

  it('reports the time of a shared decode with each rendition that shared it, and counts it with the first', async () => {
    const job = await bench.jobs.make(await photograph(800, 600).jpeg().toBuffer());
    const requests = [400, 100].map((width) => request(`w${width}`, [{ operation: 'resize', width }]));
    const { events, ending } = give(bench.processes, { ...job, requests, isFirst: true });
    expect(await ending).to.equal('done');
    const told = events.flatMap((event) => (event.kind === 'rendered' ? [event.result] : []));
    expect(told.map(({ isDecodeShared }) => isDecodeShared)).to.deep.equal([false, true]);
    for (const { decodeMs } of told) expect(decodeMs).to.be.above(0);
  });

  it('draws text with the bundled fonts, whatever fonts the machine has', async () => {
    const text = (family: string) =>
      Buffer.from(
        `<svg xmlns="http://www.w3.org/2000/svg" width="80" height="20"><text y="15" font-family="${family}">ilW@</text></svg>`,
      );
    const drawn = async (family: string) => {
      const job = await bench.jobs.make(text(family), []);
      expect(await give(bench.processes, job).ending).to.equal('done');
      return await sharp(`${job.folder}/0`).raw().toBuffer();
    };
    const [sans, unknown, mono] = [await drawn('DejaVu Sans'), await drawn('No Such Font'), await drawn('monospace')];
    expect(unknown.equals(sans)).to.equal(true);
    expect(mono.equals(sans)).to.equal(false);
  });

  it('has as many processes as configured, and works on as many images at once', async () => {
    await reopen({ processes: 3 });
    const abort = new AbortController();
    const busy = Array.from({ length: 3 }, () => give(bench.processes, bench.jobs.hanging, abort.signal));
    const waiting = give(bench.processes, bench.jobs.quick);
    const pids = await Promise.all(busy.map(({ begun }) => begun));
    expect(new Set(pids).size).to.equal(3);
    expect(childrenOf(process.pid)).to.have.members(pids);
    expect(waiting.events).to.deep.equal([]);
    abort.abort(new Error('not wanted'));
    expect(await waiting.ending).to.equal('done');
  });

  it('loses only the job of a process that dies', async () => {
    const [killed, other, queued] = [bench.jobs.hanging, bench.jobs.slow, bench.jobs.quick].map((job) =>
      give(bench.processes, job),
    );
    kill([await (killed as Given).begun], 'SIGKILL');
    expect(await codeOf(killed as Given)).to.equal('processing_crashed');
    expect((await killed?.ending) as Error)
      .to.have.nested.property('cause.message')
      .match(/^Image process ended: SIGKILL/);
    expect([await queued?.ending, await other?.ending]).to.deep.equal(['done', 'done']);
    expect(await doQuick()).to.equal('done');
    await eventually('another process takes its place', () => childrenOf(process.pid).length === 2);
  });

  it('loses only one job when a drawing overflows the stack of librsvg', async () => {
    const [crashing, other] = [
      give(bench.processes, await bench.jobs.make(CRASHING_DRAWING)),
      give(bench.processes, bench.jobs.slow),
    ];
    expect(await codeOf(crashing)).to.equal('processing_crashed');
    expect(await other.ending).to.equal('done');
  });

  describe('with an aborted job', () => {
    const unwanted = new Error('not wanted');

    it('ends the process that works on it', async () => {
      const abort = new AbortController();
      const [given, other] = [
        give(bench.processes, bench.jobs.hanging, abort.signal),
        give(bench.processes, bench.jobs.slow),
      ];
      const pid = await given.begun;
      abort.abort(unwanted);
      expect(await given.ending).to.equal(unwanted);
      expect(isRunning(pid)).to.equal(false);
      expect([await other.ending, await doQuick()]).to.deep.equal(['done', 'done']);
    });

    it('does not begin it when it waits, and goes on with the next jobs', async () => {
      const abort = new AbortController();
      const busy = [give(bench.processes, bench.jobs.slow), give(bench.processes, bench.jobs.slow)];
      const waiting = give(bench.processes, bench.jobs.quick, abort.signal);
      const behind = [give(bench.processes, bench.jobs.quick), give(bench.processes, bench.jobs.quick)];
      abort.abort(unwanted);
      expect(await waiting.ending).to.equal(unwanted);
      expect(waiting.events).to.deep.equal([]);
      const others = [...busy, ...behind].map(({ ending }) => ending);
      expect(await Promise.all(others)).to.deep.equal(Array(4).fill('done'));
    });

    it('does not begin it when the signal was aborted before', async () => {
      const given = give(bench.processes, bench.jobs.slow, AbortSignal.abort(unwanted));
      expect(await given.ending).to.equal(unwanted);
      expect(await doQuick()).to.equal('done');
      expect(given.events).to.deep.equal([]);
    });
  });

  describe('when it is stopped', () => {
    it('leaves no process behind, and ends jobs under way with a retryable error', async () => {
      const given = [bench.jobs.hanging, bench.jobs.slow, bench.jobs.quick].map((job) => give(bench.processes, job));
      await Promise.all(given.slice(0, 2).map(({ begun }) => begun));
      await bench.processes.stop();
      expect(childrenOf(process.pid)).to.deep.equal([]);
      for (const { ending } of given)
        expect(await ending)
          .to.be.instanceOf(Error)
          .not.be.instanceOf(ImageServiceError);
      expect(await doQuick())
        .to.be.instanceOf(Error)
        .not.be.instanceOf(ImageServiceError);
    });

    it('ends at once while processes start, hang or are dead', async () => {
      await bench.processes.stop();
      open();
      await doQuick();
      const [first = 0, second = 0] = childrenOf(process.pid);
      kill([first]);
      kill([second], 'SIGSTOP');
      await ended([first]);
      await bench.processes.stop();
    });
  });

  it('gives its processes no credentials or settings of the worker', async () => {
    Object.assign(process.env, { AWS_SECRET_ACCESS_KEY: 'secret', AWS_SESSION_TOKEN: 'secret' });
    await reopen({ processes: 3 });
    const names = childrenOf(process.pid).flatMap((pid) => Object.keys(environmentOf(pid)));
    expect(new Set(names).size).to.be.within(3, 8);
    for (const name of names)
      expect(name).to.match(
        /^(MALLOC_ARENA_MAX|MALLOC_MMAP_THRESHOLD_|NODE_NO_WARNINGS|FONTCONFIG_FILE|NODE_CHANNEL_.+|PWD|SHLVL|_)$/,
      );
  });

  it('keeps its processes when a terminal signals the whole group', async () => {
    const given = give(bench.processes, bench.jobs.slow);
    await given.begun;
    for (const signal of ['SIGINT', 'SIGTERM'] as const) kill(childrenOf(process.pid), signal);
    expect(await given.ending).to.equal('done');
  });

  it('keeps the output of its processes out of the worker’s, and lets none open a debugger', async () => {
    const given = give(bench.processes, bench.jobs.hanging);
    const pid = await given.begun;
    const [theirs, own] = [openFilesOf(pid), openFilesOf(process.pid)];
    for (const output of ['1', '2']) expect(Object.values(own).slice(0, 3)).to.not.include(theirs[output]);
    // Opens no debugger, as it does by Node's own default.
    kill([pid], 'SIGUSR1');
    await sleep(300);
    kill([pid]);
    const end = await given.ending;
    expect(end).to.have.nested.property('cause.message').include('SIGKILL').not.include('Debugger');
  });

  for (const [when, how] of [
    ['in the middle of an image', []],
    ['in the middle of synchronous work, in which no event comes', ['blocked']],
  ] as const) {
    it(`loses its processes when the worker dies, ${when} too`, async () => {
      const parent = fork(PARENT, [bench.folder.path, ...how], { stdio: ['ignore', 'pipe', 'pipe', 'ipc'] });
      const printed = Promise.all([text(parent.stdout as Readable), text(parent.stderr as Readable)]);
      await once(parent, 'message');
      const pids = childrenOf(parent.pid ?? 0);
      expect(pids).to.have.lengthOf(2);
      parent.kill('SIGKILL');
      // Their work would not end by itself.
      await ended(pids).finally(() => kill(pids.filter(isRunning)));
      expect(await printed).to.deep.equal(['', '']);
    });
  }
});
