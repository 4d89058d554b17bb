import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { freePort } from '../../scripts/local/free-port.ts';
import { eventually } from '../support/eventually.ts';
import { descendants, isRunning } from '../support/services/start-process.ts';

const SCRIPT = fileURLToPath(new URL('../../scripts/start.ts', import.meta.url));

describe('npm start, when nobody reads its output any more,', function () {
  this.timeout(120_000);

  it('restarts a part that dies, and ends on a signal', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'image-service-unread-'));
    const port = await freePort();
    const command = [SCRIPT, '--port', String(port), '--data', folder];
    const child = spawn(process.execPath, command, { stdio: ['ignore', 'pipe', 'ignore'] });
    const ended = once(child, 'exit');
    try {
      const url = `http://127.0.0.1:${port}`;
      // It is read until all parts run: before that it does not stop by a signal in order, though some of them answer already.
      let said = '';
      child.stdout.on('data', (text: Buffer) => {
        said += text;
      });
      await eventually('all parts run', () => said.includes('Stop: Ctrl-C'), 60_000);
      child.stdout.removeAllListeners('data').pause();
      // The log contains the paths of requests.
      const long = `${url}/v1/images/${'a'.repeat(7_000)}`;
      for (let turn = 0; turn < 500; turn += 1) await (await fetch(long)).arrayBuffer();
      const parts = descendants(Number(child.pid));
      const [first = 0] = parts;
      process.kill(first, 'SIGKILL');
      const isBack = () => !isRunning(first) && descendants(Number(child.pid)).length === parts.length;
      await eventually('the part is started again', isBack, 20_000);
      child.kill('SIGTERM');
      const [status] = await Promise.race([ended, eventually('it ends', () => child.exitCode !== null && [0], 20_000)]);
      expect(status).to.equal(0);
    } finally {
      child.kill('SIGKILL');
      await rm(folder, { recursive: true, force: true, maxRetries: 10 });
    }
  });
});
