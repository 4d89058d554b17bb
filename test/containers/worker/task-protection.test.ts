import type { RequestListener } from 'node:http';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'chai';
import { protectTask } from '../../../containers/worker/task-protection.ts';
import { type Answer, type Asked, agrees, REFUSALS, says } from '../../support/ecs-agent.ts';
import { eventually } from '../../support/eventually.ts';
import { readableLogger } from '../../support/log-lines.ts';
import { startWebServer, type WebServer } from '../../support/web-server.ts';

const TIMING = { idleMs: 40, renewMs: 10_000, expiresInMinutes: 10, answerMs: 1_000 };
const ON = { ProtectionEnabled: true, ExpiresInMinutes: 10 };
const OFF = { ProtectionEnabled: false };
const NOT_PROTECTED = 'warn: task is not protected from scale-in';

describe('task protection', () => {
  let agent: WebServer;
  let asked: Asked[];
  let answerTo: (asked: Asked) => Answer | undefined;
  let log: ReturnType<typeof readableLogger>;

  beforeEach(async () => {
    asked = [];
    answerTo = agrees;
    log = readableLogger();
    const listener: RequestListener = async (request, response) => {
      const { method, url } = request;
      const arrived = { method, url, body: JSON.parse(await text(request)) };
      asked.push(arrived);
      const answer = answerTo(arrived);
      if (answer) response.writeHead(answer.status, { 'content-type': 'application/json' }).end(answer.body);
    };
    agent = await startWebServer(listener);
  });
  afterEach(() => agent.stop());

  const protect = (timing: Partial<typeof TIMING> = {}) =>
    protectTask(`${agent.url}/api/4d2f`, log.logger, { ...TIMING, ...timing });
  const calls = (count: number) => eventually(`${count} calls`, () => asked.length >= count);
  const bodies = () => asked.map(({ body }) => body);
  const messages = () => log.lines.map(({ level, msg }) => `${level}: ${msg}`);

  it('begins with the first message held, and ends some time after the last', async () => {
    const protection = protect();
    protection.hold();
    protection.hold();
    await sleep(100);
    expect(asked).deep.equal([{ method: 'PUT', url: '/api/4d2f/task-protection/v1/state', body: ON }]);
    protection.release();
    await sleep(100);
    expect(bodies()).deep.equal([ON]);
    protection.release();
    await calls(2);
    await sleep(100);
    expect(bodies()).deep.equal([ON, OFF]);
    expect(messages()).deep.equal([]);
  });

  it('is asked for once while short messages follow each other', async () => {
    const protection = protect();
    for (let message = 0; message < 30; message += 1) {
      protection.hold();
      await sleep(2);
      protection.release();
      await sleep(5);
    }
    expect(bodies()).deep.equal([ON]);
  });

  it('begins again with the next message, also with one that comes while it ends', async () => {
    const protection = protect();
    answerTo = (request) => {
      if (!request.body.ProtectionEnabled && asked.length === 2) protection.hold();
      return agrees(request);
    };
    protection.hold();
    protection.release();
    await calls(3);
    expect(bodies()).deep.equal([ON, OFF, ON]);
    protection.release();
    await calls(4);
    await sleep(100);
    protection.hold();
    await calls(5);
    expect(bodies()).deep.equal([ON, OFF, ON, OFF, ON]);
    protection.release();
  });

  it('is renewed while a message is held', async () => {
    const protection = protect({ idleMs: 5, renewMs: 30 });
    protection.hold();
    await calls(4);
    expect(bodies().slice(0, 4)).deep.equal([ON, ON, ON, ON]);
    protection.release();
  });

  for (const [reason, refusal] of REFUSALS) {
    it(`is asked for again, and the reason logged once, when the agent answers ${reason}, ${refusal().body}`, async () => {
      answerTo = refusal;
      const protection = protect({ idleMs: 10 });
      protection.hold();
      await calls(4);
      expect(messages()).deep.equal([NOT_PROTECTED]);
      expect(log.lines[0]?.err?.message).equal(`the ECS agent answers ${reason}`);
      answerTo = agrees;
      await eventually('success is logged', () => log.lines.length === 2);
      const { length } = asked;
      await sleep(50);
      expect(asked.length).equal(length);
      expect(messages()).deep.equal([NOT_PROTECTED, 'info: task protection works again']);
      protection.release();
    });
  }

  it('is asked for no more often while it fails than when it works, whatever is held and released', async () => {
    answerTo = says(429, '');
    const protection = protect({ idleMs: 100 });
    for (let message = 0; message < 50; message += 1) {
      protection.hold();
      protection.release();
      await sleep(5);
    }
    expect(asked.length).within(2, 5);
  });

  it('makes nobody wait for an agent that does not answer, and is given up for this time', async () => {
    answerTo = () => undefined;
    const protection = protect({ answerMs: 50, idleMs: 10 });
    const begun = performance.now();
    protection.hold();
    expect(performance.now() - begun).below(50);
    await calls(3);
    expect(messages()).deep.equal([NOT_PROTECTED]);
    answerTo = agrees;
    await eventually('success is logged', () => log.lines.length === 2);
    protection.release();
  });

  it('fails without harm where no agent listens', async () => {
    await agent.stop();
    const protection = protect({ idleMs: 5 });
    protection.hold();
    await sleep(100);
    protection.release();
    expect(messages()).deep.equal([NOT_PROTECTED]);
    agent = await startWebServer(() => undefined);
  });

  it('is nothing outside ECS', async () => {
    const protection = protectTask(undefined, log.logger, TIMING);
    protection.hold();
    protection.release();
    await sleep(20);
    expect(asked).deep.equal([]);
    expect(messages()).deep.equal([]);
  });
});
