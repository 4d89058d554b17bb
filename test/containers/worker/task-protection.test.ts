import type { RequestListener } from 'node:http';
import { text } from 'node:stream/consumers';
import { setImmediate as turnOfTheLoop } from 'node:timers/promises';
import { expect } from 'chai';
import { protectTask } from '../../../containers/worker/task-protection.ts';
import { eventually } from '../../support/eventually.ts';
import { startWebServer, type WebServer } from '../../support/http/web-server.ts';
import { readableLogger } from '../../support/services/log-lines.ts';
import { type TurnedClock, turnedClock } from '../../support/turned-clock.ts';
import { type Answer, type Asked, agrees, REFUSALS, says } from '../../support/worker/ecs-agent.ts';

const TIMING = {
  idleMs: 40,
  renewMs: 10_000,
  letGoEveryMs: 1_000_000,
  letGoMs: 400,
  letGoDrainMs: 2_000,
  expiresInMinutes: 10,
  answerMs: 30_000,
};
/** The middle of the range, with which every worker would let go at the same time. */
const random = () => 0.5;
const ON = { ProtectionEnabled: true, ExpiresInMinutes: 10 };
const OFF = { ProtectionEnabled: false };
const NOT_PROTECTED = 'warn: task is not protected from scale-in';

describe('task protection', () => {
  let agent: WebServer;
  let clock: TurnedClock;
  let asked: Asked[];
  let answerTo: (asked: Asked) => Answer | undefined;
  let log: ReturnType<typeof readableLogger>;

  beforeEach(async () => {
    asked = [];
    clock = turnedClock();
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
    protectTask(`${agent.url}/api/4d2f`, log.logger, { ...TIMING, ...timing, clock, random }).receiver();
  const calls = (count: number) => eventually(`${count} calls`, () => asked.length >= count);
  const bodies = () => asked.map(({ body }) => body);
  const messages = () => log.lines.map(({ level, msg }) => `${level}: ${msg}`);
  /** Lets so many periods pass, each when the call of the one before has been answered. */
  const idle = async (periods = 1, { idleMs } = TIMING) => {
    for (let period = 0; period < periods; period += 1) {
      await clock.waited();
      await clock.turn(idleMs);
    }
  };

  it('begins with the first message held, and ends a whole period after the last', async () => {
    const protection = protect();
    protection.hold();
    protection.hold();
    await idle(3);
    expect(asked).to.deep.equal([{ method: 'PUT', url: '/api/4d2f/task-protection/v1/state', body: ON }]);
    protection.release();
    await idle(3);
    expect(bodies()).to.deep.equal([ON]);
    protection.release();
    await idle();
    expect(clock.waiting()).to.equal(1);
    expect(bodies()).to.deep.equal([ON]);
    await idle();
    await calls(2);
    expect(bodies()).to.deep.equal([ON, OFF]);
    expect(clock.waiting()).to.equal(0);
    expect(messages()).to.deep.equal([]);
  });

  it('is requested once while short messages follow each other', async () => {
    const protection = protect();
    for (let message = 0; message < 30; message += 1) {
      protection.hold();
      await clock.waited();
      await clock.turn(TIMING.idleMs / 8);
      protection.release();
      await clock.turn(TIMING.idleMs / 3);
    }
    expect(bodies()).to.deep.equal([ON]);
  });

  it('begins again with the next message, even with one that comes while it ends', async () => {
    const protection = protect();
    answerTo = (request) => {
      if (!request.body.ProtectionEnabled && asked.length === 2) protection.hold();
      return agrees(request);
    };
    protection.hold();
    protection.release();
    await idle();
    await calls(3);
    await clock.waited();
    expect(bodies()).to.deep.equal([ON, OFF, ON]);
    protection.release();
    await idle(2);
    await calls(4);
    protection.hold();
    await calls(5);
    expect(bodies()).to.deep.equal([ON, OFF, ON, OFF, ON]);
    protection.release();
  });

  it('is renewed in time while a message is held', async () => {
    const protection = protect({ renewMs: 4 * TIMING.idleMs });
    protection.hold();
    await idle(3 * 4 - 1);
    await clock.waited();
    expect(bodies()).to.deep.equal([ON, ON, ON]);
    await idle();
    await clock.waited();
    expect(bodies()).to.deep.equal([ON, ON, ON, ON]);
    protection.release();
  });

  for (const [reason, refusal] of REFUSALS) {
    it(`is requested again, and the reason logged once, when the agent answers ${reason}, ${refusal().body}`, async () => {
      answerTo = refusal;
      const protection = protect();
      protection.hold();
      await idle(3);
      await clock.waited();
      expect(bodies()).to.deep.equal([ON, ON, ON, ON]);
      expect(messages()).to.deep.equal([NOT_PROTECTED]);
      expect(log.lines[0]?.err?.message).to.equal(`the ECS agent answers ${reason}`);
      answerTo = agrees;
      await idle(5);
      expect(asked.length).to.equal(5);
      expect(messages()).to.deep.equal([NOT_PROTECTED, 'info: task protection works again']);
      protection.release();
    });
  }

  it('is requested no more often when the agent fails than when it works, whatever is held and released', async () => {
    answerTo = says(429, '');
    const protection = protect();
    for (let message = 0; message < 50; message += 1) {
      protection.hold();
      protection.release();
      await clock.waited();
      await clock.turn(TIMING.idleMs / 20);
    }
    await clock.waited();
    expect(asked.length).to.equal(1 + Math.floor(50 / 20));
  });

  it('does not make a message wait for an agent that does not answer, and is given up until the next period', async () => {
    answerTo = () => undefined;
    const protection = protect({ answerMs: 50 });
    protection.hold();
    expect(asked, 'asked when the message is already in hand').to.deep.equal([]);
    await idle(2);
    await calls(3);
    expect(messages()).to.deep.equal([NOT_PROTECTED]);
    answerTo = agrees;
    await eventually('success is logged', async () => {
      await idle();
      return log.lines.length === 2;
    });
    protection.release();
  });

  it('fails without harm when no agent listens', async () => {
    await agent.stop();
    const protection = protect();
    protection.hold();
    await idle(3);
    protection.release();
    expect(messages()).to.deep.equal([NOT_PROTECTED]);
    agent = await startWebServer(() => undefined);
  });

  describe('of a worker that is never idle', () => {
    const letGo = { letGoEveryMs: 10 * TIMING.idleMs };
    const lasting = new AbortController().signal;
    /** Whether a promise has settled by the time that nothing more happens by itself. */
    const isDone = async (promise: Promise<void>) => {
      let done = false;
      void promise.then(() => {
        done = true;
      });
      await turnOfTheLoop();
      return done;
    };
    /** A receiver that gets one message after the other until the task lets go, and then has one. */
    async function busyUntilItLetsGo() {
      const receiver = protect(letGo);
      for (let period = 0; period < 10; period += 1) {
        expect(await isDone(receiver.admission(lasting)), `in period ${period}`).to.equal(true);
        receiver.hold();
        await idle();
        if (period < 9) receiver.release();
      }
      await clock.waited();
      return receiver;
    }

    it('stops receiving, waits for the message in hand, is unprotected for as long as ECS needs, and is protected again', async () => {
      const receiver = await busyUntilItLetsGo();
      await idle(3);
      expect(bodies(), 'while a message is in hand').to.deep.equal([ON]);
      receiver.release();
      const next = receiver.admission(lasting);
      await calls(2);
      expect(bodies()).to.deep.equal([ON, OFF]);
      await clock.waited();
      await clock.turn(TIMING.letGoMs - 1);
      expect(await isDone(next)).to.equal(false);
      expect(bodies()).to.deep.equal([ON, OFF]);
      await clock.turn(1);
      await next;
      receiver.hold();
      await calls(3);
      expect(bodies()).to.deep.equal([ON, OFF, ON]);
      receiver.release();
    });

    it('waits for a receive that is under way, which may bring a message', async () => {
      const protection = protectTask(agent.url, log.logger, { ...TIMING, ...letGo, clock, random });
      const [busy, polling] = [protection.receiver(), protection.receiver()];
      await Promise.all([busy.admission(lasting), polling.admission(lasting)]);
      busy.hold();
      await idle(11);
      busy.release();
      void busy.admission(lasting);
      await idle(2);
      expect(bodies()).to.deep.equal([ON]);
      void polling.admission(lasting);
      await calls(2);
      expect(bodies()).to.deep.equal([ON, OFF]);
    });

    it('is given up again and again', async () => {
      const receiver = protect({ ...letGo, letGoDrainMs: 0 });
      receiver.hold();
      for (let period = 0; period < 100; period += 1) await idle();
      expect(bodies().filter((body) => !body.ProtectionEnabled).length).to.be.within(3, 10);
      receiver.release();
    });

    it('is given up with a message in hand that takes longer than any should, and then requested again for it', async () => {
      const receiver = await busyUntilItLetsGo();
      await idle(TIMING.letGoDrainMs / TIMING.idleMs);
      await calls(2);
      await clock.waited();
      await clock.turn(TIMING.letGoMs);
      await calls(3);
      expect(bodies()).to.deep.equal([ON, OFF, ON]);
      receiver.release();
    });

    it('lets the worker end at once while it is given up', async () => {
      const receiver = await busyUntilItLetsGo();
      const stopping = new AbortController();
      receiver.release();
      const receive = receiver.admission(stopping.signal);
      expect(await isDone(receive)).to.equal(false);
      stopping.abort();
      await receive;
      await receiver.admission(stopping.signal);
    });

    it('is given up at another time than that of other workers', async () => {
      const periods = [0, 1].map(async (chance) => {
        const own = turnedClock();
        const options = { ...TIMING, ...letGo, clock: own, random: () => chance };
        const protection = protectTask(agent.url, log.logger, options);
        protection.receiver().hold();
        let count = 0;
        for (; count < 20 && (await isDone(protection.receiver().admission(lasting))); count += 1) {
          await own.waited();
          await own.turn(TIMING.idleMs);
          await own.waited();
        }
        return count;
      });
      expect(await Promise.all(periods)).to.deep.equal([8, 13]);
    });
  });

  it('does nothing outside ECS', async () => {
    const protection = protectTask(undefined, log.logger, { ...TIMING, clock, random }).receiver();
    protection.hold();
    protection.release();
    await protection.admission(new AbortController().signal);
    expect(clock.waiting()).to.equal(0);
    expect(asked).to.deep.equal([]);
    expect(messages()).to.deep.equal([]);
  });
});
