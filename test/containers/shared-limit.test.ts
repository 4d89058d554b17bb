import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { freePort } from '../../scripts/local/free-port.ts';
import { eventually } from '../support/eventually.ts';
import { type Answered, send } from '../support/http/http-client.ts';
import { as, OWNER_ISSUERS } from '../support/services/owners.ts';
import { settingsBeside } from '../support/services/service-settings.ts';
import { type Services, startServices } from '../support/services/services.ts';

const MAIN = fileURLToPath(new URL('../../containers/download/main.ts', import.meta.url));
const PROCESSES = 4;
const LIMIT = 100;
const REQUESTS = 400;

describe('A limit that four processes share', () => {
  let services: Services;
  const children: ChildProcess[] = [];
  const urls: string[] = [];

  before(async function () {
    this.timeout(60_000);
    services = await startServices();
    const env = {
      ...(await settingsBeside(services)),
      ...{ AUTHENTICATION: 'on', JWT_ISSUERS: OWNER_ISSUERS, API_KEYS: '' },
      OWNER_LIMITS: JSON.stringify({ requestsPerMinute: LIMIT }),
    };
    for (let index = 0; index < PROCESSES; index += 1) {
      const port = String(await freePort());
      children.push(
        spawn(process.execPath, [MAIN], { env: { ...env, PORT: port }, stdio: ['ignore', 'ignore', 'inherit'] }),
      );
      urls.push(`http://127.0.0.1:${port}`);
    }
    for (const url of urls)
      await eventually('it is ready', async () => (await fetch(`${url}/ready`).catch(() => undefined))?.ok);
  });
  after(async function () {
    this.timeout(60_000);
    for (const child of children) {
      child.kill('SIGKILL');
      await once(child, 'exit');
    }
    await services.stop();
  });

  /** All answers to requests that the processes get in turn, so many at the same time. */
  async function answersTo(owner: string, atOnce: number): Promise<Answered[]> {
    const headers = await as(owner);
    const answers: Answered[] = [];
    let next = 0;
    const client = async () => {
      while (next < REQUESTS) {
        const url = String(urls[next % PROCESSES]);
        next += 1;
        answers.push(await send(url, { path: '/v1/images', headers }));
      }
    };
    await Promise.all(Array.from({ length: atOnce }, client));
    return answers;
  }

  /** Repeats, with other owners, what does not begin and end in the same window. */
  async function inOneWindow<Result>(work: (round: string) => Promise<Result>): Promise<Result> {
    for (;;) {
      const window = Math.floor(Date.now() / 60_000);
      const result = await work(randomUUID());
      if (Math.floor(Date.now() / 60_000) === window) return result;
    }
  }

  for (const atOnce of [40, 4]) {
    it(`serves it to within one request for each process, and never more, with ${atOnce} requests at a time`, async function () {
      this.timeout(180_000);
      const answers = await inOneWindow((round) => answersTo(`tenant ${round}`, atOnce));
      const served = answers.filter(({ status }) => status === 200);
      expect(served.length).to.be.within(LIMIT - PROCESSES, LIMIT);
      expect(answers.filter(({ status }) => status === 429)).to.have.length(REQUESTS - served.length);
    });
  }

  it('does not serve one owner less because of another', async function () {
    this.timeout(180_000);
    const both = await inOneWindow((round) =>
      Promise.all([answersTo(`one ${round}`, 20), answersTo(`other ${round}`, 20)]),
    );
    for (const answers of both)
      expect(answers.filter(({ status }) => status === 200).length).to.be.within(LIMIT - PROCESSES, LIMIT);
  });
});
