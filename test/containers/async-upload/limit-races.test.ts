import { expect } from 'chai';
import type { ErrorCode } from '../../../shared/domain/errors.ts';
import type { OwnerLimitValues } from '../../../shared/domain/owner-limits.ts';
import { addProcessing } from '../../../shared/storage/table/day-usage.ts';
import { expectProblem, jsonOf, send } from '../../support/http/http-client.ts';
import { photograph } from '../../support/images/photographs.ts';
import { multipartClient } from '../../support/services/multipart-client.ts';
import { as } from '../../support/services/owners.ts';
import { type Services, type ServicesOptions, startServices } from '../../support/services/services.ts';

const jpeg = await photograph('jpeg');
const AT_ONCE = 6;
const ROOM = 2;
const OWNER = 'racer';
const THUMB = { name: 'thumb', commands: [{ operation: 'grayscale' }], output: { format: 'png' } };

interface Race {
  limits: Partial<OwnerLimitValues>;
  code: ErrorCode;
  renditions?: object[];
}

const RACES: Record<string, Race> = {
  'stored bytes': { limits: { storedBytes: ROOM * jpeg.length }, code: 'storage_quota_reached' },
  images: { limits: { images: ROOM }, code: 'image_quota_reached' },
  'renditions of a day': {
    limits: { renditionsPerDay: ROOM },
    code: 'rendition_quota_reached',
    renditions: [THUMB],
  },
};

/** Where bytes of uploads go: as they are, or by way of `received/`. */
const INGESTIONS: ServicesOptions['ingestion'][] = [{ ORIGINAL_METADATA: 'keep' }, { ORIGINAL_METADATA: 'strip-all' }];

/** The objects that parts were joined to. Those of parts themselves end with their upload. */
const joinedBytes = async (services: Services) =>
  (await services.leftovers()).filter((name) => /^objects\/(originals|received)\//.test(name));

describe('Limits of an owner, when uploads in parts are completed', () => {
  for (const ingestion of INGESTIONS) {
    for (const [what, race] of Object.entries(RACES)) {
      describe(`in ${what}, with ${JSON.stringify(ingestion)}`, () => {
        let services: Services;
        let everyoneIsLetIn: PromiseWithResolvers<void>;
        let joining = 0;
        const client = multipartClient(() => services.asyncUpload);
        before(async () => {
          everyoneIsLetIn = Promise.withResolvers();
          services = await startServices({
            owners: true,
            ownerLimits: race.limits,
            ...(ingestion && { ingestion }),
            // No object is made of parts before all completions have found room.
            openObjects: async (openFiles) => {
              const objects = await openFiles();
              return {
                ...objects,
                async completeMultipartUpload(...given) {
                  joining += 1;
                  if (joining === AT_ONCE) everyoneIsLetIn.resolve();
                  await everyoneIsLetIn.promise;
                  return objects.completeMultipartUpload(...given);
                },
              };
            },
          });
        });
        after(() => services.stop());

        const uploaded = async () => {
          const headers = await as(OWNER);
          const { renditions = [] } = race;
          const { uploadId } = jsonOf(await client.create({ contentType: 'image/jpeg', renditions }, headers));
          const { eTag } = jsonOf(await client.put(uploadId, 1, jpeg, headers));
          const complete = () => client.complete(uploadId, [{ partNumber: 1, eTag }], headers);
          return { uploadId, complete, headers };
        };
        const used = async () =>
          jsonOf(await send(services.download, { path: '/v1/usage', headers: await as(OWNER) })).used;

        it('leave no bytes of those that came too late, and count all that are there', async () => {
          const uploads = await Promise.all(Array.from({ length: AT_ONCE }, uploaded));
          const late = await uploaded();
          const answers = await Promise.all(uploads.map(({ complete }) => complete()));
          const isStored = answers.map(({ status }) => status === 201);
          expect(isStored.filter(Boolean)).to.have.length(ROOM);
          for (const [index, answer] of answers.entries()) {
            if (isStored[index]) continue;
            const problem = expectProblem(answer, 'upload_rejected');
            expect(problem.failure?.code).to.equal(race.code);
            // The holder of an upload token reads it too.
            expect(problem.failure?.detail).to.match(/room/).and.not.match(/\d/);
          }
          const originals = await joinedBytes(services);
          expect(originals.filter((name) => name.includes('originals'))).to.have.length(ROOM);
          expect(originals).to.have.length(ROOM);
          expect(await used()).to.include({ images: ROOM, storedBytes: ROOM * jpeg.length });
          // There is no room from the beginning: the parts stay, and the upload can be completed once there is.
          expectProblem(await late.complete(), race.code);
          const path = `/v1/uploads/${late.uploadId}`;
          const read = await send(services.asyncUpload, { path, headers: late.headers });
          expect(jsonOf(read).status).to.equal('open');
          expect(await joinedBytes(services)).to.deep.equal(originals);
        });
      });
    }
  }

  describe('in processing seconds of a day', () => {
    let services: Services;
    before(async () => {
      services = await startServices({ owners: true, ownerLimits: { processingSecondsPerDay: 1 } });
    });
    after(() => services.stop());

    it('leave the parts of an upload as they are, until its renditions may be made', async () => {
      const client = multipartClient(() => services.asyncUpload);
      const headers = await as(OWNER);
      const begun = await client.create({ contentType: 'image/jpeg', renditions: [THUMB] }, headers);
      const { uploadId } = jsonOf(begun);
      const { eTag } = jsonOf(await client.put(uploadId, 1, jpeg, headers));
      const complete = () => client.complete(uploadId, [{ partNumber: 1, eTag }], headers);
      await addProcessing(services.table, OWNER, 1_000);
      expectProblem(await complete(), 'processing_quota_reached');
      expect(await joinedBytes(services)).to.deep.equal([]);
      await addProcessing(services.table, OWNER, -1_000);
      expect((await complete()).status).to.equal(201);
    });
  });
});
