import { expect } from 'chai';
import { IMAGE_PROGRESS, type ImageProgress } from '../../../shared/domain/rendition.ts';
import { expectProblem, jsonOf } from '../../support/http/http-client.ts';
import { photograph } from '../../support/images/photographs.ts';
import { type Downloads, downloadsOf } from '../../support/services/downloads.ts';
import { startServices } from '../../support/services/services.ts';

const jpeg = await photograph('jpeg', 60, 40);
const made = { bytes: await photograph('webp', 20, 20), format: 'webp' } as const;

/** The final states of an image's two renditions. */
type Fate = [thumb: 'queued' | 'made' | 'failed', small: 'queued' | 'made' | 'failed'];

const FATES: Record<ImageProgress, Fate[]> = {
  processing: [
    ['queued', 'queued'],
    ['made', 'queued'],
  ],
  ready: [
    ['made', 'made'],
    ['made', 'made'],
  ],
  failed: [
    ['failed', 'made'],
    ['queued', 'failed'],
  ],
};

describe('GET /v1/images?status', () => {
  let downloads: Downloads;
  /** The newest comes first. */
  const ids: Record<ImageProgress, string[]> = { processing: [], ready: [], failed: [] };

  const upload = async ([thumb, small]: Fate): Promise<string> => {
    const { imageId } = await downloads.upload(jpeg, ['thumb', 'small']);
    for (const [name, fate] of Object.entries({ thumb, small })) {
      if (fate === 'made') await downloads.make({ imageId, name }, made);
      if (fate === 'failed') await downloads.fail({ imageId, name });
    }
    return imageId;
  };
  before(async () => {
    downloads = downloadsOf(await startServices());
    for (const index of [0, 1]) {
      for (const status of IMAGE_PROGRESS) {
        const fate = FATES[status][index];
        if (fate) ids[status].unshift(await upload(fate));
      }
    }
    // This image has no rendition that could be missing.
    ids.ready.unshift((await downloads.upload(jpeg)).imageId);
  });
  after(() => downloads.services.stop());

  const list = async (query: string) => {
    const answer = await downloads.get(`/v1/images?${query}`);
    expect(answer.status, answer.body.toString()).to.equal(200);
    expect(answer.headers['cache-control']).to.equal('private, no-cache');
    const { images, nextCursor } = jsonOf(answer);
    return { found: images.map(({ imageId }: { imageId: string }) => imageId) as string[], nextCursor };
  };

  for (const status of IMAGE_PROGRESS) {
    it(`lists images that are ${status}, newest first`, async () => {
      expect(await list(`status=${status}`)).to.deep.equal({ found: ids[status], nextCursor: undefined });
    });

    for (const limit of [1, 2, 7]) {
      it(`lists every image that is ${status} once, in pages of at most ${limit}`, async () => {
        const seen: string[] = [];
        let cursor: string | undefined;
        do {
          const { found, nextCursor } = await list(
            `status=${status}&limit=${limit}${cursor ? `&cursor=${cursor}` : ''}`,
          );
          expect(found.length).to.be.at.most(limit);
          seen.push(...found);
          cursor = nextCursor;
        } while (cursor);
        expect(seen).to.deep.equal(ids[status]);
      });
    }
  }

  it('may answer a page without images, with a cursor that leads on', async () => {
    const first = await upload(['failed', 'failed']);
    for (let count = 0; count < 6; count += 1) await downloads.upload(jpeg);
    const page = await list('status=failed&limit=1');
    expect(page.found).to.deep.equal([]);
    expect((await list(`status=failed&limit=2&cursor=${page.nextCursor}`)).found).to.deep.equal([first]);
    await downloads.delete(first);
  });

  for (const query of ['status=done', 'status=', 'status=READY', 'status=ready&status=failed', 'status=deleted']) {
    it(`refuses ?${query}`, async () => {
      const problem = expectProblem(await downloads.get(`/v1/images?${query}`), 'invalid_request');
      expect(new Set(problem.errors?.map(({ path }) => path))).to.deep.equal(new Set(['query.status']));
    });
  }
});
