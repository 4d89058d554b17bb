import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import sharp from 'sharp';
import { eventually } from '../../support/eventually.ts';
import { openEvents } from '../../support/http/event-stream.ts';
import { type Answered, expectProblem, jsonOf } from '../../support/http/http-client.ts';
import { photograph } from '../../support/images/photographs.ts';
import { type Downloads, downloadsOf } from '../../support/services/downloads.ts';
import { settingsBeside } from '../../support/services/service-settings.ts';
import { startServices } from '../../support/services/services.ts';
import { type ServiceProcess, spawnService } from '../../support/worker/worker-process.ts';

const jpeg = await photograph('jpeg', 60, 40);

const CARD = { name: 'card', commands: [{ operation: 'resize', width: 30 }], output: { format: 'auto' } };
const OUTSIDE = { name: 'outside', commands: [{ operation: 'crop', left: 90, top: 0, width: 10, height: 10 }] };

const RECEIPT_PRICES =
  '{"puts":0.000005,"gets":0.0000004,"reads":0.000000125,"writes":0.000000625,"sqs":0.0000004,"cpuSecond":0.00001,"date":"2026-08-01"}';

/** The whole way from a download to a worker in another process and back. */
describe('Downloads of renditions that a worker makes', () => {
  let downloads: Downloads;
  let worker: ServiceProcess;
  let folder: string;
  before(async () => {
    downloads = downloadsOf(await startServices());
    folder = await mkdtemp(join(tmpdir(), 'worker-'));
    const settings = {
      ...(await settingsBeside(downloads.services)),
      WORK_DIRECTORY: folder,
      WORKER_CONCURRENCY: '1',
      RECEIPT_PRICES,
    };
    worker = spawnService('worker', settings);
    await worker.listening();
  });
  after(async () => {
    worker?.child.kill('SIGKILL');
    await worker?.ended();
    await downloads.services.stop();
    await rm(folder, { recursive: true, force: true });
  });

  const upload = async (...renditions: unknown[]) => {
    const { imageId, links } = await downloads.upload(jpeg, renditions);
    return { imageId, path: (name: string) => `${links.self}/renditions/${name}`, events: links.events };
  };
  const waiting = (path: string, headers = {}) => downloads.get(path, { prefer: 'wait=20', ...headers });
  const formatOf = async (answer: Answered): Promise<string | undefined> => {
    expect(answer.status, answer.body.toString('latin1', 0, 300)).to.equal(200);
    const { format, width, compression } = await sharp(answer.body).metadata();
    expect(width).to.equal(30);
    return format === 'heif' ? compression : format;
  };

  it('answer a waiting client as soon as the rendition is ready', async () => {
    const { path } = await upload(CARD);
    expect(await formatOf(await waiting(path('card')))).to.be.oneOf(['jpeg', 'webp', 'png']);
  });

  it('have a receipt of what they cost in the record, for those who ask for it, also those that failed', async () => {
    const { path } = await upload(CARD, OUTSIDE);
    const [self = ''] = path('card').split('/renditions/');
    const ready = await waiting(path('card'));
    expect((await waiting(path('outside'))).status).to.equal(422);
    const plain = await downloads.get(self);
    const counted = await downloads.get(`${self}?receipts=true`);
    expect(counted.headers.etag).to.equal(plain.headers.etag);
    expect((await downloads.get(`${self}?receipts=false`)).body.equals(plain.body)).to.equal(true);
    const [card, outside] = jsonOf(counted).renditions;
    expect(card.receipt).to.include({
      bytesIn: jpeg.length,
      bytesOut: ready.body.length,
      s3PutRequests: 0,
      s3GetRequests: 0,
      sqsRequests: 1,
      // Half a unit is its part of the write that counts the time of the message for the owner.
      writeUnits: 2.5,
      pricesOf: '2026-08-01',
    });
    expect(card.receipt.usd).to.be.above(2 * 0.000000625);
    expect(outside.receipt).to.include({ bytesIn: jpeg.length, sqsRequests: 1, writeUnits: 3.5 });
    expect(outside.receipt).to.not.have.property('bytesOut');
    for (const each of jsonOf(plain).renditions) expect(each).to.not.have.property('receipt');
    const { receipt: _its, ...without } = card;
    expect(without).to.deep.equal(jsonOf(plain).renditions[0]);
    expectProblem(await downloads.get(`${self}?receipts=maybe`), 'invalid_request');
  });

  it('come in the worker’s format at first, then in the best that the client accepts', async () => {
    const { path } = await upload(CARD);
    const own = await formatOf(await waiting(path('card')));
    const accept = { accept: 'image/avif,image/webp,*/*;q=0.8' };
    expect(await formatOf(await downloads.get(path('card'), accept))).to.equal(own);
    const best = await waiting(path('card'), accept);
    expect(await formatOf(best)).to.equal('av1');
    expect(best.headers['content-type']).to.equal('image/avif');
    expect((await downloads.get(path('card.avif'))).headers.etag).to.equal(best.headers.etag);
    expect(await formatOf(await downloads.get(path('card')))).to.equal(own);
  });

  it('come with the same bytes after a lifecycle rule has removed the object', async () => {
    const { imageId, path } = await upload(CARD);
    const first = await waiting(path('card'));
    await downloads.expire({ imageId, name: 'card' });
    expect(existsSync(join(downloads.services.objectsFolder, 'objects/renditions', imageId))).to.equal(false);
    expect((await downloads.get(path('card'))).status).to.equal(202);
    const again = await waiting(path('card'));
    expect(again.body.equals(first.body)).to.equal(true);
    expect(again.headers.etag).to.equal(first.headers.etag);
  });

  it('answer a waiting client with the reason of a failure', async () => {
    const { path } = await upload(OUTSIDE);
    expect(expectProblem(await waiting(path('outside')), 'rendition_failed').failure?.code).to.equal(
      'crop_outside_image',
    );
  });

  it('are announced by events until the last is settled', async () => {
    const { imageId, events } = await upload(CARD, 'thumb', OUTSIDE);
    const stream = await openEvents(`${downloads.services.download}${events}`);
    const names = await stream.ended();
    expect(new Set(names.slice(0, -1))).to.deep.equal(new Set(['image']));
    expect(names.at(-1)).to.equal('settled');
    const record = jsonOf(await downloads.get(`/v1/images/${imageId}`));
    expect(JSON.parse(stream.events.at(-2)?.data ?? '')).to.deep.equal(record);
    const statuses = record.renditions.map(({ status }: { status: string }) => status);
    expect(statuses).to.deep.equal(['ready', 'ready', 'failed']);
  });

  it('are queued and made once for many clients', async () => {
    const { imageId, path } = await upload(CARD);
    await waiting(path('card'));
    const crowd = Array.from({ length: 50 }, () => waiting(path('card'), { accept: 'image/webp' }));
    const formats = await Promise.all((await Promise.all(crowd)).map(formatOf));
    expect(new Set(formats)).to.deep.equal(new Set(['webp']));
    expect(downloads.timesQueued({ imageId, name: 'card.webp' })).to.be.at.most(1);
    const attempts = await eventually('the record shows it', async () => {
      const { renditions } = jsonOf(await downloads.get(`/v1/images/${imageId}`));
      return renditions.map((rendition: { attempts: number }) => rendition.attempts);
    });
    expect(new Set(attempts)).to.deep.equal(new Set([1]));
  });
});
