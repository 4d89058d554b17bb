import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import { cacheControl } from '../../../containers/download/cache-control.ts';
import { RECORD_CACHE_MS } from '../../../containers/download/image-cache.ts';
import { INVALIDATION_TIMING } from '../../../containers/sync-upload/invalidation-retries.ts';
import { changedImageSchema } from '../../../shared/contracts/api/image-change.ts';
import { imageViewSchema } from '../../../shared/contracts/api/image-view.ts';
import type { Visibility } from '../../../shared/domain/image-record.ts';
import { changeImageRecord } from '../../../shared/storage/table/image-changes.ts';
import { deleteImageRecord } from '../../../shared/storage/table/image-deletion.ts';
import { readStoredImage } from '../../../shared/storage/table/image-table.ts';
import { addRendition } from '../../../shared/storage/table/image-writes.ts';
import { ROOT } from '../../house/source-files.ts';
import { eventually } from '../../support/eventually.ts';
import { answerError, type CloudFront, startCloudFront } from '../../support/http/cloud-front.ts';
import { type Answered, expectProblem, jsonOf, type Outgoing, send } from '../../support/http/http-client.ts';
import { photograph } from '../../support/images/photographs.ts';
import { as } from '../../support/services/owners.ts';
import { type Services, startServices } from '../../support/services/services.ts';
import { rendition } from '../../support/storage/image-records.ts';

const jpeg = await photograph('jpeg');
const OWN = await as('a company');
const OTHER = await as('another company');

describe('PATCH /v1/images/{imageId}', () => {
  let services: Services;
  before(async () => {
    services = await startServices({ owners: true });
  });
  after(() => services.stop());

  const upload = async (visibility: Visibility = 'public'): Promise<string> => {
    const outgoing = { method: 'POST', path: `/v1/images?visibility=${visibility}`, headers: OWN, body: jpeg };
    return jsonOf(await send(services.upload, outgoing)).imageId;
  };
  const patch = (imageId: string, change: unknown, headers: Outgoing['headers'] = OWN) =>
    send(services.upload, {
      method: 'PATCH',
      path: `/v1/images/${imageId}`,
      headers: { 'content-type': 'application/json', ...headers },
      body: typeof change === 'string' ? change : JSON.stringify(change),
    });
  const imageIn = (answer: Answered) => {
    expect(answer.status, answer.body.toString()).to.equal(200);
    expect(answer.headers['cache-control']).to.equal('no-store');
    const { error, value } = imageViewSchema.validate(jsonOf(answer), { convert: false });
    expect(error).to.equal(undefined);
    return value;
  };
  const read = (imageId: string, headers: Outgoing['headers'] = OWN) =>
    send(services.download, { path: `/v1/images/${imageId}`, headers: headers ?? {} });
  /** What a stranger gets for the bytes, once no service has the record as it was in its cache. */
  const original = (imageId: string) => send(services.download, { path: `/v1/images/${imageId}/original` });

  it('takes JSON by the name of a merge patch too (RFC 7396), and says which types it takes (RFC 5789)', async () => {
    const imageId = await upload();
    const types = 'application/json, application/merge-patch+json';
    const merged = { ...OWN, 'content-type': 'application/merge-patch+json' };
    expect(imageIn(await patch(imageId, { visibility: 'private' }, merged)).visibility).to.equal('private');
    expectProblem(await patch(imageId, { visibility: null }, merged), 'invalid_request');
    const refused = await patch(imageId, [], { ...OWN, 'content-type': 'application/json-patch+json' });
    expectProblem(refused, 'unsupported_content_type');
    expect(refused.headers).to.include({ accept: types, 'accept-patch': types });
    const options = await send(services.upload, { method: 'OPTIONS', path: `/v1/images/${imageId}` });
    expect(options.headers['accept-patch']).to.equal(types);
  });

  it('makes a public image private, and public again, for strangers too', async () => {
    const imageId = await upload();
    expect((await original(imageId)).headers['cache-control']).to.match(/^public, /);
    expect(imageIn(await patch(imageId, { visibility: 'private' })).visibility).to.equal('private');
    await eventually('a stranger gets nothing', async () => (await original(imageId)).status >= 400);
    expect((await original(imageId)).headers['cache-control']).to.equal('no-store');
    const own = await send(services.download, { path: `/v1/images/${imageId}/original`, headers: OWN });
    expect(own.headers['cache-control']).to.match(/^private, /);
    expect(imageIn(await patch(imageId, { visibility: 'public' })).visibility).to.equal('public');
    await eventually('a stranger gets it', async () => (await original(imageId)).status === 200);
  });

  it('answers and stores the image as it is now, with the ETag that a read answers', async () => {
    const imageId = await upload('private');
    const answer = await patch(imageId, { watermarkFor: 'everyone' });
    const image = imageIn(answer);
    expect(image).to.include({ watermarkFor: 'everyone', visibility: 'private' });
    const now = await read(imageId);
    expect(now.headers.etag).to.equal(answer.headers.etag);
    expect(jsonOf(now)).to.deep.equal(image);
  });

  it('changes nothing when it is repeated', async () => {
    const imageId = await upload();
    const first = await patch(imageId, { visibility: 'private', watermarkFor: 'own-public' });
    const again = await patch(imageId, { visibility: 'private', watermarkFor: 'own-public' });
    expect(imageIn(again)).to.deep.equal(imageIn(first));
    expect(again.headers.etag).to.equal(first.headers.etag);
  });

  it('is refused where it names nothing, something else or something wrong, with the field', async () => {
    const imageId = await upload();
    for (const [change, path] of [
      [{}, 'body'],
      [[], 'body'],
      [null, 'body'],
      ['', 'body'],
      [{ visibility: 'secret' }, 'visibility'],
      [{ visibility: null }, 'visibility'],
      [{ watermarkFor: 'all' }, 'watermarkFor'],
      [{ visibility: 'private', owner: 'another company' }, 'owner'],
      [{ moderation: 'approved' }, 'moderation'],
      [{ changedAt: '2030-01-01T00:00:00.000Z' }, 'changedAt'],
    ] as const) {
      const problem = expectProblem(await patch(imageId, change), 'invalid_request');
      expect(
        problem.errors?.map((each) => each.path),
        JSON.stringify(change),
      ).to.include(path);
    }
    expectProblem(await patch(imageId, '{"visibility":'), 'malformed_json');
    expect(jsonOf(await read(imageId)))
      .to.include({ visibility: 'public' })
      .and.not.have.property('changedAt');
  });

  it('of another owner is answered as if there were no such image, and changes nothing', async () => {
    const imageId = await upload('private');
    const missing = randomUUID();
    const [others, nobodys] = [
      await patch(imageId, { visibility: 'public' }, OTHER),
      await patch(missing, { visibility: 'public' }, OTHER),
    ];
    expect(expectProblem(others, 'image_not_found').detail.replace(imageId, missing)).to.equal(
      expectProblem(nobodys, 'image_not_found').detail,
    );
    expect(jsonOf(await read(imageId)))
      .to.include({ visibility: 'private' })
      .and.not.have.property('changedAt');
    expectProblem(await patch(imageId, { visibility: 'public' }, {}), 'unauthenticated');
    const reader = await as('a company', ['images:read', 'images:delete', 'admin']);
    expectProblem(await patch(imageId, { visibility: 'public' }, reader), 'forbidden');
  });

  it('of a deleted image is 410, and brings nothing back', async () => {
    const imageId = await upload();
    await send(services.upload, { method: 'DELETE', path: `/v1/images/${imageId}`, headers: OWN });
    expectProblem(await patch(imageId, { visibility: 'public' }), 'image_deleted');
  });

  it('with If-Match changes only that version', async () => {
    const imageId = await upload();
    const { etag: before = '' } = (await read(imageId)).headers;
    const first = await patch(imageId, { visibility: 'private' }, { ...OWN, 'if-match': String(before) });
    imageIn(first);
    expectProblem(
      await patch(imageId, { visibility: 'public' }, { ...OWN, 'if-match': String(before) }),
      'precondition_failed',
    );
    imageIn(await patch(imageId, { visibility: 'public' }, { ...OWN, 'if-match': String(first.headers.etag) }));
    // The image is as public as at first, and another version all the same.
    expectProblem(
      await patch(imageId, { visibility: 'private' }, { ...OWN, 'if-match': String(before) }),
      'precondition_failed',
    );
  });

  it('keeps a DELETE by the ETag from before it from deleting, whenever it comes', async () => {
    for (let round = 0; round < 8; round += 1) {
      const imageId = await upload();
      const { etag = '' } = (await read(imageId)).headers;
      const remove = () =>
        send(services.upload, {
          method: 'DELETE',
          path: `/v1/images/${imageId}`,
          headers: { ...OWN, 'if-match': String(etag) },
        });
      const [patched, deleted] = await Promise.all([patch(imageId, { visibility: 'private' }), remove()]);
      // Whoever is first wins, and the other is told.
      const won = [patched.status, deleted.status].map(String).join();
      expect(won).to.be.oneOf(['200,412', '410,204']);
      if (patched.status === 200) expectProblem(await remove(), 'precondition_failed');
    }
  });

  it('and uploads, renditions, changes and a DELETE at once end in one of their orders', async () => {
    for (let round = 0; round < 5; round += 1) {
      const imageId = await upload();
      const statuses = await Promise.all([
        patch(imageId, { visibility: 'private' }),
        patch(imageId, { watermarkFor: 'everyone' }),
        send(services.upload, {
          method: 'POST',
          path: `/v1/images/${imageId}/renditions`,
          headers: { 'content-type': 'application/json', ...OWN },
          body: '{"renditions":["thumb"]}',
        }),
        patch(imageId, { visibility: 'public', watermarkFor: 'own' }),
        ...(round % 2
          ? [send(services.upload, { method: 'DELETE', path: `/v1/images/${imageId}`, headers: OWN })]
          : []),
      ]);
      const codes = statuses.map(({ status }) => status);
      expect(
        codes.filter((status) => ![200, 202, 204, 410].includes(status)),
        codes.join(),
      ).to.deep.equal([]);
      const { status } = await read(imageId);
      expect(status).to.equal(round % 2 ? 410 : 200);
      if (status === 200) expect(jsonOf(await read(imageId)).renditions).to.have.length(1);
    }
  });

  /** Does something when a change of an image is on its way to the table, once. */
  const beforeChange = (act: () => Promise<unknown>) => {
    let isDone = false;
    services.table.documents.middlewareStack.add(
      (next) => async (args) => {
        const { ExpressionAttributeNames = {} } = args.input as { ExpressionAttributeNames?: Record<string, string> };
        if ('#moderatorToldAt' in ExpressionAttributeNames && !isDone) {
          isDone = true;
          await act();
        }
        return next(args);
      },
      { step: 'initialize', name: 'beforeChange', override: true },
    );
  };

  const meanwhile: Record<string, [act: (imageId: string) => Promise<unknown>, status: number]> = {
    'it was changed': [
      async (imageId) => {
        const { record } = await readStoredImage(services.table, imageId, { consistent: true });
        await changeImageRecord(services.table, record, { change: { watermarkFor: 'everyone' }, hasCdn: false });
      },
      200,
    ],
    'a rendition was added': [(imageId) => addRendition(services.table, imageId, rendition('between')), 200],
    'it was deleted': [(imageId) => deleteImageRecord(services.table, imageId), 410],
  };
  for (const [what, [act, status]] of Object.entries(meanwhile)) {
    it(`changes what is there when ${what} since the image was read`, async () => {
      const imageId = await upload();
      beforeChange(() => act(imageId));
      const answer = await patch(imageId, { visibility: 'private' });
      expect(answer.status).to.equal(status);
      if (status === 200) expect(jsonOf(await read(imageId)).visibility).to.equal('private');
      if (what === 'it was changed') expect(jsonOf(answer).watermarkFor).to.equal('everyone');
    });
  }

  it('is checked against the version that it changes, if it was changed since the image was read', async () => {
    const imageId = await upload();
    const { etag = '' } = (await read(imageId)).headers;
    beforeChange(async () => {
      const { record } = await readStoredImage(services.table, imageId, { consistent: true });
      await changeImageRecord(services.table, record, { change: { watermarkFor: 'everyone' }, hasCdn: false });
    });
    expectProblem(
      await patch(imageId, { visibility: 'private' }, { ...OWN, 'if-match': String(etag) }),
      'precondition_failed',
    );
    expect(jsonOf(await read(imageId)).visibility).to.equal('public');
  });
});

describe('PATCH /v1/images/{imageId} where a CDN is configured', () => {
  let services: Services;
  let cloudFront: CloudFront;
  before(async () => {
    cloudFront = await startCloudFront();
    services = await startServices({
      cloudFrontEndpoint: cloudFront.url,
      invalidationTiming: { giveUpAfter: 100, owedAfter: 300 },
    });
  });
  beforeEach(() => {
    cloudFront.refuse = () => false;
    cloudFront.asked.length = 0;
  });
  after(async () => {
    await services.stop();
    await cloudFront.stop();
  });

  const upload = async (visibility: Visibility = 'public'): Promise<string> => {
    const outgoing = { method: 'POST', path: `/v1/images?visibility=${visibility}`, body: jpeg };
    return jsonOf(await send(services.upload, outgoing)).imageId;
  };
  const patch = (imageId: string, change: object) =>
    send(services.upload, {
      method: 'PATCH',
      path: `/v1/images/${imageId}`,
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(change),
    });
  const purgeIn = (answer: Answered, imageId: string) => {
    expect(answer.status, answer.body.toString()).to.equal(202);
    const { error, value } = changedImageSchema.validate(jsonOf(answer), { convert: false });
    expect(error).to.equal(undefined);
    expect(value.purge.paths).to.deep.equal([`/v1/images/${imageId}*`]);
    return value.purge;
  };
  const acceptedPaths = () => [...cloudFront.accepted.values()].flatMap(({ paths }) => paths);

  it('purges an image that was public, once', async () => {
    const imageId = await upload();
    const purge = purgeIn(await patch(imageId, { visibility: 'private' }), imageId);
    expect(purge).to.include({ status: 'requested' });
    expect(cloudFront.accepted.get(purge.invalidationId)?.paths).to.include(`/v1/images/${imageId}*`);
    expect(purgeIn(await patch(imageId, { visibility: 'private' }), imageId)).to.deep.equal(purge);
    expect((await patch(imageId, { watermarkFor: 'everyone' })).status, 'a change of something else').to.equal(200);
    expect(cloudFront.asked).to.have.length(1);
  });

  it('purges nothing of an image that was private, nor when it becomes public', async () => {
    const imageId = await upload('private');
    for (const visibility of ['private', 'public'])
      expect((await patch(imageId, { visibility })).status, visibility).to.equal(200);
    expect(cloudFront.asked).to.deep.equal([]);
  });

  it('purges again what was public again', async () => {
    const imageId = await upload();
    const first = purgeIn(await patch(imageId, { visibility: 'private' }), imageId);
    expect((await patch(imageId, { visibility: 'public' })).status).to.equal(200);
    const second = purgeIn(await patch(imageId, { visibility: 'private' }), imageId);
    expect(second.invalidationId).to.not.equal(first.invalidationId);
  });

  it('is done though the CDN refuses, which is asked again by a repetition, and by itself', async () => {
    cloudFront.refuse = (_, response) => answerError(response, 403, 'AccessDenied');
    const imageId = await upload();
    const refused = await patch(imageId, { visibility: 'private' });
    expect(purgeIn(refused, imageId)).to.include({ status: 'failed', detail: 'The CDN refuses (AccessDenied).' });
    expect(jsonOf(refused).visibility).to.equal('private');
    expect(purgeIn(await patch(imageId, { visibility: 'private' }), imageId)).to.include({ status: 'failed' });
    cloudFront.refuse = () => false;
    await eventually('the purge', () => acceptedPaths().includes(`/v1/images/${imageId}*`));
    await eventually('it is known', async () => (await patch(imageId, { visibility: 'private' })).status === 202);
  });

  it('leaves a purge that the CDN has not accepted to the deletion of the image', async () => {
    cloudFront.refuse = (_, response) => answerError(response, 403, 'AccessDenied');
    const imageId = await upload();
    purgeIn(await patch(imageId, { visibility: 'private' }), imageId);
    const deleted = await send(services.upload, { method: 'DELETE', path: `/v1/images/${imageId}` });
    expect(deleted.status).to.equal(202);
    expect(jsonOf(deleted).purge).to.include({ status: 'failed' });
    cloudFront.refuse = () => false;
    await eventually('the purge', () => acceptedPaths().includes(`/v1/images/${imageId}*`));
  });

  it('leaves nothing to the deletion of a private image that the CDN has purged', async () => {
    const imageId = await upload();
    purgeIn(await patch(imageId, { visibility: 'private' }), imageId);
    const deleted = await send(services.upload, { method: 'DELETE', path: `/v1/images/${imageId}` });
    expect(deleted.status, deleted.body.toString()).to.equal(204);
    expect(cloudFront.asked).to.have.length(1);
  });
});

describe('PATCH /v1/images/{imageId} where personal metadata of public images are removed', () => {
  let services: Services;
  before(async () => {
    services = await startServices({ ingestion: { ORIGINAL_METADATA: 'strip-public', SVG_SANITIZING: 'public' } });
  });
  after(() => services.stop());

  const upload = async (visibility: Visibility, body = jpeg): Promise<string> =>
    jsonOf(await send(services.upload, { method: 'POST', path: `/v1/images?visibility=${visibility}`, body })).imageId;
  const patch = (imageId: string, change: object) =>
    send(services.upload, {
      method: 'PATCH',
      path: `/v1/images/${imageId}`,
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(change),
    });
  const visibilityNow = async (imageId: string) =>
    (await readStoredImage(services.table, imageId, { consistent: true })).record.visibility;

  it('does not publish an original of which they were not removed, unless that is said', async () => {
    const imageId = await upload('private');
    const problem = expectProblem(await patch(imageId, { visibility: 'public' }), 'original_has_metadata');
    expect(problem.detail).to.match(/originalMetadata: "keep"/);
    expect(await visibilityNow(imageId)).to.equal('private');
    expect((await patch(imageId, { watermarkFor: 'own-public' })).status, 'another change').to.equal(200);
    const kept = await patch(imageId, { visibility: 'public', originalMetadata: 'keep' });
    expect(kept.status).to.equal(200);
    expect(jsonOf(kept)).to.include({ visibility: 'public' }).and.not.have.property('originalMetadata');
    expect(await visibilityNow(imageId)).to.equal('public');
    expect((await patch(imageId, { visibility: 'public' })).status, 'a repetition').to.equal(200);
  });

  it('publishes again an original of which they were removed when it was uploaded', async () => {
    const imageId = await upload('public');
    for (const visibility of ['private', 'public'])
      expect((await patch(imageId, { visibility })).status, visibility).to.equal(200);
  });

  it('does not publish an SVG that was not sanitised, whatever is said', async () => {
    const imageId = await upload(
      'private',
      Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>'),
    );
    for (const change of [{ visibility: 'public' }, { visibility: 'public', originalMetadata: 'keep' }])
      expect(expectProblem(await patch(imageId, change), 'original_has_metadata').detail).to.match(/SVG/);
    expect(await visibilityNow(imageId)).to.equal('private');
  });

  it('refuses to keep metadata without a word of who may see the image', async () => {
    const imageId = await upload('private');
    for (const change of [{ originalMetadata: 'keep' }, { watermarkFor: 'own', originalMetadata: 'keep' }])
      expectProblem(await patch(imageId, change), 'invalid_request');
    expectProblem(await patch(imageId, { visibility: 'public', originalMetadata: 'strip' }), 'invalid_request');
  });
});

describe('docs/downloading.md', () => {
  const text = readFileSync(`${ROOT}docs/downloading.md`, 'utf8');
  const row = (place: string) =>
    text.split('\n').find((line) => line.startsWith(`| ${place}`)) ?? expect.fail(`no row for ${place}`);

  it('says within which time a change of visibility holds, as the services have it', () => {
    expect(RECORD_CACHE_MS).to.equal(1000);
    expect(row('bytes from the service')).to.include('within 1 to 2 seconds');
    // A purge is asked for only when no service answers from a record of before.
    expect(INVALIDATION_TIMING.gather).to.be.at.least(RECORD_CACHE_MS + 500);
    expect(row('CloudFront |')).to.include(`every ${INVALIDATION_TIMING.owedAfter / 60_000} minutes`);
    expect(cacheControl('named', 'public')).to.equal('public, max-age=60, stale-while-revalidate=600');
    expect(cacheControl('immutable', 'public')).to.include(`max-age=${365 * 24 * 60 * 60}`);
    expect(row('caches of browsers')).to.include('1 minute').and.include('10 more').and.include('a year');
  });
});
