import { randomUUID } from 'node:crypto';
import { expect } from 'chai';
import type { ModerationRequest } from '../../shared/contracts/api/moderation.ts';
import { moderationViewSchema, pendingImageListSchema } from '../../shared/contracts/api/moderation.ts';
import { auditLineSchema } from '../../shared/contracts/audit.ts';
import type { Moderation } from '../../shared/domain/access.ts';
import type { Visibility } from '../../shared/domain/image-record.ts';
import type { ModerationSetting } from '../../shared/domain/moderation.ts';
import { writeModeratorTold } from '../../shared/storage/table/moderation-notices.ts';
import { takeOwed } from '../../shared/storage/table/owed-work.ts';
import { eventually } from '../support/eventually.ts';
import { answerError, type CloudFront, startCloudFront } from '../support/http/cloud-front.ts';
import { type Answered, expectProblem, jsonOf, type Outgoing, send } from '../support/http/http-client.ts';
import { earlierKey, linkTo, signedFor, signingKey } from '../support/http/links.ts';
import { type Moderator, noted, says, startModerator } from '../support/http/moderator.ts';
import { photograph } from '../support/images/photographs.ts';
import { multipartClient } from '../support/services/multipart-client.ts';
import { as } from '../support/services/owners.ts';
import { type Services, startServices } from '../support/services/services.ts';

const jpeg = await photograph('jpeg');
const OWN = await as('a company');
const OTHER = await as('another company');
const ADMIN = await as('the operator', ['admin']);

const upload = async ({ upload }: Services, query = '?visibility=public') => {
  const outgoing = { method: 'POST', path: `/v1/images${query}`, headers: OWN, body: jpeg };
  return jsonOf(await send(upload, outgoing));
};
const decide = (
  { upload }: Services,
  imageId: string,
  decision: Partial<ModerationRequest> | string = {},
  headers: Outgoing['headers'] = ADMIN,
) =>
  send(upload, {
    method: 'PUT',
    path: `/v1/images/${imageId}/moderation`,
    headers: { 'content-type': 'application/json', ...headers },
    body: typeof decision === 'string' ? decision : JSON.stringify(decision),
  });
const decidedIn = (answer: Answered, status = 200) => {
  expect(answer.status, answer.body.toString()).to.equal(status);
  const { error, value } = moderationViewSchema.validate(jsonOf(answer), { convert: false });
  expect(error).to.equal(undefined);
  return value;
};
const patch = ({ upload }: Services, imageId: string, change: object) =>
  send(upload, {
    method: 'PATCH',
    path: `/v1/images/${imageId}`,
    headers: { 'content-type': 'application/json', ...OWN },
    body: JSON.stringify(change),
  });
const get = ({ download }: Services, path: string, headers: Outgoing['headers'] = {}) =>
  send(download, { path, headers });
const recordOf = async (services: Services, imageId: string) =>
  jsonOf(await get(services, `/v1/images/${imageId}`, OWN));

describe('MODERATION', () => {
  const settings: [ModerationSetting, Partial<Record<Visibility, Moderation>>][] = [
    ['off', {}],
    ['public', { public: 'pending' }],
    ['all', { public: 'pending', private: 'pending' }],
  ];
  for (const [moderation, expected] of settings) {
    it(`${moderation} has such new images wait: ${Object.keys(expected).join(' and ') || 'none'}`, async () => {
      const services = await startServices({ owners: true, moderation });
      try {
        for (const visibility of ['public', 'private'] as const) {
          const whole = await upload(services, `?visibility=${visibility}`);
          expect(whole.moderation, `whole, ${visibility}`).to.equal(expected[visibility]);
          const client = multipartClient(() => services.asyncUpload);
          const declaration = { contentType: 'image/jpeg', visibility };
          const { uploadId } = jsonOf(await client.create(declaration, OWN));
          const { eTag } = jsonOf(await client.put(uploadId, 1, jpeg, OWN));
          const joined = jsonOf(await client.complete(uploadId, [{ partNumber: 1, eTag }], OWN));
          expect(joined.moderation, `in parts, ${visibility}`).to.equal(expected[visibility]);
        }
      } finally {
        await services.stop();
      }
    });
  }
});

describe('images that wait for a decision', () => {
  let services: Services;
  before(async () => {
    services = await startServices({ owners: true, moderation: 'public' });
  });
  after(() => services.stop());

  const bytePaths = ({ links }: { links: Record<string, string> }) => [links.original, links.file] as string[];

  it('are hidden from strangers and held from their owner, whose record says why', async () => {
    const image = await upload(services);
    for (const path of bytePaths(image)) {
      for (const headers of [{}, OTHER, ADMIN]) expectProblem(await get(services, path, headers), 'image_not_found');
      const held = await get(services, path, OWN);
      expectProblem(held, 'moderation_pending');
      expect(held.headers).to.include({ 'cache-control': 'no-store', 'retry-after': '30' });
    }
    expect(await recordOf(services, image.imageId)).to.include({ moderation: 'pending' });
    const list = jsonOf(await get(services, '/v1/images?limit=100', OWN));
    expect(list.images.map(({ imageId }: { imageId: string }) => imageId)).to.include(image.imageId);
  });

  it('are answered to strangers as if there were none, in the same words', async () => {
    const { imageId } = await upload(services);
    const missing = randomUUID();
    const [held, none] = [
      await get(services, `/v1/images/${imageId}/original`),
      await get(services, `/v1/images/${missing}/original`),
    ];
    expect(
      held.body
        .toString()
        .replaceAll(imageId, missing)
        .replace(/"requestId":"[^"]*"/, ''),
    ).to.equal(none.body.toString().replace(/"requestId":"[^"]*"/, ''));
    expect(Object.keys(held.headers).sort()).to.deep.equal(Object.keys(none.headers).sort());
  });

  it('are opened by no usual link, which says that they wait, and opens them once they are approved', async () => {
    const { imageId, links } = await upload(services);
    const { url } = await linkTo(services, imageId, { target: 'original' }, OWN);
    for (const headers of [{}, OTHER]) {
      const held = await get(services, url, headers);
      expect(expectProblem(held, 'moderation_pending').detail).to.match(/until somebody has approved.* later/);
      expect(held.headers).to.include({ 'cache-control': 'no-store', 'retry-after': '30' });
    }
    // Whoever has no valid link for just this path hears what he hears of a missing image.
    expectProblem(await get(services, url.replace(/signature=./, 'signature=*')), 'link_invalid');
    const { search } = new URL(url, services.download);
    expectProblem(await get(services, `${links.file}${search}`), 'link_invalid');
    expectProblem(await get(services, `/v1/images/${randomUUID()}/original${search}`), 'link_invalid');
    decidedIn(await decide(services, imageId, { decision: 'approved' }));
    await eventually('the link opens it', async () => (await get(services, url)).status === 200);
  });

  it('are missing to whoever has a link once they are rejected', async () => {
    const { imageId } = await upload(services);
    const { url } = await linkTo(services, imageId, { target: 'original' }, OWN);
    decidedIn(await decide(services, imageId, { decision: 'rejected' }));
    await eventually('nothing is at the link', async () => (await get(services, url)).status === 404);
    expectProblem(await get(services, url), 'image_not_found');
  });

  it('are delivered once they are approved, and to nobody once they are rejected', async () => {
    const { imageId, links } = await upload(services);
    expect(decidedIn(await decide(services, imageId, { decision: 'approved' }))).to.deep.equal({
      imageId,
      moderation: 'approved',
    });
    await eventually('everybody gets it', async () => (await get(services, links.original)).status === 200);
    const rejected = await decide(services, imageId, { decision: 'rejected', reason: 'It shows a “face”.' });
    expect(decidedIn(rejected)).to.deep.equal({
      imageId,
      moderation: 'rejected',
      moderationReason: 'It shows a “face”.',
    });
    for (const path of [links.original, links.file]) {
      await eventually('nobody gets it', async () => (await get(services, path)).status === 404);
      expectProblem(await get(services, path, OWN), 'moderation_rejected');
    }
    expect(await recordOf(services, imageId)).to.include({
      moderation: 'rejected',
      moderationReason: 'It shows a “face”.',
    });
    expect(decidedIn(await decide(services, imageId, { decision: 'approved' }))).to.not.have.property(
      'moderationReason',
    );
    await eventually('everybody gets it again', async () => (await get(services, links.original)).status === 200);
  });

  it('answer no 304 any more that they had when they were approved', async () => {
    const { imageId, links } = await upload(services);
    await decide(services, imageId, { decision: 'approved' });
    await eventually('it is delivered', async () => (await get(services, links.original)).status === 200);
    const etag = String((await get(services, links.original)).headers.etag);
    const again = () => get(services, links.original, { 'if-none-match': etag });
    expect([(await again()).status, (await again()).status]).to.deep.equal([304, 304]);
    await decide(services, imageId, { decision: 'rejected' });
    await eventually('no 304', async () => (await again()).status === 404);
  });

  it('can be changed and deleted by their owner', async () => {
    const { imageId } = await upload(services);
    expect(jsonOf(await patch(services, imageId, { visibility: 'private' }))).to.include({
      ...{ visibility: 'private', moderation: 'pending' },
    });
    const path = `/v1/images/${imageId}`;
    expect((await send(services.upload, { method: 'DELETE', path, headers: OWN })).status).to.equal(204);
    expectProblem(await decide(services, imageId, { decision: 'approved' }), 'image_deleted');
  });

  it('are private ones that others come to see, and none that were decided or that nobody else sees', async () => {
    for (const [change, moderation] of [
      [{ visibility: 'public' }, 'pending'],
      [{ watermarkFor: 'own-public' }, 'pending'],
      [{ watermarkFor: 'everyone' }, 'pending'],
      [{ visibility: 'private', watermarkFor: 'own' }, undefined],
    ] as const) {
      const { imageId } = await upload(services, '?visibility=private');
      expect(jsonOf(await patch(services, imageId, change)).moderation, JSON.stringify(change)).to.equal(moderation);
    }
    for (const decision of ['approved', 'rejected'] as const) {
      const { imageId } = await upload(services, '?visibility=private');
      await decide(services, imageId, { decision });
      expect(jsonOf(await patch(services, imageId, { visibility: 'public' })).moderation).to.equal(decision);
    }
  });
});

describe('PUT /v1/images/{imageId}/moderation', () => {
  let services: Services;
  let cloudFront: CloudFront;
  before(async () => {
    cloudFront = await startCloudFront();
    services = await startServices({ owners: true, cloudFrontEndpoint: cloudFront.url });
  });
  beforeEach(() => {
    cloudFront.refuse = () => false;
    cloudFront.asked.length = 0;
  });
  after(async () => {
    await services.stop();
    await cloudFront.stop();
  });

  it('needs the scope admin, also of the owner', async () => {
    const { imageId } = await upload(services);
    for (const headers of [OWN, OTHER, await as('a company', ['images:read', 'images:write', 'images:delete'])])
      expectProblem(await decide(services, imageId, { decision: 'rejected' }, headers), 'forbidden');
    expectProblem(await decide(services, imageId, { decision: 'rejected' }, {}), 'unauthenticated');
    expect(await recordOf(services, imageId)).to.not.have.any.keys('moderation', 'changedAt');
  });

  it('opens nothing else of the image to whoever decides', async () => {
    const { imageId } = await upload(services, '?visibility=private');
    decidedIn(await decide(services, imageId, { decision: 'approved' }));
    expectProblem(await get(services, `/v1/images/${imageId}/original`, ADMIN), 'image_not_found');
  });

  it('is refused where it decides nothing or in another form, with the field', async () => {
    const { imageId } = await upload(services);
    for (const [body, path] of [
      [{}, 'decision'],
      [{ decision: 'pending' }, 'decision'],
      [{ decision: null }, 'decision'],
      [{ decision: 'rejected', reason: 'x'.repeat(201) }, 'reason'],
      [{ decision: 'rejected', reason: 'two\nlines' }, 'reason'],
      [{ decision: 'rejected', reason: '' }, 'reason'],
      [{ decision: 'approved', visibility: 'public' }, 'visibility'],
    ] as const) {
      const problem = expectProblem(await decide(services, imageId, JSON.stringify(body)), 'invalid_request');
      expect(
        problem.errors?.map((each) => each.path),
        JSON.stringify(body),
      ).to.include(path);
    }
    expectProblem(await decide(services, randomUUID(), { decision: 'approved' }), 'image_not_found');
  });

  it('rejects what nobody was asked about, and has the CDN purge what was public, once', async () => {
    const { imageId, links } = await upload(services);
    const rejected = decidedIn(await decide(services, imageId, { decision: 'rejected' }), 202);
    expect(rejected.purge).to.deep.include({ status: 'requested', paths: [`/v1/images/${imageId}*`] });
    expect(decidedIn(await decide(services, imageId, { decision: 'rejected' }), 202)).to.deep.equal(rejected);
    expect(cloudFront.asked).to.have.length(1);
    await eventually('nobody gets it', async () => (await get(services, links.original)).status === 404);
  });

  it('purges nothing that no CDN can have: what was private, or was never approved', async () => {
    const { imageId } = await upload(services, '?visibility=private');
    decidedIn(await decide(services, imageId, { decision: 'rejected' }));
    decidedIn(await decide(services, imageId, { decision: 'approved' }));
    expect(cloudFront.asked).to.deep.equal([]);
  });

  it('has an invalidation owed that the CDN refuses', async () => {
    cloudFront.refuse = (_, response) => answerError(response, 403, 'AccessDenied');
    const { imageId } = await upload(services);
    const { purge } = decidedIn(await decide(services, imageId, { decision: 'rejected' }), 202);
    expect(purge).to.include({ status: 'failed' });
    const path = `/v1/images/${imageId}`;
    const deleted = await send(services.upload, { method: 'DELETE', path, headers: OWN });
    expect(deleted.status, 'the tombstone owes it').to.equal(202);
  });
});

describe('GET /v1/pending-images', () => {
  const list = (services: Services, query = '', headers: Outgoing['headers'] = ADMIN) =>
    send(services.upload, { path: `/v1/pending-images${query}`, headers: headers ?? {} });
  const idsIn = async (services: Services) => {
    const answer = await list(services);
    expect(answer.status, answer.body.toString()).to.equal(200);
    return jsonOf(answer).images.map(({ imageId }: { imageId: string }) => imageId);
  };

  let services: Services;
  before(async () => {
    services = await startServices({ owners: true, moderation: 'all' });
  });
  after(() => services.stop());

  it('needs the scope admin', async () => {
    expectProblem(await list(services, '', await as('a company', ['images:read', 'images:write'])), 'forbidden');
    expectProblem(await list(services, '', {}), 'unauthenticated');
  });

  it('is all that somebody needs who decides without a webhook: ids, owners and links to the held bytes', async () => {
    const { imageId, createdAt, checksumSha256 } = await upload(services, '?visibility=private');
    await eventually('it is listed', async () => (await idsIn(services)).includes(imageId));
    const answer = await list(services);
    expect(answer.headers['cache-control']).to.equal('no-store');
    expect(pendingImageListSchema.validate(jsonOf(answer), { convert: false }).error).to.equal(undefined);
    const [{ link, expiresAt, ...image }] = jsonOf(answer).images;
    expect(image).to.deep.equal({
      ...{ imageId, createdAt, checksumSha256, owner: 'a company', contentType: 'image/jpeg' },
      contentLength: jpeg.length,
    });
    expect(Date.parse(expiresAt) - Date.now()).to.be.within(59 * 60_000, 60 * 60_000);
    const bytes = await get(services, link);
    expect([bytes.status, bytes.body.equals(jpeg)]).to.deep.equal([200, true]);
    const told = services.audit
      .filter((line) => line.expiresAt === expiresAt)
      .map(({ operation, who }) => [operation, who.kind]);
    expect(told, 'who has listed it, and that the link was used').to.deep.include.members([
      ['listPendingImages', 'jwt'],
      ['getOriginal', 'link'],
    ]);
    expectProblem(await get(services, `/v1/images/${imageId}/original`, ADMIN), 'image_not_found');
    decidedIn(await decide(services, imageId, { decision: 'rejected' }));
    await eventually('it is not listed', async () => !(await idsIn(services)).includes(imageId));
  });

  it('has the images of all owners, page by page', async () => {
    const own = await upload(services);
    const path = '/v1/images?visibility=public';
    const other = jsonOf(await send(services.upload, { method: 'POST', path, headers: OTHER, body: jpeg }));
    await eventually('both are listed', async () => (await idsIn(services)).length === 2);
    const first = jsonOf(await list(services, '?limit=1'));
    const second = jsonOf(await list(services, `?limit=1&cursor=${first.nextCursor}`));
    expect(second).to.not.have.any.keys('nextCursor');
    const found = [...first.images, ...second.images];
    expect(found.map(({ imageId }) => imageId)).to.have.members([own.imageId, other.imageId]);
    expect(found.map(({ owner }) => owner)).to.have.members(['a company', 'another company']);
    expectProblem(await list(services, '?cursor=eHl6'), 'invalid_request');
  });

  it('has no links where nothing signs them', async () => {
    const unsigned = await startServices({ owners: true, moderation: 'all', linkKeys: '' });
    try {
      const { imageId } = await upload(unsigned);
      await eventually('it is listed', async () => (await idsIn(unsigned)).includes(imageId));
      expect(jsonOf(await list(unsigned)).images[0]).to.not.have.any.keys('link', 'expiresAt');
    } finally {
      await unsigned.stop();
    }
  });

  it('has what a webhook was told of and has not decided', async () => {
    const moderator = await startModerator();
    const told = await startServices({ owners: true, moderation: 'all', moderationWebhook: moderator.url });
    try {
      const { imageId } = await upload(told);
      await eventually('it is told', () => told.logs.some(({ msg }) => msg === 'moderation notice sent'));
      await eventually('it is listed', async () => (await idsIn(told)).includes(imageId));
      decidedIn(await decide(told, imageId, { decision: 'approved' }));
      await eventually('it is not listed', async () => (await idsIn(told)).length === 0);
    } finally {
      await told.stop();
      await moderator.stop();
    }
  });
});

describe('the webhook of moderation, told by the service', () => {
  let services: Services;
  let moderator: Moderator;
  beforeEach(async () => {
    moderator = await startModerator();
    services = await startServices({ owners: true, moderation: 'public', moderationWebhook: moderator.url });
  });
  afterEach(async () => {
    await services.stop();
    await moderator.stop();
  });

  const noticesOf = (imageId: string) => moderator.notices.filter((notice) => notice.imageId === imageId);
  const isTold = (imageId: string, times = 1) =>
    eventually(`${times} notices`, () => noticesOf(imageId).length >= times);
  const warnings = () => services.logs.filter(({ level }) => level >= 40).map(({ msg }) => msg);
  const moderationOf = async (imageId: string) => (await recordOf(services, imageId)).moderation;
  const isModeration = (imageId: string, moderation: Moderation) =>
    eventually(moderation, async () => (await moderationOf(imageId)) === moderation);

  it('is told once of each new image, and of none that does not wait', async () => {
    const first = await upload(services);
    const second = await upload(services);
    await upload(services, '?visibility=private');
    for (const { imageId } of [first, second]) await isTold(imageId);
    await eventually(
      'both are noted',
      () => services.logs.filter(({ msg }) => msg === 'moderation notice sent').length === 2,
    );
    expect(moderator.notices.map(({ imageId }) => imageId)).to.have.members([first.imageId, second.imageId]);
    expect(await moderationOf(first.imageId)).to.equal('pending');
  });

  it('gets the held bytes by the link in the notice, and nothing else by it', async () => {
    const { imageId, links } = await upload(services);
    await isTold(imageId);
    const [{ link = '' } = {}] = noticesOf(imageId);
    const bytes = await get(services, link);
    expect(bytes.status).to.equal(200);
    expect(bytes.body.equals(jpeg)).to.equal(true);
    expect(bytes.headers['cache-control']).to.match(/^private, max-age=\d+$/);
    expectProblem(await get(services, links.original), 'image_not_found');
    const [, query] = link.split('?');
    for (const path of [links.events, links.file, `/v1/images/${imageId}/renditions/thumb`])
      expectProblem(await get(services, `${path}?${query}`), 'link_invalid');
  });

  it('gets them after they were rejected, too, and a usual link is none of its kind', async () => {
    moderator.answer = says({ decision: 'rejected', reason: 'no' });
    const { imageId, links } = await upload(services);
    await isModeration(imageId, 'rejected');
    const [{ link = '' } = {}] = noticesOf(imageId);
    expect((await get(services, link)).status).to.equal(200);
    for (const key of [signingKey, earlierKey])
      expectProblem(await get(services, signedFor(links.original, 60, key)), 'image_not_found');
  });

  for (const decision of ['approved', 'rejected'] as const) {
    it(`decides by its answer: ${decision}`, async () => {
      moderator.answer = says({ decision, reason: 'as the scanner says' });
      const { imageId, links } = await upload(services);
      await isModeration(imageId, decision);
      expect((await recordOf(services, imageId)).moderationReason).to.equal('as the scanner says');
      const status = decision === 'approved' ? 200 : 404;
      await eventually('the bytes', async () => (await get(services, links.original)).status === status);
      expect(noticesOf(imageId)).to.have.length(1);
      const [line, ...others] = services.audit.filter(
        (each) => each.imageId === imageId && each.who.kind === 'webhook',
      );
      expect(others).to.deep.equal([]);
      expect(auditLineSchema.validate(line).error?.message).to.equal(undefined);
      expect(line).to.include({
        ...{ operation: 'moderateImage', subjectOwner: 'a company', decision, result: 'done', address: '127.0.0.1' },
        requestId: noticesOf(imageId)[0]?.headers['webhook-id'],
      });
    });
  }

  it('does not decide by an answer that comes after somebody else has decided', async () => {
    const answered = Promise.withResolvers<void>();
    moderator.answer = async (notice, response) => {
      await answered.promise;
      says({ decision: 'approved' })(notice, response);
    };
    const { imageId } = await upload(services);
    await isTold(imageId);
    decidedIn(await decide(services, imageId, { decision: 'rejected' }));
    answered.resolve();
    await eventually('the notice', () => services.logs.some(({ msg }) => msg === 'moderation notice sent'));
    expect(await moderationOf(imageId)).to.equal('rejected');
    const lines = services.audit.filter(({ operation }) => operation === 'moderateImage');
    expect(lines.map(({ who, decision }) => [who.kind, decision])).to.deep.equal([['jwt', 'rejected']]);
  });

  it('is told again until it takes the notice, and the image waits meanwhile', async () => {
    moderator.answer = (notice, response) =>
      noticesOf(notice.imageId).length < 4 ? response.writeHead(500).end() : noted(notice, response);
    const { imageId } = await upload(services);
    await isTold(imageId, 4);
    await eventually('it is noted', () => services.logs.some(({ msg }) => msg === 'moderation notice sent'));
    expect(warnings()).to.deep.equal(Array(3).fill('moderation notice failed'));
    expect(await moderationOf(imageId)).to.equal('pending');
    expect(new Set(noticesOf(imageId).map(({ headers }) => headers['webhook-id'])).size).to.equal(1);
  });

  it('is not told again of an image that was decided or deleted meanwhile', async () => {
    moderator.answer = says('', 503);
    const [decided, deleted] = [await upload(services), await upload(services)];
    for (const { imageId } of [decided, deleted]) await isTold(imageId);
    decidedIn(await decide(services, decided.imageId, { decision: 'approved' }));
    await send(services.upload, { method: 'DELETE', path: `/v1/images/${deleted.imageId}`, headers: OWN });
    const before = moderator.notices.length;
    const marker = await upload(services);
    await isTold(marker.imageId, 4);
    const later = moderator.notices.slice(before).map(({ imageId }) => imageId);
    // One of each may have been under way.
    for (const { imageId } of [decided, deleted])
      expect(later.filter((each) => each === imageId).length).to.be.at.most(1);
  });

  it('is told of a private image that becomes public, once', async () => {
    const { imageId } = await upload(services, '?visibility=private');
    await patch(services, imageId, { visibility: 'public' });
    await isTold(imageId);
    await eventually('it is noted', () => services.logs.some(({ msg }) => msg === 'moderation notice sent'));
    await patch(services, imageId, { visibility: 'private' });
    await patch(services, imageId, { visibility: 'public' });
    const marker = await upload(services);
    await isTold(marker.imageId);
    expect(noticesOf(imageId)).to.have.length(1);
  });

  it('is told by another service of what one has taken that ended', async () => {
    const silent = await startServices({ owners: true, moderation: 'all' });
    const { table } = silent;
    try {
      const { imageId } = await upload(silent);
      const now = Date.now();
      const wanted = {
        work: 'owed_moderation',
        before: new Date(now + 60_000),
        next: new Date(now),
        limit: 16,
      } as const;
      const taken = async () => (await takeOwed(table, wanted)).some((each) => each.imageId === imageId);
      await eventually('it is taken', taken);
      const other = await startServices({ owners: true, moderationWebhook: moderator.url, table });
      await isTold(imageId).finally(() => other.stop());
    } finally {
      await silent.stop();
    }
  });

  it('is told again if it was silent', async () => {
    const impatient = await startServices({
      ...{ owners: true, moderation: 'all', moderationWebhook: moderator.url, noticeTiming: { answerWithin: 200 } },
    });
    try {
      moderator.answer = () => undefined;
      const { imageId } = await upload(impatient);
      await isTold(imageId, 2);
      moderator.answer = says({ decision: 'approved' });
      const isApproved = async () => (await recordOf(impatient, imageId)).moderation === 'approved';
      await eventually('it is approved', isApproved);
    } finally {
      await impatient.stop();
    }
  });

  it('has told nobody of what is not stored: a tombstone takes no note', async () => {
    const { imageId } = await upload(services);
    await isTold(imageId);
    await send(services.upload, { method: 'DELETE', path: `/v1/images/${imageId}`, headers: OWN });
    await writeModeratorTold(services.table, imageId, new Date());
    expectProblem(await get(services, `/v1/images/${imageId}`, OWN), 'image_deleted');
  });
});
