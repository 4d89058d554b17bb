import { DeleteQueueCommand } from '@aws-sdk/client-sqs';
import { expect } from 'chai';
import { decodeList } from 'structured-field-values';
import { NO_OWNER_LIMITS } from '../../shared/domain/owner-limits.ts';
import { provisionQueues } from '../../shared/storage/provisioning.ts';
import { addProcessing } from '../../shared/storage/table/day-usage.ts';
import { failRendition, startRendition } from '../../shared/storage/table/rendition-states.ts';
import { beginSending } from '../../shared/storage/table/sending-uploads.ts';
import { type Answered, expectProblem, jsonOf, type Outgoing, send } from '../support/http/http-client.ts';
import { startIdentityProvider } from '../support/http/identity-provider.ts';
import { photograph } from '../support/images/photographs.ts';
import { multipartClient } from '../support/services/multipart-client.ts';
import { as } from '../support/services/owners.ts';
import { type Services, type ServicesOptions, startServices } from '../support/services/services.ts';

const jpeg = await photograph('jpeg');
const BYTES = jpeg.length;

/** Clients of an owner of the services. */
function clientsOf(services: () => Services) {
  const ask = async (owner: string | undefined, base: string, outgoing: Outgoing): Promise<Answered> =>
    send(base, { ...outgoing, headers: { ...outgoing.headers, ...(owner !== undefined && (await as(owner))) } });
  return {
    ask,
    upload: (owner: string, query = '', body: Outgoing['body'] = jpeg) =>
      ask(owner, services().upload, { method: 'POST', path: `/v1/images${query}`, body }),
    remove: (owner: string, imageId: string) =>
      ask(owner, services().upload, { method: 'DELETE', path: `/v1/images/${imageId}` }),
    renditions: (owner: string, imageId: string, renditions: unknown[]) =>
      ask(owner, services().upload, {
        method: 'POST',
        path: `/v1/images/${imageId}/renditions`,
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ renditions }),
      }),
    usage: async (owner: string, query = '') => ask(owner, services().download, { path: `/v1/usage${query}` }),
  };
}

const rendition = (name: string) => ({ name, commands: [{ operation: 'grayscale' }], output: { format: 'png' } });

/** Starts services with these limits for the tests of a suite. */
function withLimits(
  ownerLimits: ServicesOptions['ownerLimits'],
  tests: (client: ReturnType<typeof clientsOf> & { services(): Services }) => void,
) {
  let services: Services;
  before(async () => {
    services = await startServices({ owners: true, ...(ownerLimits && { ownerLimits }) });
  });
  after(() => services.stop());
  tests({ ...clientsOf(() => services), services: () => services });
}

describe('Limits of an owner', () => {
  describe('in requests a minute', () => {
    withLimits({ requestsPerMinute: 4, requestsPerMinuteAndAddress: 3 }, ({ ask, services, upload }) => {
      /** Asks until something is refused: the window may end in between. */
      async function untilRefused(
        owner: string | undefined,
        outgoing: Outgoing,
        base = services().download,
      ): Promise<Answered[]> {
        const answers: Answered[] = [];
        for (;;) {
          const answer = await ask(owner, base, outgoing);
          answers.push(answer);
          if (answer.status === 429) return answers;
        }
      }

      it('tell with each answer how many are left, in fields that other software reads', async () => {
        const answer = await ask('told', services().download, { path: '/v1/images' });
        expect(answer.status).to.equal(200);
        const [policy] = decodeList(String(answer.headers['ratelimit-policy']));
        const [limit] = decodeList(String(answer.headers.ratelimit));
        expect({ ...policy }).to.deep.equal({ value: 'owner', params: { q: 4, w: 60 } });
        expect(limit?.value).to.equal('owner');
        expect(limit?.params).to.have.property('r', 3);
        expect(limit?.params.t).to.be.within(1, 60);
      });

      it('refuse one more in all services together, and say when to ask again', async () => {
        expect((await upload('busy')).status).to.equal(201);
        const refused = (await untilRefused('busy', { path: '/v1/images' })).at(-1) as Answered;
        const problem = expectProblem(refused, 'too_many_requests');
        expect(problem).to.include({ limit: 4, unit: 'requests' });
        expect(problem['violated-policies']).to.deep.equal(['owner']);
        expect(problem.detail).to.match(/more slowly/);
        expect(refused.headers['retry-after']).to.equal(String(problem.retryAfterSeconds));
        expect(decodeList(String(refused.headers.ratelimit))[0]?.params.r).to.equal(0);
        const others = [await upload('busy'), await ask('busy', services().asyncUpload, { path: '/v1/uploads/a' })];
        for (const other of others) if (other.status === 429) expectProblem(other, 'too_many_requests');
        expect((await ask('another', services().download, { path: '/v1/images' })).status).to.equal(200);
      });

      it('count requests without credentials, and with wrong ones, for their address', async () => {
        const refused = (
          await untilRefused(undefined, { path: '/v1/images', headers: { authorization: 'Bearer wrong' } })
        ).at(-1) as Answered;
        const problem = expectProblem(refused, 'too_many_requests_from_address');
        expect(problem.detail).to.match(/key or a token/);
        expect(decodeList(String(refused.headers['ratelimit-policy']))[0]).to.deep.include({ value: 'address' });
        const image = (
          await untilRefused(undefined, { path: '/v1/images/00000000-0000-4000-8000-000000000000/original' })
        ).at(-1);
        expectProblem(image as Answered, 'too_many_requests_from_address');
        expect((await ask('with a token', services().download, { path: '/v1/images' })).status).to.equal(200);
      });

      it('count requests for their address of which it cannot be told now whose they are', async () => {
        const closed = await startIdentityProvider([]);
        await closed.close();
        const issuers = JSON.stringify([{ name: 'closed', issuer: closed.issuer, audience: ['images'] }]);
        const unsure = await startServices({ issuers, ownerLimits: { requestsPerMinuteAndAddress: 2 } });
        try {
          const parts = [{ alg: 'ES256', kid: 'a' }, { iss: closed.issuer }, {}];
          const token = parts.map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.');
          const headers = { authorization: `Bearer ${token}` };
          const answers = await untilRefused(undefined, { path: '/v1/images', headers }, unsure.download);
          expectProblem(answers[0] as Answered, 'service_unavailable');
          expect(answers.length).to.be.at.most(5);
          expectProblem(answers.at(-1) as Answered, 'too_many_requests_from_address');
        } finally {
          await unsure.stop();
        }
      });

      it('count no checks of health and no OPTIONS', async () => {
        for (let time = 0; time < 8; time += 1) {
          expect((await send(services().download, { path: '/health' })).status).to.equal(200);
          expect((await send(services().download, { method: 'OPTIONS', path: '/v1/images' })).status).to.equal(204);
        }
      });

      it('are in no answer that caches may give to others', async () => {
        const { imageId } = jsonOf(await upload('public', '?visibility=public'));
        const answer = await ask('public', services().download, { path: `/v1/images/${imageId}/original` });
        expect(answer.status).to.equal(200);
        expect(answer.headers['cache-control']).to.match(/public/);
        expect(answer.headers).to.not.have.any.keys('ratelimit', 'ratelimit-policy');
      });
    });
  });

  describe('in uploads at once', () => {
    withLimits({ uploadsAtOnce: 2 }, ({ services, upload, ask }) => {
      it('refuse the third, and take it when one has ended', async () => {
        const held = { limit: 2, seconds: 60 };
        const names = [
          await beginSending(services().table, { owner: 'sender' }, held),
          await beginSending(services().table, { owner: 'sender' }, held),
        ];
        expect(names).to.not.include(undefined);
        const problem = expectProblem(await upload('sender'), 'too_many_uploads_at_once');
        expect(problem).to.include({ limit: 2, unit: 'uploads', retryAfterSeconds: 1 });
        expect((await upload('another sender')).status).to.equal(201);
      });

      it('stop counting an upload whose process died, once its time is over', async () => {
        const past = { limit: 2, seconds: 60, now: Math.floor(Date.now() / 1000) - 120 };
        for (let time = 0; time < 2; time += 1) await beginSending(services().table, { owner: 'crashed' }, past);
        expect((await upload('crashed')).status).to.equal(201);
      });

      it('are not used up by many that come one after the other, whatever becomes of them', async () => {
        for (let time = 0; time < 3; time += 1) {
          expect((await upload('patient')).status).to.equal(201);
          expectProblem(await upload('patient', '', Buffer.from('no image')), 'unsupported_image');
        }
      });

      it('count parts too', async () => {
        const held = { limit: 2, seconds: 60 };
        const client = multipartClient(() => services().asyncUpload);
        const { uploadId } = jsonOf(await client.create({ contentType: 'image/jpeg' }, await as('parts')));
        for (let time = 0; time < 2; time += 1) await beginSending(services().table, { owner: 'parts' }, held);
        const put = { method: 'PUT', path: `/v1/uploads/${uploadId}/parts/1`, body: jpeg };
        expectProblem(await ask('parts', services().asyncUpload, put), 'too_many_uploads_at_once');
      });
    });
  });

  describe('in images', () => {
    withLimits({ images: 3 }, ({ upload, remove, usage }) => {
      it('refuse one more, also of many that come at once, until one is deleted', async () => {
        const answers = await Promise.all(Array.from({ length: 8 }, () => upload('collector')));
        const stored = answers.filter(({ status }) => status === 201);
        expect(stored).to.have.length(3);
        for (const refused of answers.filter(({ status }) => status !== 201)) {
          const problem = expectProblem(refused, 'image_quota_reached');
          expect(problem).to.include({ limit: 3, unit: 'images' });
          expect(problem.detail).to.match(/Delete/);
        }
        expect((await remove('collector', jsonOf(stored[0] as Answered).imageId)).status).to.be.oneOf([202, 204]);
        expect(jsonOf(await usage('collector')).used.images).to.equal(2);
        expect((await upload('collector')).status).to.equal(201);
        expectProblem(await upload('collector'), 'image_quota_reached');
      });
    });
  });

  describe('in stored bytes', () => {
    withLimits({ storedBytes: 2 * BYTES }, ({ services, upload, remove, usage }) => {
      it('refuse an image that is too much, of which nothing stays', async () => {
        await upload('hoarder');
        await upload('hoarder');
        const before = await services().leftovers();
        const problem = expectProblem(await upload('hoarder'), 'storage_quota_reached');
        expect(problem).to.include({ limit: 2 * BYTES, actual: 3 * BYTES, unit: 'bytes' });
        expect(await services().leftovers()).to.deep.equal(before);
      });

      it('refuse an upload in parts when it begins, and when it is completed', async () => {
        const client = multipartClient(() => services().asyncUpload);
        const headers = await as('parts');
        const declared = await client.create({ contentType: 'image/jpeg', contentLength: 2 * BYTES + 1 }, headers);
        expectProblem(declared, 'storage_quota_reached');
        const { uploadId } = jsonOf(await client.create({ contentType: 'image/jpeg' }, headers));
        const { eTag } = jsonOf(await client.put(uploadId, 1, jpeg, headers));
        const originals = async () => (await services().leftovers()).filter((name) => name.includes('originals/'));
        const images = [await upload('parts'), await upload('parts')].map((answer) => jsonOf(answer).imageId);
        const complete = () => client.complete(uploadId, [{ partNumber: 1, eTag }], headers);
        const before = await originals();
        expectProblem(await complete(), 'storage_quota_reached');
        // Nothing would ever remove what was joined of parts and counts for nobody.
        expect(await originals()).to.deep.equal(before);
        await remove('parts', images[0]);
        expect((await complete()).status).to.equal(201);
        expect(jsonOf(await usage('parts')).used).to.include({ images: 2, storedBytes: 2 * BYTES });
      });

      it('stay exact when many upload and delete at the same time', async function () {
        this.timeout(60_000);
        const kept: string[] = [];
        const client = async () => {
          for (let time = 0; time < 12; time += 1) {
            const answer = await upload('restless');
            if (answer.status === 201) kept.push(jsonOf(answer).imageId);
            else expectProblem(answer, 'storage_quota_reached');
            const imageId = kept.shift();
            // Two deletions of the same image subtract it once.
            if (imageId && time % 3 !== 0)
              await Promise.all([remove('restless', imageId), remove('restless', imageId)]);
            else if (imageId) kept.push(imageId);
          }
        };
        await Promise.all(Array.from({ length: 4 }, client));
        expect(jsonOf(await usage('restless')).used).to.include({
          images: kept.length,
          storedBytes: kept.length * BYTES,
        });
      });
    });
  });

  describe('in renditions', () => {
    withLimits(
      { renditionsPerRequest: 2, renditionsPerImage: 3, renditionsPerDay: 4 },
      ({ upload, renditions, usage }) => {
        it('of a request refuse a longer list', async () => {
          const { imageId } = jsonOf(await upload('lister'));
          const problem = expectProblem(
            await renditions('lister', imageId, ['a', 'b', 'c'].map(rendition)),
            'invalid_request',
          );
          expect(problem.detail).to.match(/another request/);
        });

        it('of an image refuse one more', async () => {
          const { imageId } = jsonOf(await upload('painter'));
          await renditions('painter', imageId, ['a', 'b'].map(rendition));
          const problem = expectProblem(
            await renditions('painter', imageId, ['c', 'd'].map(rendition)),
            'too_many_renditions',
          );
          expect(problem).to.include({ limit: 3, actual: 4 });
        });

        it('of a day refuse one more until midnight, and count none that is there', async () => {
          const first = jsonOf(await upload('daily', '?rendition=thumb')).imageId;
          expect((await renditions('daily', first, ['b', 'c'].map(rendition))).status).to.equal(202);
          expect((await renditions('daily', first, ['b', 'c'].map(rendition))).status).to.equal(202);
          const second = jsonOf(await upload('daily')).imageId;
          const problem = expectProblem(
            await renditions('daily', second, ['a', 'b'].map(rendition)),
            'rendition_quota_reached',
          );
          expect(problem).to.include({ limit: 4, actual: 5, unit: 'renditions' });
          expect(problem.retryAfterSeconds).to.be.within(1, 86_400);
          expect((await renditions('daily', second, [rendition('a')])).status).to.equal(202);
          expectProblem(await upload('daily', '?rendition=thumb'), 'rendition_quota_reached');
          expect(jsonOf(await usage('daily'))).to.nested.include({
            'used.renditionsPerDay': 4,
            'remaining.renditionsPerDay': 0,
            'used.images': 2,
          });
        });
      },
    );
  });

  describe('in renditions a day, without a queue', () => {
    withLimits({ renditionsPerDay: 2 }, ({ services, upload, renditions, usage }) => {
      it('count none that was not asked for', async () => {
        const client = multipartClient(() => services().asyncUpload);
        const headers = await as('patient');
        const { imageId } = jsonOf(await upload('patient'));
        const declared = { contentType: 'image/jpeg', renditions: ['thumb'] };
        const { uploadId } = jsonOf(await client.create(declared, headers));
        const { eTag } = jsonOf(await client.put(uploadId, 1, jpeg, headers));
        const complete = () => client.complete(uploadId, [{ partNumber: 1, eTag }], headers);
        const { sqs, queueUrl } = services().queue;
        await sqs.send(new DeleteQueueCommand({ QueueUrl: queueUrl }));
        for (let time = 0; time < 2; time += 1) {
          expectProblem(await upload('patient', '?rendition=thumb'), 'service_unavailable');
          expectProblem(await complete(), 'service_unavailable');
          expectProblem(await renditions('patient', imageId, ['a', 'b'].map(rendition)), 'service_unavailable');
        }
        expect(jsonOf(await usage('patient')).used.renditionsPerDay).to.equal(0);
        await provisionQueues(sqs, 'processing');
        expect((await complete()).status).to.equal(201);
        expect((await renditions('patient', imageId, [rendition('a')])).status).to.equal(202);
        expect(jsonOf(await usage('patient')).used.renditionsPerDay).to.equal(2);
      });

      it('count a failed one once that is asked for again', async () => {
        const { imageId } = jsonOf(await upload('again', '?rendition=thumb'));
        await startRendition(services().table, { imageId, name: 'thumb' });
        const failure = { code: 'processing_failed', detail: 'It failed.' } as const;
        await failRendition(services().table, { imageId, name: 'thumb' }, failure);
        const { sqs, queueUrl } = services().queue;
        await sqs.send(new DeleteQueueCommand({ QueueUrl: queueUrl }));
        expectProblem(await renditions('again', imageId, ['thumb']), 'service_unavailable');
        await provisionQueues(sqs, 'processing');
        expect((await renditions('again', imageId, ['thumb'])).status).to.equal(202);
        expect(jsonOf(await usage('again')).used.renditionsPerDay).to.equal(2);
      });
    });
  });

  describe('in processing seconds a day', () => {
    withLimits({ processingSecondsPerDay: 10 }, ({ services, upload, renditions, usage }) => {
      it('refuse renditions when they are used up', async () => {
        const { imageId } = jsonOf(await upload('heavy'));
        await addProcessing(services().table, 'heavy', 9_999);
        expect((await renditions('heavy', imageId, [rendition('a')])).status).to.equal(202);
        await addProcessing(services().table, 'heavy', 2);
        const problem = expectProblem(await renditions('heavy', imageId, [rendition('b')]), 'processing_quota_reached');
        expect(problem).to.include({ limit: 10, unit: 'seconds' });
        expect(jsonOf(await usage('heavy')).used.processingSecondsPerDay).to.equal(10.001);
      });
    });
  });
});

describe('GET /v1/usage', () => {
  withLimits(undefined, ({ services, upload, usage, ask }) => {
    it('tells an owner its own, and the limits', async () => {
      await upload('teller', '?rendition=thumb');
      const view = jsonOf(await usage('teller'));
      expect(view.used).to.deep.equal({
        images: 1,
        storedBytes: BYTES,
        openUploads: 0,
        renditionsPerDay: 1,
        processingSecondsPerDay: 0,
      });
      expect(view.limits).to.deep.equal(NO_OWNER_LIMITS);
      expect(view.remaining).to.include({ images: null, openUploads: 1000 });
    });

    it('counts uploads that are open, until they have ended', async () => {
      const client = multipartClient(() => services().asyncUpload);
      const headers = await as('opener');
      const { uploadId } = jsonOf(await client.create({ contentType: 'image/jpeg' }, headers));
      expect(jsonOf(await usage('opener')).used.openUploads).to.equal(1);
      await ask('opener', services().asyncUpload, { method: 'DELETE', path: `/v1/uploads/${uploadId}` });
      expect(jsonOf(await usage('opener')).used.openUploads).to.equal(0);
    });

    it('tells another owner to an admin only', async () => {
      await upload('watched');
      expectProblem(await usage('nosy', '?owner=watched'), 'forbidden');
      expect((await usage('watched', '?owner=watched')).status).to.equal(200);
      const headers = await as('operator', ['admin']);
      const answer = await send(services().download, { path: '/v1/usage?owner=watched', headers });
      expect(jsonOf(answer)).to.nested.include({ owner: 'watched', 'used.images': 1 });
      const nobody = await send(services().download, { path: '/v1/usage?owner=%00', headers });
      expectProblem(nobody, 'invalid_request');
      const writer = await as('watched', ['images:write', 'images:delete']);
      const refused = await send(services().download, { path: '/v1/usage', headers: writer });
      expect(expectProblem(refused, 'forbidden').detail).to.equal(
        'The credentials lack the scope images:read or admin.',
      );
    });

    it('tells nothing without credentials', async () => {
      expectProblem(await ask(undefined, services().download, { path: '/v1/usage' }), 'unauthenticated');
    });
  });
});

describe('Limits of an owner while the table is down', () => {
  withLimits({ requestsPerMinute: 10, uploadsAtOnce: 2, storedBytes: 10 * BYTES }, ({ services, ask, upload }) => {
    it('let requests through, and store no image that cannot be counted', async function () {
      this.timeout(60_000);
      await services().stopEmulators();
      expect((await ask('patient', services().download, { path: '/v1/limits' })).status).to.equal(200);
      expectProblem(await ask('patient', services().download, { path: '/v1/images' }), 'service_unavailable');
      expectProblem(await upload('patient'), 'service_unavailable');
      expect(
        (
          await services()
            .leftovers()
            .catch(() => [])
        ).filter((name) => name.includes('originals/')),
      ).to.deep.equal([]);
    });
  });
});
