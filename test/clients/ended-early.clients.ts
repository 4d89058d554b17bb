import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { descendants } from '../../scripts/local/descendant-processes.ts';
import { eventually } from '../support/eventually.ts';
import { CAN_SEE_PROCESSES, commandOf, isRunning } from '../support/processes.ts';
import { CHROMIUM } from './browser.ts';
import { skipWithout } from './client-programs.ts';

const VERB = fileURLToPath(new URL('../../scripts/test-clients.ts', import.meta.url));

/** Parts of the command lines of what has to be ended: a service of npm start, and Chromium as Playwright starts it. */
const STARTED = ['/worker/main.ts', '--headless'];

describe('npm run test:clients', () => {
  before(function () {
    if (!CAN_SEE_PROCESSES) this.skip();
    skipWithout(CHROMIUM).call(this);
  });

  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    it(`leaves no process behind when ${signal} ends it`, async () => {
      const verb = spawn(process.execPath, [VERB, '--grep', 'Chromium with the front page'], {
        stdio: ['ignore', 'pipe', 'pipe'],
      });
      const ended = once(verb, 'exit');
      let output = '';
      for (const stream of [verb.stdout, verb.stderr]) stream.on('data', (text) => (output += text));
      const started = await eventually(
        'npm start and Chromium run',
        () => {
          if (verb.exitCode !== null) throw new Error(`The command ended before it was told to:\n${output}`);
          const all = descendants(verb.pid ?? 0);
          const commands = all.map(commandOf);
          return STARTED.every((part) => commands.some((command) => command.includes(part))) && all;
        },
        120_000,
      );
      verb.kill(signal);
      expect(await ended).to.deep.equal([{ SIGINT: 130, SIGTERM: 143 }[signal], null]);
      expect(started.filter(isRunning)).to.deep.equal([]);
    });
  }
});
