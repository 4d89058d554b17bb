import { setImmediate as turnOfTheLoop } from 'node:timers/promises';
import { expect } from 'chai';
import { ImageServiceError } from '../../../shared/domain/errors.ts';
import { eventually } from '../../support/eventually.ts';
import { type EventStream, openEvents } from '../../support/http/event-stream.ts';
import { openSocket } from '../../support/http/http-client.ts';
import { photograph } from '../../support/images/photographs.ts';
import { type Downloads, downloadsOf } from '../../support/services/downloads.ts';
import { settingsBeside } from '../../support/services/service-settings.ts';
import { startServices } from '../../support/services/services.ts';
import { turnedClock } from '../../support/turned-clock.ts';
import { spawnService } from '../../support/worker/worker-process.ts';

const jpeg = await photograph('jpeg', 60, 40);
const made = { bytes: await photograph('webp', 20, 20), format: 'webp' } as const;

/** Milliseconds between two polls of an image. */
const LOOK_MS = 1000;

describe('Watching an image', () => {
  const clock = turnedClock();
  let downloads: Downloads;
  let imageId: string;
  /** The requests to the table as JSON, and how many of these it has not answered. */
  const reads: string[] = [];
  let unanswered = 0;
  let isDown = false;
  before(async () => {
    downloads = downloadsOf(await startServices({ clock }));
    downloads.services.table.documents.middlewareStack.add(
      (next, { commandName }) =>
        async (args) => {
          if (commandName !== 'QueryCommand') return next(args);
          reads.push(JSON.stringify(args.input));
          if (isDown) throw new ImageServiceError('service_unavailable', 'The table is down.');
          unanswered += 1;
          return next(args).finally(() => {
            unanswered -= 1;
          });
        },
      { step: 'initialize' },
    );
  });
  after(() => downloads.services.stop());
  beforeEach(async () => {
    ({ imageId } = await downloads.upload(jpeg, ['thumb']));
  });
  afterEach(async () => {
    isDown = false;
    await unwatched();
  });

  const watch = (base = downloads.services.download) => openEvents(`${base}/v1/images/${imageId}/events`);
  const watching = async (count: number): Promise<EventStream[]> => {
    const streams = await Promise.all(Array.from({ length: count }, () => watch()));
    await Promise.all(streams.map((stream) => stream.named(1)));
    return streams;
  };
  const readsOfThis = () => reads.filter((read) => read.includes(imageId)).length;
  /** Counts the reads of the image until the next poll is due. */
  const readsOfOneLook = async (): Promise<number> => {
    await clock.waited();
    const before = readsOfThis();
    await clock.turn(LOOK_MS);
    await clock.waited();
    return readsOfThis() - before;
  };
  /** Lets polls pass until there are no more: none waits for its time or for the table. */
  const unwatched = () =>
    eventually('nobody looks', async () => {
      await clock.turn(LOOK_MS);
      await turnOfTheLoop();
      return clock.waiting() === 0 && unanswered === 0;
    });

  it('reads it once a second for any number of watchers', async () => {
    const streams = await watching(50);
    for (let look = 0; look < 3; look += 1) expect(await readsOfOneLook()).to.equal(1);
    await clock.turn(LOOK_MS - 1);
    expect(clock.waiting()).to.equal(1);
    await downloads.make({ imageId, name: 'thumb' }, made);
    await clock.turn(1);
    for (const stream of streams) expect(await stream.ended()).to.deep.equal(['image', 'image', 'settled']);
    await unwatched();
  });

  it('stops reading it when the last watcher has left', async () => {
    const streams = await watching(3);
    for (const stream of streams.slice(1)) stream.leave();
    expect(await readsOfOneLook()).to.equal(1);
    streams[0]?.leave();
    await unwatched();
  });

  it('does not begin for HEAD, nor continue for a client that disconnects before the answer', async () => {
    const path = `/v1/images/${imageId}/events`;
    const head = await downloads.get(path, {}, 'HEAD');
    expect(head.headers['content-type']).to.match(/^text\/event-stream/);
    expect(clock.waiting()).to.equal(0);
    const socket = await openSocket(downloads.services.download);
    socket.write(`GET ${path} HTTP/1.1\r\nHost: a\r\n\r\n`, () => socket.destroy());
    await eventually('the request is logged', () =>
      downloads.services.logs.find(({ method, path: asked }) => method === 'GET' && asked === path),
    );
    await unwatched();
  });

  it('continues after the table has not answered for a while', async () => {
    const [stream] = await watching(1);
    isDown = true;
    await clock.waited();
    await clock.turn(LOOK_MS);
    const { logs } = downloads.services;
    await eventually('the failure is logged', () =>
      logs.some(({ level, imageId: id }) => level === 40 && id === imageId),
    );
    isDown = false;
    await downloads.make({ imageId, name: 'thumb' }, made);
    await clock.waited();
    await clock.turn(LOOK_MS);
    expect(await stream?.ended()).to.deep.equal(['image', 'image', 'settled']);
  });

  it('ends when the service is told to stop, so that the service stops before its grace period is over', async () => {
    const settings = await settingsBeside(downloads.services);
    const service = spawnService('download', settings);
    try {
      await service.listening();
      const streams = await Promise.all([1, 2, 3].map(() => watch(`http://127.0.0.1:${settings.PORT}`)));
      await Promise.all(streams.map((stream) => stream.named(1)));
      service.child.kill('SIGTERM');
      // A stream that is cut off at the end of the grace period has no regular end.
      for (const stream of streams) expect(await stream.ended()).to.deep.equal(['image']);
      expect(await service.ended()).to.equal(0);
      expect(service.stderr()).to.equal('');
    } finally {
      service.child.kill('SIGKILL');
    }
  });
});
