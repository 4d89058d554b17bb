import { randomUUID } from 'node:crypto';
import { expect } from 'chai';
import { eventually } from '../support/eventually.ts';
import { type Answered, expectProblem, jsonOf, send } from '../support/http/http-client.ts';
import { photograph } from '../support/images/photographs.ts';
import { type Downloads, downloadsOf, type Headers, type Named } from '../support/services/downloads.ts';
import { startServices } from '../support/services/services.ts';

const jpeg = await photograph('jpeg', 60, 40);
const made = { bytes: await photograph('webp', 20, 20), format: 'webp' } as const;
const variant = { bytes: await photograph('avif', 20, 20), format: 'avif' } as const;

const AVIF = { name: 'card', commands: [], output: { format: 'avif' } };
const AUTO = { name: 'photo', commands: [], output: { format: 'auto' } };
const ACCEPT = { accept: 'image/avif,image/webp,*/*' };

describe('In economy mode', () => {
  let downloads: Downloads;
  let isOn: boolean;
  before(async () => {
    downloads = downloadsOf(await startServices({ economyMode: { isOn: () => isOn } }));
  });
  after(() => downloads.services.stop());
  beforeEach(() => {
    isOn = true;
  });

  const ask = async (imageId: string, renditions: unknown[]): Promise<Answered> =>
    send(downloads.services.upload, {
      method: 'POST',
      path: `/v1/images/${imageId}/renditions`,
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ renditions }),
    });
  const sent = async () => (await downloads.services.receiveAll()).flatMap(({ renditions }) => renditions);

  describe('a rendition that names AVIF', () => {
    it('is made in AVIF with the lowest effort, and workers are told nothing else', async () => {
      await downloads.upload(jpeg, [AVIF]);
      expect(await sent()).to.deep.equal([{ ...AVIF, output: { format: 'avif', effort: 0 } }]);
    });

    it('is the same rendition when it is asked for again, in and after economy mode', async () => {
      const { imageId } = await downloads.upload(jpeg, [AVIF]);
      for (isOn of [true, false]) {
        const answer = await ask(imageId, [AVIF]);
        expect(answer.status, answer.body.toString()).to.equal(202);
        expect(jsonOf(answer).renditions[0].output, 'stays as it was settled').to.deep.equal({
          format: 'avif',
          effort: 0,
        });
      }
      expect((await sent()).map(({ output }) => output.effort)).to.deep.equal([0, 0, 0]);
      const other = { ...AVIF, output: { format: 'avif', quality: 30 } };
      expectProblem(await ask(imageId, [other]), 'rendition_conflict');
    });

    it('stays as it was settled before economy mode', async () => {
      isOn = false;
      const { imageId } = await downloads.upload(jpeg, [AVIF]);
      isOn = true;
      const [again] = jsonOf(await ask(imageId, [AVIF])).renditions;
      expect(again.output).to.deep.equal({ format: 'avif' });
      expect(await sent()).to.deep.equal([AVIF, AVIF]);
    });

    it('is settled anew when it has failed', async () => {
      const { imageId } = await downloads.upload(jpeg, [AVIF]);
      await downloads.fail({ imageId, name: 'card' });
      isOn = false;
      const [again] = jsonOf(await ask(imageId, [AVIF])).renditions;
      expect(again)
        .to.deep.include({ status: 'queued', output: { format: 'avif' } })
        .and.not.have.property('askedOutput');
      await downloads.fail({ imageId, name: 'card' });
      isOn = true;
      const [lowered] = jsonOf(await ask(imageId, [AVIF])).renditions;
      expect(lowered).to.deep.include({ output: { format: 'avif', effort: 0 }, askedOutput: { format: 'avif' } });
    });

    it('is recognised behind its Idempotency-Key, in and after economy mode', async () => {
      const headers = { 'content-type': 'image/jpeg', 'idempotency-key': randomUUID() };
      const upload = () =>
        send(downloads.services.upload, { method: 'POST', path: '/v1/images?rendition=thumb', headers, body: jpeg });
      const first = jsonOf(await upload());
      expect(first.renditions[0].output).to.have.property('effort', 0);
      for (isOn of [true, false]) expect(jsonOf(await upload()).imageId).to.equal(first.imageId);
    });

    it('is made again with the same output when its object has expired', async () => {
      const { imageId } = await downloads.upload(jpeg, [AVIF]);
      const card = { imageId, name: 'card' };
      await downloads.make(card, variant);
      await downloads.expire(card);
      await sent();
      const path = `/v1/images/${imageId}/renditions/card`;
      expect((await downloads.get(path)).status).to.equal(202);
      expect(downloads.timesQueued(card)).to.equal(2);
    });
  });

  describe('a rendition of the format auto', () => {
    let photo: Named;
    let path: string;
    beforeEach(async () => {
      photo = { imageId: (await downloads.upload(jpeg, [AUTO])).imageId, name: 'photo' };
      path = `/v1/images/${photo.imageId}/renditions/photo`;
      await downloads.make(photo, { bytes: jpeg, format: 'jpeg' });
    });

    const named = (format: string) => ({ ...photo, name: `photo.${format}` });
    const get = async (headers: Headers = ACCEPT) => {
      const { status, headers: answered } = await downloads.get(path, headers);
      return { status, type: answered['content-type'], cached: answered['cache-control'] };
    };

    it('is sent in the format that exists, and no other is made', async () => {
      expect(await get()).to.deep.equal({
        status: 200,
        type: 'image/jpeg',
        cached: 'public, max-age=60, stale-while-revalidate=600',
      });
      expect((await downloads.get(`${path}.avif`)).headers['content-type']).to.equal('image/jpeg');
      for (const format of ['avif', 'webp']) expect(downloads.timesQueued(named(format))).to.equal(0);
    });

    it('gets its variants again after economy mode', async () => {
      await get();
      isOn = false;
      expect((await get()).cached).to.equal('public, max-age=2');
      expect(downloads.timesQueued(named('avif'))).to.equal(1);
    });

    it('is sent in the best of the formats that exist', async () => {
      isOn = false;
      await get({ accept: 'image/webp' });
      await downloads.make(named('webp'), made);
      isOn = true;
      // The service may know the image as it was a second ago.
      await eventually('the variant', async () => (await get()).type === 'image/webp');
      expect(downloads.timesQueued(named('avif'))).to.equal(0);
    });

    it('is sent in its own format where the object of a variant has expired, which is not made again', async () => {
      isOn = false;
      await get();
      await downloads.make(named('avif'), variant);
      expect((await get()).type).to.equal('image/avif');
      await downloads.expire(named('avif'));
      isOn = true;
      expect(await get()).to.include({ status: 200, type: 'image/jpeg' });
      expect(downloads.timesQueued(named('avif'))).to.equal(1);
    });

    it('is made again itself when its object has expired', async () => {
      await downloads.expire(photo);
      expect((await get()).status).to.equal(202);
      expect(downloads.timesQueued(photo)).to.equal(2);
    });
  });
});
