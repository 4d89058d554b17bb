import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { eventually } from '../../support/eventually.ts';
import type { Behaviour } from '../../support/services/run-process.ts';

const SCRIPT = fileURLToPath(new URL('../../support/services/run-process.ts', import.meta.url));

const ENVIRONMENT = {
  HOST: '127.0.0.1',
  PORT: '1024',
  AUTHENTICATION: 'off',
  PROCESSING_QUEUE_URL: 'http://127.0.0.1/000000000000/processing',
  AWS_REGION: 'eu-central-1',
  IMAGE_TABLE_NAME: 'images',
  OBJECT_STORE_URL: 'file:///tmp/objects',
};

interface Line {
  msg: string;
  reason?: string;
  drainSeconds?: number;
  options?: object;
}

describe('run', () => {
  let child: ChildProcess;
  let output: string;
  let closed: Promise<unknown>;

  function spawnService(behaviour: Behaviour, more: Record<string, string> = {}): void {
    output = '';
    child = spawn(process.execPath, [SCRIPT, JSON.stringify(behaviour)], {
      env: { ...ENVIRONMENT, ...more },
      stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
    });
    closed = once(child, 'close');
    child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      output += text;
    });
  }
  const lines = () =>
    output
      .split('\n')
      .slice(0, -1)
      .map((line): Line => JSON.parse(line));
  /** In no order: the logger's last lines may overtake each other when the process exits. */
  const messages = () => lines().map(({ msg }) => msg);
  const line = (message: string) => lines().find(({ msg }) => msg === message);
  const said = (message: string) => eventually(message, () => line(message));
  const ended = async () => {
    await closed;
    return child.exitCode ?? child.signalCode;
  };

  afterEach(() => child.kill('SIGKILL'));

  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    it(`ends a service on ${signal}, with its usual time`, async () => {
      spawnService({});
      await said('started');
      child.kill(signal);
      expect(await ended()).to.equal(0);
      expect(messages()).to.have.members(['started', 'stopping', 'stop is called', 'stopped']);
      expect(line('stopping')).to.include({ reason: signal });
      expect(line('stop is called')?.options).to.deep.equal({});
    });
  }

  it('names in the log which release and commit have started', async () => {
    const running = { version: '1.2.3', revision: 'ab'.repeat(20) };
    spawnService({}, { IMAGE_SERVICE_VERSION: running.version, IMAGE_SERVICE_REVISION: running.revision });
    await said('started');
    expect(line('started')).to.include(running);
  });

  it('ends a service that asks for it, in the time that it asks for', async () => {
    spawnService({});
    await said('started');
    child.send(['spot interruption', { drainSeconds: 7 }]);
    expect(await ended()).to.equal(0);
    expect(line('stopping')).to.include({ reason: 'spot interruption', drainSeconds: 7 });
    expect(line('stop is called')?.options).to.deep.equal({ drainSeconds: 7 });
  });

  it('ends a service that asks for it while it starts, when it has started', async () => {
    spawnService({ startSeconds: 0.1, requests: [['spot interruption']] });
    expect(await ended()).to.equal(0);
    expect(messages()).to.have.members(['started', 'stopping', 'stop is called', 'stopped']);
  });

  it('keeps to the first request', async () => {
    spawnService({
      requests: [
        ['first', { drainSeconds: 3 }],
        ['second', { drainSeconds: 60 }],
      ],
    });
    expect(await ended()).to.equal(0);
    expect(line('stopping')).to.include({ reason: 'first', drainSeconds: 3 });
    expect(messages().filter((message) => message === 'stop is called')).to.have.lengthOf(1);
  });

  it('does nothing more on a signal after a request', async () => {
    spawnService({ stopSeconds: 0.3, requests: [['spot interruption', { drainSeconds: 3 }]] });
    await said('stop is called');
    child.kill('SIGTERM');
    child.kill('SIGINT');
    expect(await ended()).to.equal(0);
    expect(messages()).to.have.members(['started', 'stopping', 'stop is called', 'stopped']);
  });

  it('does nothing more on a request after a signal', async () => {
    spawnService({ stopSeconds: 0.3 });
    await said('started');
    child.kill('SIGTERM');
    await said('stop is called');
    child.send(['spot interruption', { drainSeconds: 3 }]);
    expect(await ended()).to.equal(0);
    expect(line('stop is called')?.options).to.deep.equal({});
    expect(messages().filter((message) => message === 'stopping')).to.have.lengthOf(1);
  });

  it('leaves work that does not end in time, with status 1', async () => {
    spawnService({ stopSeconds: 10, graceSeconds: 0.1, requests: [['spot interruption']] });
    expect(await ended()).to.equal(1);
    expect(messages()).to.have.members(['started', 'stopping', 'stop is called', 'work did not end in time']);
  });

  it('ends with status 1 when stopping fails', async () => {
    spawnService({ stopFails: true, requests: [['spot interruption']] });
    expect(await ended()).to.equal(1);
    expect(messages()).to.have.members(['started', 'stopping', 'stop is called', 'stopping failed']);
  });
});
