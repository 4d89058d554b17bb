import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { buffer } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { freePort } from '../../../scripts/local/free-port.ts';
import { eventually } from '../../support/eventually.ts';
import { openSocket, send } from '../../support/http/http-client.ts';
import type { LogLine } from '../../support/services/services.ts';

const SCRIPT = fileURLToPath(new URL('../../support/services/failing-service.ts', import.meta.url));
const IMAGE = '/v1/images/3f2b8c1e-5d4a-4f6b-8a7c-9d0e1f2a3b4c';
const LENGTH = 100_000;

describe('An error that nobody caught', () => {
  let child: ChildProcess;
  let output: string;
  let base: string;
  const lines = () =>
    output
      .split('\n')
      .slice(0, -1)
      .map((line): LogLine => JSON.parse(line));

  async function start(fault: string): Promise<void> {
    const port = String(await freePort());
    base = `http://127.0.0.1:${port}`;
    output = '';
    child = spawn(process.execPath, [SCRIPT, fault], {
      env: {
        HOST: '127.0.0.1',
        PORT: port,
        AUTHENTICATION: 'off',
        PROCESSING_QUEUE_URL: 'http://127.0.0.1/000000000000/processing',
        AWS_REGION: 'eu-central-1',
        IMAGE_TABLE_NAME: 'images',
        OBJECT_STORE_URL: 'file:///tmp/objects',
      },
      stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
    });
    child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      output += text;
    });
    await eventually('the service has started', () => lines().some(({ msg }) => msg === 'started'), 30_000);
  }
  afterEach(() => child.kill('SIGKILL'));

  for (const fault of ['exception', 'rejection', 'nothing']) {
    it(`ends the service with status 1 when the uploads under way have ended: ${fault}`, async () => {
      await start(fault);
      const uploading = await openSocket(base);
      uploading.write(`POST /v1/images HTTP/1.1\r\nHost: localhost\r\nContent-Length: ${LENGTH}\r\n\r\n`);
      uploading.write('a'.repeat(LENGTH / 2));
      const closed = once(child, 'close');
      await send(base, { method: 'DELETE', path: IMAGE, headers: { 'x-request-id': 'the-fault' } });
      const fatal = await eventually('the error is logged', () => lines().find(({ level }) => level === 60));
      expect(fatal).to.include({ service: 'sync-upload', requestId: 'the-fault' });
      const { message, stack } = fatal.err as { message: string; stack: string };
      expect(message).to.match(fault === 'nothing' ? /undefined/ : /a fault of a request/);
      expect(stack).to.match(fault === 'nothing' ? /run\.ts/ : /failing-service\.ts/);

      await eventually('nothing more is taken', () =>
        openSocket(base).then(
          (socket) => socket.destroy() && false,
          () => true,
        ),
      );
      uploading.write('a'.repeat(LENGTH / 2));
      expect((await buffer(uploading)).toString()).to.match(new RegExp(`^HTTP/1.1 20.*"bytes":${LENGTH}`, 's'));
      await closed;
      expect(child.exitCode).to.equal(1);
      expect(lines().map(({ msg }) => msg)).to.include.members(['stopping', 'stopped']);
    });
  }

  it('only logs an error that is not the first', async () => {
    await start('pair');
    const closed = once(child, 'close');
    const path = `DELETE ${IMAGE} HTTP/1.1\r\nHost: localhost\r\n`;
    const sockets = await Promise.all([openSocket(base), openSocket(base)]);
    sockets[0]?.write(`${path}X-Request-Id: one\r\n\r\n`);
    sockets[1]?.write(`${path}X-Request-Id: two\r\n\r\n`);
    await closed;
    expect(child.exitCode).to.equal(1);
    const fatal = lines().filter(({ level }) => level === 60);
    expect(fatal.map(({ requestId }) => requestId)).to.have.members(['one', 'two']);
    expect(lines().filter(({ msg }) => msg === 'stopping')).to.have.length(1);
  });
});
