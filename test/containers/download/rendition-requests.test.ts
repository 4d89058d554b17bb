import { expect } from 'chai';
import { openRenditionRequests, type RenditionRequests } from '../../../containers/download/rendition-requests.ts';
import { readDay } from '../../../shared/storage/table/day-usage.ts';
import { readStoredImage } from '../../../shared/storage/table/image-table.ts';
import { photograph } from '../../support/images/photographs.ts';
import { rejectionOf } from '../../support/rejection.ts';
import { type Downloads, downloadsOf, type Named } from '../../support/services/downloads.ts';
import { startServices } from '../../support/services/services.ts';

const jpeg = await photograph('jpeg', 60, 40);
const made = { bytes: await photograph('webp', 20, 20), format: 'webp' } as const;

describe('Rendition requests', () => {
  let downloads: Downloads;
  let renditionRequests: RenditionRequests;
  let thumb: Named;
  before(async () => {
    downloads = downloadsOf(await startServices());
  });
  after(() => downloads.services.stop());
  beforeEach(async () => {
    renditionRequests = openRenditionRequests(downloads.services);
    thumb = { imageId: (await downloads.upload(jpeg, ['thumb', 'small'])).imageId, name: 'thumb' };
    await downloads.make(thumb, made);
  });

  /** Returns the image and its rendition `thumb`. */
  const read = async () => {
    const image = await readStoredImage(downloads.services.table, thumb.imageId, { consistent: true });
    const rendition = image.renditions.find(({ name }) => name === 'thumb');
    if (!rendition) throw new Error('there is no thumb');
    return { image, rendition };
  };
  const namesOf = ({ renditions }: { renditions: { name: string }[] }) => renditions.map(({ name }) => name);

  it('queue a new rendition once, also for callers that read the image before', async () => {
    const { image, rendition } = await read();
    const variant = { ...thumb, name: 'thumb.avif' };
    const request = { name: variant.name, commands: rendition.commands, output: rendition.output };
    const first = await renditionRequests.make(image, request, 'a');
    const second = await renditionRequests.make(image, request, 'b');
    const elsewhere = await openRenditionRequests(downloads.services).make(image, request, 'c');
    for (const asked of [first, second, elsewhere]) {
      expect(namesOf(asked)).to.deep.equal(['thumb', 'small', 'thumb.avif']);
      expect(asked.renditions[2]).to.include({ status: 'queued', attempts: 0 });
    }
    expect(downloads.timesQueued(variant)).to.equal(1);
  });

  it('queue a missing object once, also for callers that read the image before', async () => {
    const { image, rendition } = await read();
    const first = await renditionRequests.remake(image, rendition, 'a');
    const second = await renditionRequests.remake(image, rendition, 'b');
    for (const asked of [first, second]) {
      expect(namesOf(asked)).to.deep.equal(['thumb', 'small']);
      expect(asked.renditions[0]).to.include({ status: 'queued' }).and.not.have.property('facts');
    }
    expect(downloads.timesQueued(thumb)).to.equal(2);
  });

  it('queue nothing that was made since the image was read', async () => {
    const { image, rendition } = await read();
    await renditionRequests.remake(image, rendition, 'a');
    await downloads.make(thumb, made);
    const asked = await renditionRequests.remake(image, rendition, 'b');
    expect(asked.renditions[0]).to.have.property('status', 'ready');
    expect(downloads.timesQueued(thumb)).to.equal(2);
  });

  it('queue a rendition again when its object is missing again', async () => {
    for (const times of [2, 3]) {
      const { image, rendition } = await read();
      await renditionRequests.remake(image, rendition, 'a');
      expect(downloads.timesQueued(thumb)).to.equal(times);
      await downloads.make(thumb, made);
    }
  });

  it('count nothing that the queue does not take', async () => {
    const { image, rendition } = await read();
    const { services } = downloads;
    const queue = { ...services.queue, queueUrl: `${services.queue.queueUrl}-gone` };
    const withoutQueue = openRenditionRequests({ ...services, queue });
    const { owner } = image.record;
    const before = await readDay(services.table, owner);
    const request = { name: 'thumb.avif', commands: rendition.commands, output: rendition.output };
    for (const asking of [withoutQueue.make(image, request, 'a'), withoutQueue.remake(image, rendition, 'b')])
      expect(await rejectionOf(asking)).to.have.property('code', 'service_unavailable');
    expect(await readDay(services.table, owner)).to.deep.equal(before);
    await renditionRequests.make(image, request, 'c');
    expect((await readDay(services.table, owner)).renditions).to.equal(before.renditions + 1);
  });

  it('queue nothing for an image that was deleted since it was read', async () => {
    const { image, rendition } = await read();
    await downloads.delete(thumb.imageId);
    const request = { name: 'thumb.avif', commands: rendition.commands, output: rendition.output };
    for (const asking of [
      renditionRequests.make(image, request, 'a'),
      renditionRequests.remake(image, rendition, 'b'),
    ]) {
      expect(await rejectionOf(asking)).to.have.property('code', 'image_deleted');
    }
    expect(downloads.timesQueued({ ...thumb, name: 'thumb.avif' })).to.equal(0);
    expect(downloads.timesQueued(thumb)).to.equal(1);
  });
});
