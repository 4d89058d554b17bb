import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import sharp from 'sharp';
import { freePort } from '../../scripts/local/free-port.ts';
import { eventually } from '../support/eventually.ts';
import { jsonOf, send } from '../support/http/http-client.ts';
import { photograph } from '../support/images/photographs.ts';
import { descendants, isRunning, type StartProcess, spawnStart } from '../support/services/start-process.ts';

describe('npm start, when it is killed,', function () {
  this.timeout(600_000);
  let folder: string;
  const started: StartProcess[] = [];
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'image-service-start-'));
  });
  after(() => rm(folder, { recursive: true, force: true }));
  afterEach(async () => {
    for (const { child, ended } of started.splice(0)) {
      if (child.exitCode === null && child.signalCode === null) child.kill('SIGTERM');
      await ended(20_000);
    }
  });

  const start = (data: string, ...options: string[]): StartProcess => {
    const process = spawnStart(
      '--data',
      join(folder, data),
      ...(options.includes('--port') ? [] : ['--port', '0']),
      ...options,
    );
    started.push(process);
    return process;
  };
  const upload = async (url: string, body: Buffer) =>
    jsonOf(await send(url, { method: 'POST', path: '/v1/images?rendition=thumb', body }));
  const ready = (url: string, self: string) =>
    eventually(
      'the rendition is ready',
      async () => {
        const answer = await send(url, { path: `${self}/renditions/thumb` });
        if (answer.status !== 200 && answer.status !== 202) throw new Error(answer.body.toString());
        return answer.status === 200 && answer;
      },
      45_000,
    );

  it('keeps everything after kill -9, and makes the rendition that was requested just before', async () => {
    const first = start('killed', '--log', 'warn');
    const url = await first.ready();
    const jpeg = await photograph('jpeg', 300, 200);
    const done = await upload(url, jpeg);
    await ready(url, done.links.self);
    const processes = descendants(first.child.pid ?? 0);
    const asked = await upload(url, await photograph('png', 3000, 3000));
    first.child.kill('SIGKILL');
    await first.ended();
    await eventually('the services end with it', () => processes.every((pid) => !isRunning(pid)));

    const second = await start('killed', '--log', 'warn').ready();
    expect((await send(second, { path: done.links.original })).body.equals(jpeg)).to.equal(true);
    expect((await send(second, { path: `${done.links.self}/renditions/thumb` })).status).to.equal(200);
    const { images } = jsonOf(await send(second, { path: '/v1/images' }));
    expect(images.map(({ imageId }: { imageId: string }) => imageId)).to.have.members([asked.imageId, done.imageId]);
    const made = await ready(second, asked.links.self);
    expect(await sharp(made.body).metadata()).to.include({ format: 'webp', width: 200, height: 200 });
  });

  it('answers downloads before it has restarted anything else', async () => {
    const port = await freePort();
    const first = start('downloads-first', '--port', String(port), '--log', 'info');
    const url = await first.ready();
    const jpeg = await photograph('jpeg', 300, 200);
    const { links } = await upload(url, jpeg);
    const processes = descendants(first.child.pid ?? 0);
    first.child.kill('SIGKILL');
    await first.ended();
    await eventually('the services end with it', () => processes.every((pid) => !isRunning(pid)));

    const second = start('downloads-first', '--port', String(port), '--log', 'info');
    const answer = await eventually(
      'the original is served',
      async () => {
        const found = await send(url, { path: links.original }).catch(() => undefined);
        return found?.status === 200 && { body: found.body, stdout: second.stdout() };
      },
      45_000,
    );
    expect(answer.body.equals(jpeg)).to.equal(true);
    expect(answer.stdout).to.not.include('ready at');
    await second.ready();
    const started = [...second.stdout().matchAll(/(\S+) started/g)].map(([, service]) => service);
    expect(started[0]).to.equal('download');
    expect(started).to.have.members(['download', 'sync-upload', 'async-upload', 'worker']);
  });

  it('leaves no process behind, at whatever moment of its start it is killed', async () => {
    const whole = start('early', '--log', 'warn');
    await whole.ready();
    const all = descendants(whole.child.pid ?? 0).length;
    whole.child.kill('SIGKILL');
    await whole.ended();
    // The moments are numbers of processes rather than times, because machines differ in speed.
    for (let count = 0; count <= all; count += 1) {
      const { child, ended } = start('early', '--log', 'warn');
      const begun = await eventually(`${count} of ${all} processes`, () => {
        const found = descendants(child.pid ?? 0);
        return found.length >= count && found;
      });
      child.kill('SIGKILL');
      await ended();
      await eventually(`all ${begun.length} end`, () => begun.every((pid) => !isRunning(pid)));
    }
    expect(all).to.be.above(5);
    await start('early', '--log', 'warn').ready();
  });

  it('ends on a signal although nobody reads its output any more', async () => {
    const { child, ready, ended } = start('unread', '--log', 'info');
    const url = await ready();
    const processes = descendants(child.pid ?? 0);
    child.stdout?.destroy();
    child.stderr?.destroy();
    for (let count = 0; count < 5; count += 1) await send(url, { path: '/v1/images' });
    child.kill('SIGTERM');
    expect(await ended()).to.equal(0);
    await eventually('all end with it', () => processes.every((pid) => !isRunning(pid)));
  });
});
