import { readdir, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { expect } from 'chai';
import { imageView } from '../../../shared/contracts/api/image-view.ts';
import { QUEUE_TIMING } from '../../../shared/contracts/queue-timing.ts';
import { ImageServiceError } from '../../../shared/domain/errors.ts';
import { createImageId } from '../../../shared/domain/image-id.ts';
import { originalKey, renditionKey } from '../../../shared/domain/object-key.ts';
import type { ObjectStore } from '../../../shared/storage/objects/object-store.ts';
import { deleteImageRecord } from '../../../shared/storage/table/image-deletion.ts';
import { readStoredImage } from '../../../shared/storage/table/image-table.ts';
import { startRendition } from '../../../shared/storage/table/rendition-states.ts';
import { look, photograph, quadrants } from '../../support/images/picture.ts';
import { LIMITS_WITHOUT_BUDGET } from '../../support/worker/rendition-run.ts';
import { type Bench, bodyOf, delivery, request, startBench } from '../../support/worker/worker-bench.ts';

const resize = { operation: 'resize', width: 20 };
const watermark = (imageId: string) => ({ operation: 'watermark', imageId });

describe('processMessage', () => {
  let bench: Bench;
  let picture: Buffer;
  const thumb = request('thumb', [resize]);
  /** An object store that does something before it fetches or puts. */
  const storeThat = (changes: Partial<ObjectStore>): ObjectStore => ({ ...bench.objects, ...changes });
  const last = QUEUE_TIMING.maxReceiveCount;

  before(async () => {
    bench = await startBench();
    picture = await quadrants(40, 30).png().toBuffer();
  });
  after(() => bench.stop());
  afterEach(async () => {
    expect(await readdir(join(bench.folder, 'work', 'fetched')), 'files left in the work directory').to.deep.equal([]);
  });

  const failureOf = async (bytes: Buffer, asked = thumb, changes = {}): Promise<string> => {
    const imageId = await bench.store({ bytes, renditions: [asked], ...changes });
    await bench.process()(delivery(bodyOf(imageId, [asked])));
    const made = await bench.rendition(imageId, asked.name);
    expect([made?.status, made?.attempts, made?.facts]).to.deep.equal(['failed', 1, undefined]);
    expect(made?.failure?.detail)
      .to.match(/^[^\n]{10,}\.$/)
      .not.include(bench.folder);
    expect(await bench.renditionObjects(imageId)).to.deep.equal([]);
    return made?.failure?.code ?? '';
  };

  it('makes a rendition and writes its facts into the record', async () => {
    const imageId = await bench.store({ bytes: picture, renditions: [thumb] });
    await bench.process()(delivery(bodyOf(imageId, [thumb])));
    const made = await bench.rendition(imageId);
    expect([made?.status, made?.attempts, made?.failure]).to.deep.equal(['ready', 1, undefined]);
    const { record } = await readStoredImage(bench.table, imageId);
    const key = renditionKey(record, thumb, 'png');
    const { body, contentLength } = await bench.objects.get(key);
    const bytes = Buffer.concat(await body.toArray());
    expect(made?.facts).to.include({ key, contentType: 'image/png', contentLength, width: 20, height: 15 });
    expect(bytes.length).to.equal(contentLength);
    expect((await look(bytes)).width).to.equal(20);
  });

  it('writes the warnings of a rendition and the displayed size of the original into the record', async () => {
    const photo = photograph(90, 160).withMetadata({ orientation: 6 }).jpeg();
    const bytes = (await photo.toBuffer()).subarray(0, -30);
    const imageId = await bench.store({ bytes, renditions: [thumb] });
    await bench.process()(delivery(bodyOf(imageId, [thumb])));
    const { record, renditions } = await readStoredImage(bench.table, imageId);
    expect([record.width, record.height]).to.deep.equal([160, 90]);
    const [view] = imageView(record, renditions).renditions ?? [];
    expect(view).to.have.property('status', 'ready');
    expect(view?.warnings).to.deep.equal([
      { code: 'image_cut', detail: 'The file ends early: 24 of 160 rows are missing.' },
    ]);
  });

  it('makes the other renditions of a message when one fails for good', async () => {
    const outside = request('outside', [{ operation: 'crop', left: 0, top: 0, width: 41, height: 1 }]);
    const renditions = [request('first'), outside, thumb];
    const imageId = await bench.store({ bytes: picture, renditions });
    await bench.process()(delivery(bodyOf(imageId, renditions)));
    const made = await Promise.all(renditions.map(({ name }) => bench.rendition(imageId, name)));
    expect(made.map((rendition) => rendition?.status)).to.deep.equal(['ready', 'failed', 'ready']);
    expect(made[1]?.failure?.code).to.equal('crop_outside_image');
  });

  it('fails a rendition for good when the original is cut off or no image', async () => {
    for (const bytes of [picture.subarray(0, picture.length / 2), Buffer.from('text')])
      expect(await failureOf(bytes)).to.equal('image_unreadable');
  });

  it('fails a rendition for good when the original is not in the store', async () => {
    const imageId = await bench.store({ renditions: [thumb] });
    await bench.process()(delivery(bodyOf(imageId, [thumb])));
    expect((await bench.rendition(imageId))?.failure?.code).to.equal('object_missing');
  });

  it('fails a rendition for good when the original is shorter or longer than its record says, and stores nothing', async () => {
    for (const bytes of [picture.subarray(0, -1), Buffer.concat([picture, Buffer.alloc(1)])]) {
      const imageId = await bench.store({ bytes: picture, renditions: [thumb] });
      await bench.objects.put(originalKey(imageId), Readable.from([bytes], { objectMode: false }), {
        contentType: 'image/png',
      });
      await bench.process()(delivery(bodyOf(imageId, [thumb])));
      expect((await bench.rendition(imageId))?.failure?.code).to.equal('object_damaged');
    }
  });

  it('fails a rendition whose watermark is unknown, of another owner, deleted or corrupt', async () => {
    const stored = (owner: string, bytes = picture) => bench.store({ bytes, renditions: [], owner });
    const deleted = await stored('local');
    await deleteImageRecord(bench.table, deleted);
    const codes = [
      createImageId(),
      await stored('somebody else'),
      deleted,
      await stored('local', picture.subarray(0, 60)),
    ];
    const seen = [];
    for (const imageId of codes) seen.push(await failureOf(picture, request('marked', [watermark(imageId)])));
    expect(seen).to.deep.equal([
      'watermark_not_found',
      'watermark_not_found',
      'watermark_not_found',
      'watermark_unreadable',
    ]);
    const own = request('marked', [watermark(await stored('local'))]);
    const imageId = await bench.store({ bytes: picture, renditions: [own] });
    await bench.process()(delivery(bodyOf(imageId, [own])));
    expect((await bench.rendition(imageId, 'marked'))?.status).to.equal('ready');
  });

  it('waits for a record that the message has overtaken', async () => {
    const imageId = createImageId();
    let looks = 0;
    // Between two looks, however long it takes: there are six, and then none.
    bench.table.documents.middlewareStack.add(
      (next, { commandName }) =>
        async (args) => {
          const isLook = commandName === 'QueryCommand' && JSON.stringify(args.input).includes(imageId);
          if (isLook) looks += 1;
          if (isLook && looks === 4) await bench.store({ bytes: picture, renditions: [thumb] }, imageId);
          return next(args);
        },
      { step: 'initialize', name: 'stores' },
    );
    await bench.process()(delivery(bodyOf(imageId, [thumb])));
    bench.table.documents.middlewareStack.remove('stores');
    expect(looks).to.be.at.least(4);
    expect((await bench.rendition(imageId))?.status).to.equal('ready');
  });

  it('lets a message without a record come again, and at the last receive makes the renditions that have one', async () => {
    const partly = await bench.store({ bytes: picture, renditions: [thumb] });
    const come = (imageId: string, receiveCount: number) =>
      bench
        .process()(delivery(bodyOf(imageId, [thumb, request('never')]), { receiveCount }))
        .catch((reason: Error) => reason);
    const never = createImageId();
    const [first, ultimate, made] = await Promise.all([come(never, 1), come(never, last), come(partly, last)]);
    expect(first).to.be.instanceOf(Error);
    expect([ultimate, made]).to.deep.equal([undefined, undefined]);
    expect((await bench.rendition(partly))?.status).to.equal('ready');
  });

  for (const moment of ['before its original is fetched', 'before its result is stored'] as const) {
    it(`leaves no object of an image that is deleted ${moment}`, async () => {
      const imageId = await bench.store({ bytes: picture, renditions: [thumb] });
      const objects = storeThat({
        copyTo: async (...object) => {
          await bench.objects.copyTo(...object);
          if (moment.includes('original')) await deleteImageRecord(bench.table, imageId);
        },
        put: async (...object) => {
          if (moment.includes('result')) await deleteImageRecord(bench.table, imageId);
          return bench.objects.put(...object);
        },
      });
      await bench.process({ objects })(delivery(bodyOf(imageId, [thumb])));
      expect(await bench.renditionObjects(imageId)).to.deep.equal([]);
      expect(await bench.rendition(imageId)).to.equal(undefined);
    });
  }

  it('leaves no object of a deleted image whose worker lost the message when the result was stored', async () => {
    const imageId = await bench.store({ bytes: picture, renditions: [thumb] });
    const lost = new AbortController();
    const put: ObjectStore['put'] = async (...object) => {
      await deleteImageRecord(bench.table, imageId);
      return bench.objects.put(...object).finally(() => lost.abort(new Error('lost')));
    };
    const body = bodyOf(imageId, [thumb]);
    await bench
      .process({ objects: storeThat({ put }) })(delivery(body, { lost: lost.signal }))
      .catch(() => undefined);
    await bench.process()(delivery(body, { receiveCount: 2 }));
    expect(await bench.renditionObjects(imageId)).to.deep.equal([]);
  });

  it('makes one result of a message that comes twice, one after the other or at once', async () => {
    const imageId = await bench.store({ bytes: picture, renditions: [thumb] });
    const come = () => bench.process()(delivery(bodyOf(imageId, [thumb])));
    await Promise.all([come(), come()]);
    const first = await bench.rendition(imageId);
    await come();
    expect(first?.status).to.equal('ready');
    expect(await bench.rendition(imageId)).to.deep.equal(first);
    expect(await bench.renditionObjects(imageId)).to.have.lengthOf(1);
  });

  it('skips a rendition whose record belongs to another request of the same name', async () => {
    const imageId = await bench.store({ bytes: picture, renditions: [thumb] });
    await bench.process()(delivery(bodyOf(imageId, [request('thumb', [{ operation: 'flip' }])])));
    expect((await bench.rendition(imageId))?.status).to.equal('queued');
  });

  it('takes up a rendition that a crashed worker left in processing', async () => {
    const imageId = await bench.store({ bytes: picture, renditions: [thumb] });
    await startRendition(bench.table, { imageId, name: 'thumb' });
    await bench.process()(delivery(bodyOf(imageId, [thumb]), { receiveCount: 2 }));
    const made = await bench.rendition(imageId);
    expect([made?.status, made?.attempts]).to.deep.equal(['ready', 2]);
  });

  it('fails a rendition that was begun as often as allowed without another decode', async () => {
    const { maxAttempts } = QUEUE_TIMING;
    const rendition = { status: 'processing', attempts: maxAttempts } as const;
    const imageId = await bench.store({ bytes: picture, renditions: [thumb], rendition });
    const objects = storeThat({ copyTo: () => Promise.reject(new Error('the original was fetched')) });
    await bench.process({ objects })(delivery(bodyOf(imageId, [thumb]), { receiveCount: maxAttempts + 1 }));
    const made = await bench.rendition(imageId);
    expect([made?.status, made?.failure?.code]).to.deep.equal(['failed', 'processing_failed']);
  });

  describe('with an object store that does not answer', () => {
    const away = () => Promise.reject(new ImageServiceError('service_unavailable', 'The store is away.'));
    const receive = async (imageId: string, receiveCount: number, objects: ObjectStore) =>
      bench
        .process({ objects })(delivery(bodyOf(imageId, [thumb]), { receiveCount }))
        .catch((reason: Error) => reason);

    for (const [when, changes] of Object.entries({ fetching: { copyTo: away }, storing: { put: away } })) {
      it(`lets the message come again when ${when} fails, and makes the rendition later`, async () => {
        const imageId = await bench.store({ bytes: picture, renditions: [thumb] });
        expect(await receive(imageId, 1, storeThat(changes))).to.be.instanceOf(Error);
        expect((await bench.rendition(imageId))?.status).to.equal('queued');
        expect(await receive(imageId, 2, bench.objects)).to.equal(undefined);
        expect((await bench.rendition(imageId))?.status).to.equal('ready');
      });
    }

    it('lets the message come again while the folder of the objects is missing, and makes the rendition when it is back', async () => {
      const imageId = await bench.store({ bytes: picture, renditions: [thumb] });
      const [objects, gone] = [join(bench.folder, 'objects'), join(bench.folder, 'gone')];
      await rename(objects, gone);
      const reason = await receive(imageId, 1, bench.objects).finally(() => rename(gone, objects));
      expect(reason).to.be.instanceOf(ImageServiceError).with.property('code', 'service_unavailable');
      expect((await bench.rendition(imageId))?.status).to.equal('queued');
      expect(await receive(imageId, 2, bench.objects)).to.equal(undefined);
      expect((await bench.rendition(imageId))?.status).to.equal('ready');
    });

    it('lets the message come again as long as SQS delivers it, and fails the rendition at the last receive', async () => {
      const imageId = await bench.store({ bytes: picture, renditions: [thumb] });
      for (let receiveCount = 1; receiveCount < last; receiveCount += 1) {
        expect(
          await receive(imageId, receiveCount, storeThat({ copyTo: away })),
          `receive ${receiveCount}`,
        ).to.be.instanceOf(Error);
        expect((await bench.rendition(imageId))?.status, `receive ${receiveCount}`).to.equal('queued');
      }
      expect(await receive(imageId, last, storeThat({ copyTo: away }))).to.be.instanceOf(Error);
      const made = await bench.rendition(imageId);
      expect([made?.status, made?.failure?.code]).to.deep.equal(['failed', 'processing_failed']);
    });
  });

  it('writes nothing more once it has lost the message', async () => {
    const imageId = await bench.store({ bytes: picture, renditions: [thumb] });
    for (const moment of ['copyTo', 'put'] as const) {
      const lost = new AbortController();
      const lose = () => lost.abort(new Error('lost'));
      const objects = storeThat({
        copyTo: (...object) => bench.objects.copyTo(...object).finally(moment === 'copyTo' ? lose : undefined),
        put: (...object) => bench.objects.put(...object).finally(moment === 'put' ? lose : undefined),
      });
      const work = bench.process({ objects })(delivery(bodyOf(imageId, [thumb]), { lost: lost.signal }));
      expect(await work.catch((reason: Error) => reason))
        .to.be.instanceOf(Error)
        .have.property('message', 'lost');
      expect((await bench.rendition(imageId))?.status).to.equal('processing');
    }
  });

  it('begins no other rendition once the worker is to stop', async () => {
    // Seconds of work: one that a process is done with before it hears of the end is kept.
    const slow = request('second', [{ operation: 'resize', width: 4000 }], { format: 'avif', effort: 9 });
    const [first, second] = [request('first'), slow];
    const imageId = await bench.store({ bytes: picture, renditions: [first, second] });
    const stopping = new AbortController();
    const objects = storeThat({
      copyTo: (...object) => bench.objects.copyTo(...object).finally(() => stopping.abort()),
    });
    const body = bodyOf(imageId, [first, second]);
    const work = bench.process({ objects, limits: LIMITS_WITHOUT_BUDGET })(
      delivery(body, { stopping: stopping.signal }),
    );
    expect(await work.catch((reason: Error) => reason)).to.be.instanceOf(Error);
    const made = await Promise.all([bench.rendition(imageId, 'first'), bench.rendition(imageId, 'second')]);
    expect(made.map((rendition) => [rendition?.status, rendition?.attempts])).to.deep.equal([
      ['ready', 1],
      ['queued', 0],
    ]);
  });
});
