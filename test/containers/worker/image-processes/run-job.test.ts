import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { allowTime } from '../../../../containers/worker/image-processes/message-time-limit.ts';
import { type ImageProcessPool, openImageProcessPool } from '../../../../containers/worker/image-processes/pool.ts';
import type { JobEvent } from '../../../../containers/worker/image-processes/run-job.ts';
import type { RenderJob } from '../../../../containers/worker/pipeline/render-job.ts';
import { ImageServiceError } from '../../../../shared/domain/errors.ts';
import { CAN_SEE_PROCESSES, childrenOf } from '../../../support/processes.ts';
import { give } from '../../../support/worker/image-jobs.ts';
import { DEFAULT_LIMITS } from '../../../support/worker/rendition-run.ts';
import type { Script } from '../../../support/worker/scripted-image-process.ts';
import { request } from '../../../support/worker/worker-bench.ts';

const SCRIPT = fileURLToPath(new URL('../../../support/worker/scripted-image-process.ts', import.meta.url));
const MiB = 1024 ** 2;
const BEGUN = { kind: 'begun', pid: 1 };
const OPENED = { kind: 'opened', refused: [] };
const RESULT = { format: 'png', width: 1, height: 1, passesMs: [], encodeMs: 0, isDecodeShared: false };
const RENDERED = { kind: 'rendered', result: RESULT };
const FAILED = { kind: 'failed', failure: { code: 'image_unreadable', detail: 'no', retryable: false } };
const WARNING = { code: 'image_cut', detail: 'no' };
const lacking = (warnings: unknown) => ({ ...RENDERED, result: { ...RESULT, warnings } });
const DESCRIBED = { kind: 'described', description: { placeholder: 'AAAA', dominantColor: '#000000' } };
const CLOSED = { kind: 'closed' };

describe('a job in an image process', function () {
  this.timeout(60_000);
  let processes: ImageProcessPool;

  before(function () {
    if (!CAN_SEE_PROCESSES) this.skip();
  });
  afterEach(async () => {
    await processes.stop();
    expect(childrenOf(process.pid), 'processes left').to.deep.equal([]);
  });

  const open = (timeoutSeconds = 60, memoryBytes = 1024 * MiB) => {
    processes = openImageProcessPool({ processes: 1, memoryBytes, timeoutSeconds, graceSeconds: 0, script: SCRIPT });
  };
  const jobOf = (script: Script, renditions = 3, isFirst = false): RenderJob => ({
    path: JSON.stringify(script),
    requests: Array.from({ length: renditions }, (_, index) => request(`r${index}`)),
    watermarks: {},
    limits: DEFAULT_LIMITS,
    folder: '/nowhere',
    isFirst,
  });
  const shapeOf = (events: JobEvent[]) =>
    events.map((event) => ('index' in event ? `${event.kind} ${event.index}` : event.kind));
  const codeOf = (end: unknown) => (end instanceof ImageServiceError ? end.code : end);

  it('reports its events in order', async () => {
    open();
    const { events, ending } = give(processes, jobOf({}, 2, true));
    expect(await ending).to.equal('done');
    const each = ['rendering 0', 'rendered 0', 'rendering 1', 'rendered 1'];
    expect(shapeOf(events)).to.deep.equal(['begun', ...each, 'described']);
  });

  it('fails every rendition and gives no other order when the original cannot be opened', async () => {
    open();
    const { events, ending } = give(processes, jobOf({ open: { says: [FAILED] } }, 2, true));
    expect(await ending).to.equal('done');
    expect(shapeOf(events)).to.deep.equal(['begun', 'failed 0', 'failed 1']);
  });

  // A limit of time that begins anew with what it says would never end these.
  for (const at of ['open', 'render 2', 'describe', 'close']) {
    for (const [what, script] of Object.entries({
      'does not come back to its event loop': { blocks: true },
      'says the same again and again': { repeats: { message: BEGUN, everyMs: 50 } },
    })) {
      it(`ends a process that ${what} at ${at}`, async () => {
        open(1);
        const { events, ending } = give(processes, jobOf({ [at]: script }, 3, true));
        const end = codeOf(await ending);
        if (at === 'open' || at === 'render 2') expect(end).to.be.oneOf(['processing_timeout', 'processing_crashed']);
        else expect(end, 'what comes behind the renditions costs none').to.equal('done');
        const made = shapeOf(events).filter((shape) => shape.startsWith('rendered'));
        expect(made).to.have.lengthOf({ open: 0, 'render 2': 2 }[at] ?? 3);
      });
    }
  }

  it('counts the time for opening for the first rendition, and not for the next', async () => {
    open(3);
    const { events, ending } = give(processes, jobOf({ open: { after: 1800 }, 'render 0': { after: 1800 } }));
    const end = await ending;
    expect(codeOf(end)).to.equal('processing_timeout');
    expect(end)
      .to.have.property('message')
      .match(/the 3 s that a rendition may take/);
    expect(shapeOf(events)).to.deep.equal(['begun', 'rendering 0', 'died']);
    const later = give(processes, jobOf({ open: { after: 1800 }, 'render 1': { after: 1800 } }));
    expect(await later.ending).to.equal('done');
  });

  for (const script of [{ open: { blocks: true } }, { 'render 1': { blocks: true } }]) {
    it(`tells the processor time of a process that is ended in ${Object.keys(script)}`, async () => {
      open(1);
      const { events, ending } = give(processes, jobOf(script));
      expect(codeOf(await ending)).to.equal('processing_timeout');
      const last = events.at(-1);
      expect(last).to.have.property('kind', 'died');
      expect(last).to.have.property('cpuMs').that.is.above(0);
    });
  }

  it('counts a process without an answer as late, and one with another answer as crashed', async () => {
    open(1);
    expect(codeOf(await give(processes, jobOf({ 'render 1': { blocks: true } })).ending)).to.equal(
      'processing_timeout',
    );
    const repeats = { message: BEGUN, everyMs: 50 };
    const end = await give(processes, jobOf({ 'render 1': { repeats } })).ending;
    expect(codeOf(end)).to.equal('processing_crashed');
    expect(end).to.have.nested.property('cause.message', 'answers begun to render');
  });

  it('ends a process that takes too much memory without coming back to its event loop', async () => {
    open(60, 256 * MiB);
    const end = await give(processes, jobOf({ 'render 0': { takes: 512 * MiB } })).ending;
    expect(codeOf(end)).to.equal('processing_memory');
  });

  it('counts a process that ends by an unexpected error as crashed, with the error as the cause', async () => {
    open();
    const end = await give(processes, jobOf({ 'render 0': { throws: 'not foreseen' } })).ending;
    expect(codeOf(end)).to.equal('processing_crashed');
    expect(end).to.have.nested.property('cause.message').include('exit code 1').include('TypeError: not foreseen');
  });

  it('fails with processing_memory when the process ends itself with the exit code for memory', async () => {
    open();
    expect(codeOf(await give(processes, jobOf({ 'render 0': { exits: 66 } })).ending)).to.equal('processing_memory');
  });

  describe('in a process that lies', () => {
    const lies: Record<string, [string, unknown[]]> = {
      'a result before the original is open': ['open', [RENDERED]],
      'that it has begun twice': ['open', [BEGUN]],
      'no kind': ['open', [{}]],
      'a kind of the prototype': ['open', [{ kind: 'constructor' }]],
      'a text': ['render 0', ['rendered']],
      nothing: ['render 0', [null]],
      'the end instead of a result': ['render 0', [CLOSED]],
      'a placeholder instead of a result': ['render 0', [DESCRIBED]],
      'a result without facts': ['render 0', [{ kind: 'rendered' }]],
      'a format that there is not': ['render 0', [{ kind: 'rendered', result: { ...RESULT, format: 'exe' } }]],
      'a width that is none': ['render 0', [{ kind: 'rendered', result: { ...RESULT, width: '<b>' } }]],
      'a million passes': ['render 0', [{ kind: 'rendered', result: { ...RESULT, passesMs: Array(1e6).fill(0) } }]],
      'a time that is none': ['render 0', [{ ...RENDERED, cpuMs: -1 }]],
      'a failure that there is not': ['render 0', [{ kind: 'failed', failure: { code: 'toString', detail: '' } }]],
      'that a rendition lacks what has no name': ['render 0', [lacking([{ code: 'none', detail: '' }])]],
      'that a rendition lacks more than can be': ['render 0', [lacking(Array(100).fill(WARNING))]],
      'two results at once': ['render 0', [RENDERED, RENDERED, RENDERED, RENDERED]],
      'all results at once and the end': ['open', [OPENED, RENDERED, RENDERED, RENDERED, CLOSED, CLOSED]],
    };
    for (const [what, [at, says]] of Object.entries(lies)) {
      it(`ends a process that says ${what}`, async () => {
        open();
        const { events, ending } = give(processes, jobOf({ [at]: { says }, 'render 2': { after: 2000 } }));
        expect(codeOf(await ending)).to.equal('processing_crashed');
        expect(shapeOf(events).filter((shape) => shape === 'rendered 2')).to.deep.equal([]);
        expect(await give(processes, jobOf({})).ending, 'another does the next job').to.equal('done');
      });
    }

    it('keeps the renditions when the placeholder is wrong', async () => {
      open();
      const says = [{ kind: 'described', description: { placeholder: '"><script>', dominantColor: '#000000' } }];
      const { events, ending } = give(processes, jobOf({ describe: { says } }, 1, true));
      expect(await ending).to.equal('done');
      expect(shapeOf(events)).to.deep.equal(['begun', 'rendering 0', 'rendered 0']);
    });

    it('cuts long details and drops unknown fields', async () => {
      open();
      const failure = { ...FAILED.failure, detail: 'x'.repeat(100_000), status: 'ready' };
      const { events, ending } = give(
        processes,
        jobOf({ 'render 0': { says: [{ kind: 'failed', failure, a: 1 }] } }, 1),
      );
      expect(await ending).to.equal('done');
      const detail = 'x'.repeat(1000);
      expect(events.at(-1)).to.deep.equal({
        kind: 'failed',
        index: 0,
        failure: { ...FAILED.failure, detail },
        cpuMs: 0,
      });
    });
  });

  describe('of a message with a time limit', () => {
    it('ends the process when the message’s time is over, and names that limit', async () => {
      open();
      let isMade = false;
      // Over soon after the first rendition, however long the process takes to get there.
      const time = { ...allowTime(1), leftMs: () => (isMade ? 100 : 60_000) };
      const events: JobEvent[] = [];
      const onEvent = (event: JobEvent) => {
        events.push(event);
        isMade ||= event.kind === 'rendered';
      };
      const { signal } = new AbortController();
      const job = jobOf({ 'render 1': { blocks: true } });
      const end = await processes
        .render(job, { signal, onEvent, time, room: async () => undefined })
        .catch((error: unknown) => error);
      expect(codeOf(end)).to.equal('processing_timeout');
      expect(end)
        .to.have.property('message')
        .match(/^All renditions of one request together may take 1 s/);
      expect(shapeOf(events)).to.include('rendered 0').not.include('rendered 1');
    });

    it('is not begun when the time is over already', async () => {
      open();
      const time = allowTime(1);
      time.spend(2000);
      expect(time.leftMs()).to.equal(0);
      const next = give(processes, jobOf({}), undefined, time);
      expect(codeOf(await next.ending)).to.equal('processing_timeout');
      expect(next.events).to.deep.equal([]);
    });

    it('counts the time over several processes, and not while a result waits for room', async () => {
      open();
      const time = allowTime(100);
      await give(processes, jobOf({ 'render 0': { after: 300 } }, 1), undefined, time).ending;
      await give(processes, jobOf({ 'render 0': { after: 300 } }, 1), undefined, time).ending;
      expect(time.leftMs()).to.be.at.most(100_000 - 600);
      const before = { left: time.leftMs(), at: performance.now() };
      const { signal } = new AbortController();
      const kinds: string[] = [];
      const onEvent = ({ kind }: JobEvent) => void kinds.push(kind);
      const room = async () => (kinds.includes('rendered') ? await sleep(1500) : undefined);
      const job = jobOf({}, 2);
      const ending = processes.render(job, { signal, onEvent, time, room });
      await ending;
      const [spent, passed] = [before.left - time.leftMs(), performance.now() - before.at];
      expect(passed - spent, 'waited for room, and not counted').to.be.at.least(1490);
    });
  });
});
