import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { SendMessageCommand } from '@aws-sdk/client-sqs';
import { expect } from 'chai';
import { type Consumers, startConsumers } from '../../../containers/worker/consumers.ts';
import { protectTask } from '../../../containers/worker/task-protection.ts';
import { CLOCK } from '../../../shared/runtime/clock.ts';
import type { ProcessingQueue } from '../../../shared/storage/queues/processing-queue.ts';
import { eventually } from '../../support/eventually.ts';
import { startWebServer, type WebServer } from '../../support/http/web-server.ts';
import { agrees } from '../../support/worker/ecs-agent.ts';
import { type Bench, startBench } from '../../support/worker/worker-bench.ts';

/** Real time, so short that a test can wait for it. */
const TIMING = {
  // A queue that is never empty is asked many times in it.
  idleMs: 2_000,
  renewMs: 60_000,
  letGoEveryMs: 1_000,
  letGoMs: 400,
  letGoDrainMs: 10_000,
  expiresInMinutes: 10,
  answerMs: 5_000,
};

describe('a worker with a protected task that is never idle', () => {
  let bench: Bench;
  let agent: WebServer;
  let consumers: Consumers;
  /** The events in their order. */
  let events: string[];

  before(async () => {
    bench = await startBench();
  });
  beforeEach(async () => {
    events = [];
    agent = await startWebServer(async (request, response) => {
      const body = JSON.parse(await text(request));
      events.push(body.ProtectionEnabled ? 'protected' : 'let go');
      const { status, body: answer } = agrees({ method: request.method, url: request.url, body });
      response.writeHead(status, { 'content-type': 'application/json' }).end(answer);
    });
  });
  afterEach(() => Promise.all([consumers.drain(5), agent.stop()]));
  after(() => bench.stop());

  async function work(timing: Partial<typeof TIMING> = {}) {
    const { queue } = await bench.openQueue();
    await fill(queue, 200);
    consumers = startConsumers({
      queue,
      concurrency: 2,
      process: async () => {
        events.push('begun');
        await sleep(50);
        events.push('done');
      },
      protection: protectTask(agent.url, bench.logger, { ...TIMING, ...timing, clock: CLOCK, random: () => 0.5 }),
      logger: bench.logger,
    });
    await eventually('the task is let go', () => events.includes('let go'));
  }

  async function fill({ sqs, queueUrl }: ProcessingQueue, messages: number) {
    for (let sent = 0; sent < messages; sent += 1)
      await sqs.send(new SendMessageCommand({ QueueUrl: queueUrl, MessageBody: `${sent}` }));
  }

  const count = (event: string, among: string[]) => among.filter((each) => each === event).length;

  it('holds no message while its task is unprotected, and receives again afterwards', async () => {
    await work();
    await eventually('messages are made again', () => count('done', events.slice(events.indexOf('let go'))) > 0);
    const letGo = events.indexOf('let go');
    const before = events.slice(0, letGo);
    expect(count('begun', before), 'messages before').to.be.above(2);
    expect(count('done', before), 'in hand').to.equal(count('begun', before));
    const after = events.slice(letGo, events.indexOf('protected', letGo));
    // The messages that protect the task again are in hand before the agent hears of it.
    expect(count('begun', after), 'while it lets go').to.be.within(0, 2);
  });

  it('ends at once and begins no message when it is stopped while its task is unprotected', async () => {
    await work({ letGoMs: 10 * 60_000 });
    await consumers.drain(60);
    expect(events.at(-1)).to.equal('let go');
  });
});
