import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { descendants } from '../../scripts/descendants.ts';
import { eventually } from '../support/eventually.ts';
import { CAN_SEE_PROCESSES, isRunning } from '../support/processes.ts';
import { CHROMIUM } from './browser.ts';
import { skipWithout } from './client-programs.ts';

const VERB = fileURLToPath(new URL('../../scripts/test-clients.ts', import.meta.url));

/** How many processes mocha, npm start and Chromium have together: any one has no more than eleven on two cores. */
const MANY = 12;

describe('npm run test:clients', () => {
  before(function () {
    if (!CAN_SEE_PROCESSES) this.skip();
    skipWithout(CHROMIUM).call(this);
  });

  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    it(`leaves no process behind when ${signal} ends it`, async () => {
      const verb = spawn(process.execPath, [VERB, '--grep', 'Chromium of the front page'], { stdio: 'ignore' });
      const ended = once(verb, 'exit');
      const started = await eventually(
        'npm start and Chromium run',
        async () => {
          await sleep(200);
          const all = descendants(verb.pid ?? 0);
          return all.length >= MANY && all;
        },
        120_000,
      );
      verb.kill(signal);
      expect(await ended).to.deep.equal([{ SIGINT: 130, SIGTERM: 143 }[signal], null]);
      expect(started.filter(isRunning)).to.deep.equal([]);
    });
  }
});
