import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'chai';
import { ImageServiceError } from '../../../shared/domain/errors.ts';
import { type Downloads, downloadsOf } from '../../support/downloads.ts';
import { type EventStream, openEvents } from '../../support/event-stream.ts';
import { photograph } from '../../support/photographs.ts';
import { settingsBeside } from '../../support/service-settings.ts';
import { startServices } from '../../support/services.ts';
import { spawnService } from '../../support/worker-process.ts';

const jpeg = await photograph('jpeg', 60, 40);
const made = { bytes: await photograph('webp', 20, 20), format: 'webp' } as const;

/** Milliseconds between two looks at an image, and some. */
const LOOK_MS = 1000;
const LONGER_MS = 1300;

describe('Watching an image', () => {
  let downloads: Downloads;
  let imageId: string;
  /** What the table was asked for, each as JSON. */
  const reads: string[] = [];
  let isDown = false;
  before(async () => {
    downloads = downloadsOf(await startServices());
    downloads.services.table.documents.middlewareStack.add(
      (next, { commandName }) =>
        async (args) => {
          if (commandName === 'QueryCommand') reads.push(JSON.stringify(args.input));
          if (isDown) throw new ImageServiceError('service_unavailable', 'The table is down.');
          return next(args);
        },
      { step: 'initialize' },
    );
  });
  after(() => downloads.services.stop());
  beforeEach(async () => {
    ({ imageId } = await downloads.upload(jpeg, ['thumb']));
  });
  afterEach(() => {
    isDown = false;
  });

  const watch = (base = downloads.services.download) => openEvents(`${base}/v1/images/${imageId}/events`);
  const watching = async (count: number): Promise<EventStream[]> => {
    const streams = await Promise.all(Array.from({ length: count }, () => watch()));
    await Promise.all(streams.map((stream) => stream.named(1)));
    return streams;
  };
  const readsDuring = async (milliseconds: number): Promise<number> => {
    const ofThis = () => reads.filter((read) => read.includes(imageId)).length;
    const before = ofThis();
    await sleep(milliseconds);
    return ofThis() - before;
  };

  it('reads it once a second, however many watch', async () => {
    const streams = await watching(50);
    expect(await readsDuring(3.5 * LOOK_MS)).to.be.within(2, 4);
    await downloads.make({ imageId, name: 'thumb' }, made);
    for (const stream of streams) expect(await stream.ended()).to.deep.equal(['image', 'image', 'settled']);
    expect(await readsDuring(LONGER_MS)).to.equal(0);
  });

  it('reads it no more when the last who watched has left', async () => {
    const streams = await watching(3);
    for (const stream of streams.slice(1)) stream.leave();
    expect(await readsDuring(2.5 * LOOK_MS)).to.be.within(1, 3);
    streams[0]?.leave();
    expect(await readsDuring(0.5 * LOOK_MS + LONGER_MS)).to.equal(0);
  });

  it('does not begin with a HEAD, nor with who has left before the answer', async () => {
    const path = `/v1/images/${imageId}/events`;
    const head = await downloads.get(path, {}, 'HEAD');
    expect(head.headers['content-type']).to.match(/^text\/event-stream/);
    const controller = new AbortController();
    const left = fetch(`${downloads.services.download}${path}`, { signal: controller.signal }).catch(() => undefined);
    controller.abort();
    await left;
    await sleep(100);
    expect(await readsDuring(LONGER_MS)).to.equal(0);
  });

  it('goes on when the table has not answered for a while', async () => {
    const [stream] = await watching(1);
    isDown = true;
    await sleep(LONGER_MS);
    isDown = false;
    await downloads.make({ imageId, name: 'thumb' }, made);
    expect(await stream?.ended()).to.deep.equal(['image', 'image', 'settled']);
    const { logs } = downloads.services;
    expect(logs.filter(({ level, imageId: id }) => level === 40 && id === imageId)).to.not.be.empty;
  });

  it('ends at once when the service is told to end, and with it the service', async () => {
    const settings = await settingsBeside(downloads.services);
    const service = spawnService('download', settings);
    try {
      await service.listening();
      const streams = await Promise.all([1, 2, 3].map(() => watch(`http://127.0.0.1:${settings.PORT}`)));
      await Promise.all(streams.map((stream) => stream.named(1)));
      const begun = performance.now();
      service.child.kill('SIGTERM');
      for (const stream of streams) expect(await stream.ended(2000)).to.deep.equal(['image']);
      expect(await service.ended()).to.equal(0);
      expect(performance.now() - begun).to.be.below(20_000);
      expect(service.stderr()).to.equal('');
    } finally {
      service.child.kill('SIGKILL');
    }
  });
});
