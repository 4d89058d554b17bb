import { expect } from 'chai';
import { startRendition } from '../../../../shared/storage/table/rendition-states.ts';
import { type Answered, expectProblem, jsonOf } from '../../../support/http/http-client.ts';
import { photograph } from '../../../support/images/photographs.ts';
import { type Downloads, expectSameHead, type Named } from '../../../support/services/downloads.ts';

const jpeg = await photograph('jpeg', 60, 40);
const bytes = await photograph('webp', 20, 20);
const made = { bytes, format: 'webp' } as const;

const CROWD = 50;

/** The answers for a rendition that is being made, that has failed, or whose bytes have expired. */
export function describeStates(open: () => Downloads): void {
  describe('for renditions in every state', () => {
    let rendition: Named;
    let path: string;
    beforeEach(async () => {
      const { imageId, links } = await open().upload(jpeg, ['thumb']);
      rendition = { imageId, name: 'thumb' };
      path = `${links.self}/renditions/thumb`;
    });

    const get = (headers: Record<string, string> = {}) => open().get(path, headers);
    const fileOf = async (): Promise<string> => {
      const record = jsonOf(await open().get(`/v1/images/${rendition.imageId}`));
      return record.renditions[0].links.file;
    };

    const pending: Record<string, () => Promise<unknown>> = {
      queued: async () => undefined,
      processing: () => startRendition(open().services.table, rendition),
    };
    for (const [status, reach] of Object.entries(pending)) {
      it(`answer 202 without the record while the rendition is ${status}, also to preconditions and ranges`, async () => {
        await reach();
        for (const headers of [{}, { 'if-none-match': '*' }, { range: 'bytes=0-7' }, { 'if-match': '"a"' }]) {
          const answer = await get(headers);
          expectPending(answer, status);
          expect(answer.headers).to.not.have.property('preference-applied');
          expectSameHead(await open().get(path, headers, 'HEAD'), answer);
        }
      });
    }

    it('answer 200 to a waiting client as soon as the rendition is ready', async () => {
      const waiting = get({ prefer: 'wait=30' });
      await open().isWaitedFor(rendition.imageId);
      await open().make(rendition, made);
      const answer = await waiting;
      expect(answer.status).to.equal(200);
      expect(answer.body.equals(bytes)).to.equal(true);
    });

    it('answer 422 to a waiting client as soon as the rendition fails', async () => {
      const waiting = get({ prefer: 'respond-async, wait=30' });
      await open().isWaitedFor(rendition.imageId);
      const failure = await open().fail(rendition);
      expect(expectProblem(await waiting, 'rendition_failed').failure).to.deep.equal(failure);
    });

    it('answer 410 to a waiting client as soon as the image is deleted', async () => {
      const waiting = get({ prefer: 'wait=30' });
      await open().isWaitedFor(rendition.imageId);
      await open().delete(rendition.imageId);
      expectProblem(await waiting, 'image_deleted');
    });

    it('answer 202 when the client has waited as long as it asked, with Preference-Applied', async () => {
      const begun = performance.now();
      const answer = await get({ prefer: 'wait=1' });
      expect(performance.now() - begun).to.be.at.least(950);
      expectPending(answer, 'queued');
      expect(answer.headers['preference-applied']).to.equal('wait=1');
    });

    it('do not wait for an unknown preference', async () => {
      for (const prefer of ['wait', 'wait=', 'wait=soon', 'wait=-1', 'respond-async', 'await=5', ';;,,="']) {
        const answer = await get({ prefer });
        expectPending(answer, 'queued');
        expect(answer.headers, prefer).to.not.have.property('preference-applied');
      }
    });

    it('answer 422 with the reason if the rendition has failed', async () => {
      const failure = await open().fail(rendition);
      const answer = await get();
      expect(expectProblem(answer, 'rendition_failed').failure).to.deep.equal(failure);
      expectSameHead(await open().get(path, {}, 'HEAD'), answer);
    });

    it('send the bytes by the hash of their content', async () => {
      const { checksumSha256 } = await open().make(rendition, made);
      const answer = await open().get(await fileOf());
      expect(answer.status).to.equal(200);
      expect(answer.body.equals(bytes)).to.equal(true);
      expect(answer.headers.etag).to.equal(`"${Buffer.from(checksumSha256, 'base64').toString('hex')}"`);
      expect(answer.headers.etag).to.equal((await get()).headers.etag);
    });

    for (const by of ['name', 'content']) {
      it(`queue expired bytes once when many clients request them by ${by}, and send them when ready`, async () => {
        await open().make(rendition, made);
        const asked = by === 'name' ? path : await fileOf();
        expect(open().timesQueued(rendition)).to.equal(1);
        await open().expire(rendition);
        const answers = await Promise.all(Array.from({ length: CROWD }, () => open().get(asked)));
        for (const answer of answers) expectPending(answer, 'queued');
        expectSameHead(await open().get(asked, {}, 'HEAD'), await open().get(asked));
        expect(open().timesQueued(rendition)).to.equal(2);
        const waiting = open().get(asked, { prefer: 'wait=30' });
        await open().make(rendition, made);
        for (const answer of [await waiting, await open().get(asked)]) {
          expect(answer.status).to.equal(200);
          expect(answer.body.equals(bytes)).to.equal(true);
        }
        expect(open().timesQueued(rendition)).to.equal(2);
      });
    }

    it('queue expired bytes for HEAD and for ranges as well', async () => {
      await open().make(rendition, made);
      for (const [times, method, headers] of [
        [2, 'HEAD', {}],
        [3, 'GET', { range: 'bytes=0-7' }],
      ] as const) {
        await open().expire(rendition);
        expect((await open().get(path, headers, method)).status).to.equal(202);
        expect(open().timesQueued(rendition)).to.equal(times);
        await open().make(rendition, made);
      }
      expect((await get({ range: 'bytes=0-7' })).body.equals(bytes.subarray(0, 8))).to.equal(true);
    });

    it('queue nothing for a client that already has the expired bytes', async () => {
      await open().make(rendition, made);
      const { headers } = await get();
      await open().expire(rendition);
      expect((await get({ 'if-none-match': String(headers.etag) })).status).to.equal(304);
      expect(open().timesQueued(rendition)).to.equal(1);
    });
  });
}

function expectPending(answer: Answered, status: string): void {
  expect(answer.status, answer.body.toString()).to.equal(202);
  expect(answer.headers).to.include({ 'cache-control': 'no-store' });
  expect(Number(answer.headers['retry-after'])).to.be.within(1, 30);
  expect(answer.headers['content-type']).to.match(/^application\/json/);
  expect(answer.headers).to.not.have.any.keys('etag', 'last-modified', 'content-range');
  expect(jsonOf(answer)).to.deep.equal({ status });
}
