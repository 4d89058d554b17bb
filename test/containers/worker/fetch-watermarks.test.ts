import { expect } from 'chai';
import { renditionView } from '../../../shared/contracts/api/image-view.ts';
import { receiptView } from '../../../shared/contracts/api/receipt-view.ts';
import { createImageId } from '../../../shared/domain/image-id.ts';
import type { ImageRecord } from '../../../shared/domain/image-record.ts';
import type { Rendition } from '../../../shared/domain/rendition.ts';
import type { ObjectStore } from '../../../shared/storage/objects/object-store.ts';
import { deleteImageRecord } from '../../../shared/storage/table/image-deletion.ts';
import { readStoredImage } from '../../../shared/storage/table/image-table.ts';
import { remakeRendition } from '../../../shared/storage/table/rendition-states.ts';
import { quadrants } from '../../support/images/picture.ts';
import { changeRecord } from '../../support/storage/image-records.ts';
import { PRICES } from '../../support/worker/receipt-prices.ts';
import { type Bench, bodyOf, delivery, request, startBench } from '../../support/worker/worker-bench.ts';

/** The watermark, and how the rendition ends that shows it. */
type Ending = { status: 'ready'; isPrivate?: true } | { code: string };

const READY: Ending = { status: 'ready' };
const PRIVATE: Ending = { status: 'ready', isPrivate: true };
const NOT_FOUND: Ending = { code: 'watermark_not_found' };

const OWN_PUBLIC = { visibility: 'private', watermarkFor: 'own-public' } as const;
const REJECTED = { moderation: 'rejected' } as const;

const WATERMARKS: [what: string, record: Partial<ImageRecord>, ending: Ending][] = [
  ['an own public image', { visibility: 'public' }, READY],
  ['an own image of before there was a visibility', {}, READY],
  ['an own private image', { visibility: 'private' }, PRIVATE],
  ['an own private image that is said to be for nobody', { visibility: 'private', watermarkFor: 'own' }, PRIVATE],
  [
    'an own private image that public renditions may show',
    { visibility: 'private', watermarkFor: 'own-public' },
    READY,
  ],
  ['an own private image that is for everyone', { visibility: 'private', watermarkFor: 'everyone' }, READY],
  ['an own image that nobody has approved yet', { moderation: 'pending' }, { code: 'watermark_not_approved' }],
  ['an own image that was rejected', { moderation: 'rejected' }, { code: 'watermark_not_approved' }],
  [
    "another's rejected image that is for everyone",
    { owner: 'bob', moderation: 'rejected', watermarkFor: 'everyone' },
    NOT_FOUND,
  ],
  ["another's public image", { owner: 'bob', visibility: 'public' }, NOT_FOUND],
  ["another's image that public renditions of his may show", { owner: 'bob', watermarkFor: 'own-public' }, NOT_FOUND],
  [
    "another's private image that is for everyone",
    { owner: 'bob', visibility: 'private', watermarkFor: 'everyone' },
    READY,
  ],
];

describe('The watermark of a rendition', () => {
  let bench: Bench;
  let picture: Buffer;
  before(async () => {
    bench = await startBench();
    picture = await quadrants(40, 30).png().toBuffer();
  });
  after(() => bench.stop());

  const watermarkOf = async ({ owner = 'alice', ...record }: Partial<ImageRecord>): Promise<string> => {
    const imageId = await bench.store({ bytes: picture, renditions: [], owner });
    await changeRecord(bench.table, imageId, record);
    return imageId;
  };
  const marked = (watermark: string, name = 'marked') =>
    request(name, [{ operation: 'watermark', imageId: watermark }], { format: 'png' });
  const processed = async (
    imageId: string,
    renditions: ReturnType<typeof marked>[],
  ): Promise<Rendition | undefined> => {
    await bench.process()(delivery(bodyOf(imageId, renditions)));
    return await bench.rendition(imageId, 'marked');
  };

  for (const [what, record, ending] of WATERMARKS) {
    it(`${what}: ${JSON.stringify(ending)}`, async () => {
      const rendition = marked(await watermarkOf(record));
      const imageId = await bench.store({ bytes: picture, renditions: [rendition], owner: 'alice' });
      const made = await processed(imageId, [rendition]);
      const { status, failure } = made ?? {};
      if ('code' in ending) expect([status, failure?.code]).to.deep.equal(['failed', ending.code]);
      else expect([status, made?.isPrivate]).to.deep.equal(['ready', ending.isPrivate]);
    });
  }

  it('says of a missing image, a deleted one, a damaged one and another’s the same but for the id', async () => {
    const others = await watermarkOf({ owner: 'bob', visibility: 'private' });
    const damaged = await watermarkOf({ owner: 'bob' });
    await changeRecord(bench.table, damaged, { contentLength: 'many' as never });
    const told = [];
    for (const watermark of [others, damaged, '0c26ce5a-6f0b-4a7c-9b39-000000000000']) {
      const rendition = marked(watermark);
      const imageId = await bench.store({ bytes: picture, renditions: [rendition], owner: 'alice' });
      const { failure, attempts } = (await processed(imageId, [rendition])) ?? {};
      told.push(JSON.stringify({ ...failure, attempts }).replaceAll(watermark, 'ID'));
    }
    expect(new Set(told)).to.have.property('size', 1);
  });

  describe('of which the owner may not know', () => {
    const others = { owner: 'bob', visibility: 'private' } as const;
    const many = Array.from({ length: 60 }, (_, index) =>
      request(`r${index}`, [{ operation: 'watermarkText', text: `${'x'.repeat(100)}${index}` }]),
    );
    const HIDDEN: Record<string, () => Promise<string>> = {
      missing: async () => createImageId(),
      "another's": () => watermarkOf(others),
      "another's public one": () => watermarkOf({ owner: 'bob', visibility: 'public' }),
      "another's rejected one for everyone": () =>
        watermarkOf({ ...others, moderation: 'rejected', watermarkFor: 'everyone' }),
      "another's with a large record": () => watermarkOf({ ...others, metadata: { note: 'x'.repeat(20_000) } }),
      "another's with 60 renditions": async () => {
        const imageId = await bench.store({ bytes: picture, renditions: many, owner: 'bob' });
        await changeRecord(bench.table, imageId, others);
        return imageId;
      },
      "another's that is damaged": async () => {
        const imageId = await watermarkOf(others);
        await changeRecord(bench.table, imageId, { contentLength: 'many' as never });
        return imageId;
      },
      "another's that was deleted": async () => {
        const imageId = await watermarkOf(others);
        await deleteImageRecord(bench.table, imageId);
        return imageId;
      },
    };

    /** All that the owner is shown of the renditions of a message that names an image, without times and without what a decode took. */
    const shownOf = async (watermark: string): Promise<string> => {
      const own = marked(await watermarkOf({ visibility: 'private' }), 'own');
      const hidden = marked(watermark);
      const twice = request('twice', [...own.commands, ...hidden.commands, ...hidden.commands]);
      const renditions = [request('plain'), hidden, own, twice];
      const imageId = await bench.store({ bytes: picture, renditions, owner: 'alice' });
      await bench.process({ prices: PRICES })(delivery(bodyOf(imageId, renditions)));
      const { record, renditions: made } = await readStoredImage(bench.table, imageId, { consistent: true });
      const told = made.map((rendition) => {
        const { cpuMilliseconds, usd, ...counts } = receiptView(record, rendition) ?? {};
        // What takes no processor time has a price that can be compared.
        const receipt = { ...counts, ...(cpuMilliseconds === 0 && { cpuMilliseconds, usd }) };
        return { ...renditionView(imageId, rendition), receipt };
      });
      const varies = ['requestedAt', 'updatedAt', 'file'];
      const text = JSON.stringify(told, (key, value) => (varies.includes(key) ? undefined : value));
      const ids = [watermark, imageId, ...own.commands.map((command) => (command as { imageId: string }).imageId)];
      return ids.reduce((rest, id) => rest.replaceAll(id, 'ID'), text);
    };

    it('tells by no field, count or price of any rendition of the message what there is of it', async function () {
      this.timeout(60_000);
      const told = new Map<string, string[]>();
      for (const [what, make] of Object.entries(HIDDEN)) {
        const shown = await shownOf(await make());
        told.set(shown, [...(told.get(shown) ?? []), what]);
      }
      expect([...told.values()]).to.deep.equal([Object.keys(HIDDEN)]);
      expect([...told.keys()][0])
        .to.include('"readUnits"')
        .and.to.include('"usd"')
        .and.to.include('watermark_not_found');
    });
  });

  it('makes only the rendition private that shows it, of those that one message asks for', async () => {
    const hidden = marked(await watermarkOf({ visibility: 'private' }));
    const open = marked(await watermarkOf({ visibility: 'public' }), 'open');
    const both = request('both', [...hidden.commands, ...open.commands]);
    const renditions = [open, hidden, both, request('plain')];
    const imageId = await bench.store({ bytes: picture, renditions, owner: 'alice' });
    await processed(imageId, renditions);
    const flags = await Promise.all(
      renditions.map(async ({ name }) => (await bench.rendition(imageId, name))?.isPrivate === true),
    );
    expect(flags).to.deep.equal([false, true, true, false]);
  });

  const CHANGES: [what: string, owner: string, change: (watermark: string) => Promise<unknown>, ending: Ending][] = [
    ['private', 'alice', (id) => changeRecord(bench.table, id, { visibility: 'private' }), PRIVATE],
    ['private, but for public renditions', 'alice', (id) => changeRecord(bench.table, id, OWN_PUBLIC), READY],
    ['rejected', 'alice', (id) => changeRecord(bench.table, id, REJECTED), { code: 'watermark_not_approved' }],
    ['deleted', 'alice', (id) => deleteImageRecord(bench.table, id), NOT_FOUND],
    ['for everyone no more', 'bob', (id) => changeRecord(bench.table, id, { watermarkFor: 'own' }), NOT_FOUND],
    ['rejected of another', 'bob', (id) => changeRecord(bench.table, id, REJECTED), NOT_FOUND],
  ];
  /** Calls `onCall` after each call of the store, with its first argument. */
  const followed = (onCall: (key: string) => Promise<unknown>): ObjectStore =>
    new Proxy(bench.objects, {
      get(target, method) {
        const value = Reflect.get(target, method);
        if (typeof value !== 'function') return value;
        return async (...args: unknown[]) => {
          const answer = await value.apply(target, args);
          await onCall(String(args[0]));
          return answer;
        };
      },
    });
  for (const [what, owner, change, ending] of CHANGES) {
    it(`decides as it is when each rendition is stored, if it became ${what} since its bytes were fetched`, async () => {
      const watermark = await watermarkOf({ owner, visibility: 'public', watermarkFor: 'everyone' });
      if (owner === 'alice') await changeRecord(bench.table, watermark, { watermarkFor: 'own' });
      const renditions = [marked(watermark, 'first'), request('plain'), marked(watermark)];
      const imageId = await bench.store({ bytes: picture, renditions, owner: 'alice' });
      let isChanged = false;
      const objects = followed(async (key) => {
        if (isChanged || !key.includes(watermark)) return;
        isChanged = true;
        await change(watermark);
      });
      await bench.process({ objects })(delivery(bodyOf(imageId, renditions)));
      expect(isChanged).to.equal(true);
      for (const name of ['first', 'marked']) {
        const made = await bench.rendition(imageId, name);
        if ('code' in ending) expect([made?.status, made?.failure?.code]).to.deep.equal(['failed', ending.code]);
        else expect([made?.status, made?.isPrivate]).to.deep.equal(['ready', ending.isPrivate]);
      }
      expect(await bench.rendition(imageId, 'plain')).to.include({ status: 'ready' });
      const stored = await bench.renditionObjects(imageId);
      // Both show the same and share a file.
      expect(stored).to.have.length('code' in ending ? 1 : 2);
    });
  }

  it('is asked for anew when the rendition is made again, which stays private until then', async () => {
    const watermark = await watermarkOf({ visibility: 'private' });
    const rendition = marked(watermark);
    const imageId = await bench.store({ bytes: picture, renditions: [rendition], owner: 'alice' });
    expect(await processed(imageId, [rendition])).to.include({ isPrivate: true });
    await changeRecord(bench.table, watermark, { watermarkFor: 'own-public' });
    expect(await remakeRendition(bench.table, { imageId, name: 'marked' })).to.include({ isPrivate: true });
    expect(await processed(imageId, [rendition]))
      .to.include({ status: 'ready' })
      .and.not.have.property('isPrivate');
  });
});
