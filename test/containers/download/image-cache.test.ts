import { expect } from 'chai';
import { type ImageCache, openImageCache } from '../../../containers/download/image-cache.ts';
import type { Rendition } from '../../../shared/domain/rendition.ts';
import { deleteImageRecord } from '../../../shared/storage/table/image-deletion.ts';
import { type Image, isStored } from '../../../shared/storage/table/image-table.ts';
import { addRendition, createImage } from '../../../shared/storage/table/image-writes.ts';
import { type OpenedTable, openLocalTable } from '../../support/storage/emulators.ts';
import { imageRecord, rendition } from '../../support/storage/image-records.ts';
import { type TurnedClock, turnedClock } from '../../support/turned-clock.ts';

const READY: Partial<Rendition> = { status: 'ready' };

/** Milliseconds for which images are cached. */
const KNOWN_MS = 1000;

describe('The image cache', () => {
  let opened: OpenedTable;
  let imageCache: ImageCache;
  let clock: TurnedClock;
  let reads = 0;
  /** The table answers when this resolves. */
  let answers: () => Promise<void>;
  before(async () => {
    opened = await openLocalTable();
    opened.table.documents.middlewareStack.add(
      (next, { commandName }) =>
        async (args) => {
          if (commandName === 'QueryCommand') reads += 1;
          await answers();
          return next(args);
        },
      { step: 'initialize' },
    );
  });
  after(() => opened.close());
  beforeEach(() => {
    clock = turnedClock();
    imageCache = openImageCache(opened.table, clock);
    reads = 0;
    answers = async () => undefined;
  });

  const stored = async (...renditions: Rendition[]): Promise<string> => {
    const record = imageRecord();
    await createImage(opened.table, { record, renditions });
    return record.imageId;
  };
  const readImage = async (imageId: string, isEnough?: Parameters<ImageCache['read']>[1]): Promise<Image> => {
    const image = await (await imageCache.read(imageId, isEnough))?.complete?.();
    if (isStored(image)) return image;
    throw new Error(`no image is stored as ${imageId}`);
  };
  const read = async (imageId: string) => (await readImage(imageId)).renditions.map(({ name }) => name);

  it('reads an image once for all requests at the same time, also while a rendition is made', async () => {
    const imageId = await stored(rendition());
    const all = await Promise.all(Array.from({ length: 20 }, () => read(imageId)));
    expect(all).to.deep.equal(Array(20).fill(['thumb']));
    expect(reads).to.equal(1);
  });

  it('reads an image once a second if none of its renditions is being made', async () => {
    const imageId = await stored(rendition('thumb', READY), rendition('small', { status: 'failed' }));
    for (let time = 0; time < 5; time += 1) {
      await read(imageId);
      await clock.turn(KNOWN_MS / 5);
    }
    expect(reads).to.equal(1);
    await clock.turn(1);
    await read(imageId);
    expect(reads).to.equal(2);
  });

  it('reads an image each time while one of its renditions is being made', async () => {
    const imageId = await stored(rendition('thumb', READY), rendition('small'));
    for (let time = 0; time < 3; time += 1) await read(imageId);
    expect(reads).to.equal(3);
  });

  it('reads an image again if the cached one is not enough for the request', async () => {
    const imageId = await stored(rendition('thumb', READY));
    await read(imageId);
    await addRendition(opened.table, imageId, rendition('small', { ...READY, requestedAt: new Date().toISOString() }));
    expect(await read(imageId)).to.deep.equal(['thumb']);
    const enough = await readImage(imageId, ({ renditions }) => renditions.some(({ name }) => name === 'small'));
    expect(enough.renditions).to.have.length(2);
    expect(await read(imageId)).to.deep.equal(['thumb', 'small']);
  });

  it('returns a deleted image for a second at most', async () => {
    const imageId = await stored();
    const known = await readImage(imageId);
    await deleteImageRecord(opened.table, imageId);
    expect(await readImage(imageId)).to.equal(known);
    await clock.turn(KNOWN_MS);
    expect(imageCache.isCurrent(known)).to.equal(true);
    await clock.turn(1);
    expect(imageCache.isCurrent(known)).to.equal(false);
    expect(await imageCache.read(imageId)).to.have.nested.property('record.status', 'deleted');
  });

  it('reads no renditions for those who are not to know of the image, and all of them once for others who ask with them', async () => {
    const renditions = Array.from({ length: 30 }, (_, place) => rendition(`size-${place}`, READY));
    const imageId = await stored(...renditions);
    const found = await Promise.all(Array.from({ length: 5 }, () => imageCache.read(imageId)));
    expect(reads).to.equal(1);
    const [one, ...others] = await Promise.all(found.map((each) => each?.complete?.()));
    expect(reads).to.equal(2);
    expect(one?.renditions).to.have.length(30);
    for (const other of others) expect(other).to.equal(one);
    expect(await readImage(imageId)).to.equal(one);
    expect(reads).to.equal(2);
  });

  it('does not keep an image longer because it is requested', async () => {
    const imageId = await stored();
    for (let time = 0; time < 4; time += 1) {
      await read(imageId);
      await clock.turn(KNOWN_MS / 3 + 1);
    }
    expect(reads).to.equal(2);
  });

  it('counts the age of an image from before it was read, which may take long', async () => {
    const imageId = await stored();
    const answered = Promise.withResolvers<void>();
    answers = () => answered.promise;
    const asked = readImage(imageId);
    await clock.turn(KNOWN_MS + 1);
    answered.resolve();
    expect(imageCache.isCurrent(await asked)).to.equal(false);
  });

  it('does not cache that an image is missing', async () => {
    const { imageId } = imageRecord();
    for (let time = 0; time < 2; time += 1) expect(await imageCache.read(imageId)).to.equal(undefined);
    expect(reads).to.be.above(1);
  });
});
