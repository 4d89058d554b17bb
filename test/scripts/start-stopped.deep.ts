import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import type { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'chai';
import { eventually } from '../support/eventually.ts';
import { jsonOf, openSocket, send } from '../support/http/http-client.ts';
import { photograph } from '../support/images/photographs.ts';
import { descendants, isRunning, type StartProcess, spawnStartInGroup } from '../support/services/start-process.ts';

const jpeg = await photograph('jpeg', 300, 200);

describe('npm start at Ctrl-C', function () {
  this.timeout(180_000);
  let folder: string;
  let stack: StartProcess;
  let url: string;
  let processes: number[];
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'image-service-stopped-'));
    await begin();
  });
  afterEach(async () => {
    if (stack.child.exitCode === null) stack.child.kill('SIGKILL');
    await stack.ended();
    await rm(folder, { recursive: true, force: true });
  });

  async function begin(): Promise<void> {
    stack = spawnStartInGroup('--port', '0', '--data', folder, '--log', 'warn');
    url = await stack.ready();
    processes = descendants(Number(stack.child.pid));
  }

  /** The signal that a terminal sends to all processes in the foreground. */
  const pressCtrlC = () => process.kill(-Number(stack.child.pid), 'SIGINT');

  /** Begins an upload and waits until the service reads it. */
  async function beginUpload(): Promise<Socket> {
    const socket = await openSocket(url);
    const head = ['POST /v1/images HTTP/1.1', 'Host: localhost', `Content-Length: ${jpeg.length}`, 'Connection: close'];
    socket.write(`${head.join('\r\n')}\r\nExpect: 100-continue\r\n\r\n`);
    await once(socket, 'data');
    socket.pause();
    return socket;
  }

  it('waits for running uploads, but not for streams of events', async () => {
    const stored = jsonOf(await send(url, { method: 'POST', path: '/v1/images?rendition=thumb', body: jpeg }));
    const events = await openSocket(url);
    events.write(`GET ${stored.links.events} HTTP/1.1\r\nHost: localhost\r\n\r\n`);
    await once(events, 'data');
    const uploads = [await beginUpload(), await beginUpload(), await beginUpload()];
    for (const socket of uploads) socket.write(jpeg.subarray(0, 1000));
    pressCtrlC();
    await eventually('it says what it waits for', () => /uploads under way/.test(stack.stdout()));
    // By now everything that could end by itself has ended.
    await sleep(1000);
    const answers = uploads.map((socket) => buffer(socket));
    for (const socket of uploads) socket.write(jpeg.subarray(1000));
    for (const answer of await Promise.all(answers)) expect(answer.toString()).to.match(/^HTTP\/1\.1 201 /);
    expect(await stack.ended(20_000)).to.equal(0);
    expect(stack.stderr()).to.not.include('starting it again');
    await eventually('all have ended', () => !processes.some(isRunning));
    await begin();
    expect(jsonOf(await send(url, { path: '/v1/images' })).images).to.have.length(4);
  });

  it('ends at once at a second Ctrl-C, and loses nothing that was stored', async () => {
    expect((await send(url, { method: 'POST', path: '/v1/images', body: jpeg })).status).to.equal(201);
    const endless = await beginUpload();
    endless.write(jpeg.subarray(0, 1000));
    const answered = buffer(endless);
    pressCtrlC();
    // npm passes the signal on, so it arrives twice.
    process.kill(Number(stack.child.pid), 'SIGINT');
    await sleep(1000);
    expect(stack.child.exitCode).to.equal(null);
    pressCtrlC();
    expect(await stack.ended(10_000)).to.equal(0);
    await eventually('all have ended', () => !processes.some(isRunning));
    expect((await answered).toString()).to.not.match(/ 201 /);
    await begin();
    expect(jsonOf(await send(url, { path: '/v1/images' })).images).to.have.length(1);
  });
});
