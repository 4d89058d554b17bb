import { createHash } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { DeleteCommand, ScanCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { expect } from 'chai';
import type { Route } from '../../shared/contracts/api/route.ts';
import { type OperationId, ROUTES } from '../../shared/contracts/api/routes.ts';
import { idempotencyPartition, idempotencySortKey, uploadTokenClaim } from '../../shared/contracts/table.ts';
import { makeApiKey } from '../../shared/domain/api-key.ts';
import { createApiKey, revokeApiKey } from '../../shared/storage/table/api-keys.ts';
import { FORM_TYPE, filePart, formBody } from '../support/http/form-body.ts';
import { type Answered, expectProblem, jsonOf, send, sendBytes } from '../support/http/http-client.ts';
import { photograph } from '../support/images/photographs.ts';
import { as } from '../support/services/owners.ts';
import { type Services, startServices } from '../support/services/services.ts';
import { askForToken, type MadeToken, madeToken, postWithToken, withToken } from '../support/services/upload-tokens.ts';
import { turnedClock } from '../support/turned-clock.ts';

const jpeg = await photograph('jpeg');
const png = await photograph('png');
const MINUTE = 60_000;

describe('Upload tokens', () => {
  let services: Services;
  const keyClock = turnedClock();
  /** Milliseconds by which the clock of the tokens is ahead. */
  let ahead = 0;
  before(async () => {
    services = await startServices({ owners: true, now: () => Date.now() + ahead, accessClock: keyClock });
  });
  after(() => services.stop());
  beforeEach(() => {
    ahead = 0;
  });

  const upload = (made: MadeToken, body = jpeg, path = '/v1/images') =>
    withToken(made, services.upload, { method: 'POST', path, body });
  const begin = (made: MadeToken, declaration: object = {}) =>
    postWithToken(made, services.asyncUpload, '/v1/uploads', declaration);
  const below = (made: MadeToken, uploadId: string, path: string, method = 'GET', body?: Buffer) =>
    withToken(made, services.asyncUpload, { method, path: `/v1/uploads/${uploadId}${path}`, ...(body && { body }) });
  const recordOf = async (imageId: string, owner = 'shop') =>
    send(services.download, { path: `/v1/images/${imageId}`, headers: await as(owner) });

  /** Begins an upload and sends one part. */
  async function sentPart(made: MadeToken, body: Buffer, declaration: object = {}) {
    const begun = await begin(made, declaration);
    expect(begun.status, begun.body.toString()).to.equal(201);
    const { uploadId } = jsonOf(begun);
    const part = await below(made, uploadId, '/parts/1', 'PUT', body);
    const parts = [{ partNumber: 1, eTag: part.status === 200 ? jsonOf(part).eTag : 'none' }];
    const complete = () => postWithToken(made, services.asyncUpload, `/v1/uploads/${uploadId}/complete`, { parts });
    return { uploadId, part, complete, begun: jsonOf(begun) };
  }

  describe('are made', () => {
    it('with the id that the image will have, and 15 minutes by default', async () => {
      const before = Date.now();
      const made = await madeToken(services);
      expect(made.token).to.match(/^ist_[0-9a-f]{24}_[\w-]{43}$/);
      expect(Date.parse(made.expiresAt) - before).to.be.within(15 * MINUTE, 16 * MINUTE);
      expect(made.links.form).to.equal(`/v1/images?uploadToken=${made.token}`);
      expectProblem(await recordOf(made.imageId), 'image_not_found');
      await upload(made);
      expect((await recordOf(made.imageId)).status).to.equal(200);
    });

    it('without their secret in the table', async () => {
      const { token } = await madeToken(services);
      const { documents, tableName } = services.table;
      const { Items } = await documents.send(new ScanCommand({ TableName: tableName, ConsistentRead: true }));
      const secret = token.slice('ist_'.length + 25);
      expect(JSON.stringify(Items)).to.not.include(secret);
      expect(JSON.stringify(Items)).to.include(createHash('sha256').update(token).digest('hex'));
    });

    const refused: Record<string, object> = {
      'no bytes': { maxBytes: 0 },
      'more bytes than any upload may have': { maxBytes: 6 * 1024 ** 4 },
      'less than a minute': { expiresInSeconds: 59 },
      'more than a day': { expiresInSeconds: 86_401 },
      'a type that is no image': { types: ['text/html'] },
      'no type at all': { types: [] },
      'a field that nobody knows': { owner: 'bank' },
      'a page without https': { successRedirect: 'http://shop.example.com/' },
      'a page that is a script': { successRedirect: 'javascript:alert(1)' },
      'a page that is a path': { successRedirect: '//attacker.example/' },
      'a page with a user': { successRedirect: 'https://shop.example.com@attacker.example/' },
      'a page with a fragment': { successRedirect: 'https://shop.example.com/#done' },
      'a page with an imageId of its own': { successRedirect: 'https://shop.example.com/?imageId=1' },
      'a page that is no URL to browsers': { successRedirect: 'https://256.256.256.256/' },
      'a page with a line break': { successRedirect: 'https://shop.example.com/\r\nSet-Cookie: a=b' },
      'a page with too long an address': { successRedirect: `https://shop.example.com/${'a'.repeat(2_000)}` },
    };
    for (const [what, bounds] of Object.entries(refused)) {
      it(`not for ${what}`, async () => {
        expectProblem(await askForToken(services, bounds), 'invalid_request');
      });
    }

    it('not for a type of no image, for which none is offered that is turned off', async () => {
      const { detail } = expectProblem(await askForToken(services, { types: ['image/bmp'] }), 'invalid_request');
      expect(detail)
        .to.match(/types\[0\] must be one of `acceptedMediaTypes` of GET/)
        .and.not.include('heic');
    });

    it('not for a preset that nobody knows, nor for HEIC where it is off', async () => {
      expectProblem(await askForToken(services, { renditions: ['huge'] }), 'unknown_preset');
      expectProblem(await askForToken(services, { types: ['image/heic'] }), 'unsupported_image');
    });

    it('only by those who may write', async () => {
      const headers = { ...(await as('shop', ['images:read'])), 'content-type': 'application/json' };
      const ask = { method: 'POST', path: '/v1/upload-tokens', headers, body: '{"maxBytes":1}' };
      expectProblem(await send(services.upload, ask), 'forbidden');
      const made = await madeToken(services);
      const answer = await postWithToken(made, services.upload, '/v1/upload-tokens', { maxBytes: 1 });
      expect(expectProblem(answer, 'forbidden').detail).to.match(/^An upload token opens its own upload only\./);
      expect(answer.headers['www-authenticate']).to.equal('Bearer error="insufficient_scope", scope="images:write"');
      const read = await withToken(made, services.download, { path: `/v1/images/${made.imageId}` });
      expect(expectProblem(read, 'forbidden').detail).to.match(/^An upload token .* the scope images:read\.$/);
    });
  });

  describe('upload one image', () => {
    it('in one request, for the owner that has made them, with all that they say', async () => {
      const made = await madeToken(services, {
        renditions: ['thumb', { name: 'card', commands: [{ operation: 'resize', width: 60 }] }],
        visibility: 'private',
        metadata: { order: '17' },
      });
      const answer = await upload(made);
      expect(answer.status, answer.body.toString()).to.equal(201);
      const record = jsonOf(answer);
      expect(record).to.deep.include({ imageId: made.imageId, visibility: 'private' });
      expect(record.renditions.map(({ name }: { name: string }) => name)).to.deep.equal(['thumb', 'card']);
      expect(jsonOf(await recordOf(made.imageId))).to.deep.include({ metadata: { order: '17' } });
    });

    it('from a form, with the token in its action and the file name of the browser', async () => {
      const made = await madeToken(services, { renditions: ['thumb'] });
      const answer = await send(services.upload, {
        method: 'POST',
        path: made.links.form,
        headers: { 'content-type': FORM_TYPE },
        body: formBody([filePart(jpeg)]),
      });
      expect(answer.status, answer.body.toString()).to.equal(201);
      expect(jsonOf(answer)).to.include({ imageId: made.imageId, fileName: 'a photograph.jpg' });
    });

    it('from a form, after which the browser goes where the token says, and nowhere else', async () => {
      const page = 'https://shop.example.com/orders/17?step=done%20now';
      const made = await madeToken(services, { successRedirect: page });
      const post = async (path: string) =>
        send(services.upload, {
          method: 'POST',
          path,
          headers: { 'content-type': FORM_TYPE },
          body: formBody([filePart(jpeg)]),
        });
      for (const _again of [1, 2]) {
        const { status, headers, body } = await post(made.links.form);
        expect({ status, body: body.toString() }).to.deep.equal({ status: 303, body: '' });
        expect(headers).to.include({ location: `${page}&imageId=${made.imageId}`, 'cache-control': 'no-store' });
      }
      expect((await recordOf(made.imageId)).status).to.equal(200);
      const elsewhere = `${made.links.form}&successRedirect=https://attacker.example`;
      expectProblem(await post(elsewhere), 'invalid_request');
      const asked = await upload(made);
      expect(asked.status, 'a client that sends the token in a header').to.equal(201);
    });

    it('from a form without a page to go to once it is refused', async () => {
      const made = await madeToken(services, { maxBytes: 10, successRedirect: 'http://127.0.0.1:3000/' });
      const answer = await send(services.upload, { method: 'POST', path: made.links.form, body: jpeg });
      expectProblem(answer, 'upload_token_exceeded');
      expect(answer.headers.location).to.equal(undefined);
    });

    it('not beside another credential, which would decide whose the image is', async () => {
      const made = await madeToken(services);
      const post = async (authorization: string) =>
        send(services.upload, { method: 'POST', path: made.links.form, headers: { authorization }, body: jpeg });
      for (const authorization of [String((await as('bank')).authorization), `Bearer ${made.token}`, 'Bearer ']) {
        const answer = await post(authorization);
        expect(expectProblem(answer, 'invalid_request').detail).to.match(/one credential, and this one has two/);
        expect(answer.headers['www-authenticate']).to.equal('Bearer error="invalid_request"');
      }
      // A proxy before the page may have asked the browser for a name and a password.
      expect((await post('Basic YTpi')).status).to.equal(201);
    });

    it('in parts', async () => {
      const made = await madeToken(services, { renditions: ['thumb'], metadata: { order: '18' } });
      const { uploadId, complete, begun } = await sentPart(made, jpeg, { metadata: { filename: 'holiday.jpg' } });
      expect(begun).to.include({ imageId: made.imageId, expiresAt: made.expiresAt });
      expect((await below(made, uploadId, '/parts')).status).to.equal(200);
      expect((await below(made, uploadId, '')).status).to.equal(200);
      const answer = await complete();
      expect(answer.status, answer.body.toString()).to.equal(201);
      expect(jsonOf(answer)).to.deep.include({ imageId: made.imageId, fileName: 'holiday.jpg' });
      const { metadata } = jsonOf(await recordOf(made.imageId));
      expect(metadata).to.deep.equal({ filename: 'holiday.jpg', order: '18' });
      expect((await complete()).status).to.equal(201);
    });

    it('in parts to signed URLs', async () => {
      const made = await madeToken(services);
      const { uploadId } = jsonOf(await begin(made, { contentLength: jpeg.length }));
      const asked = { parts: [{ partNumber: 1, contentLength: jpeg.length }] };
      const answer = await postWithToken(made, services.asyncUpload, `/v1/uploads/${uploadId}/part-urls`, asked);
      const { pathname, search } = new URL(jsonOf(answer).parts[0].url);
      const part = await send(services.asyncUpload, { method: 'PUT', path: pathname + search, body: jpeg });
      expect(part.status, part.body.toString()).to.equal(200);
    });

    it('and their own file name wins over that of the browser', async () => {
      const made = await madeToken(services, { metadata: { filename: 'order-17.jpg' } });
      const headers = { 'content-disposition': 'attachment; filename="evil.jpg"' };
      const answer = await withToken(made, services.upload, {
        method: 'POST',
        path: '/v1/images',
        headers,
        body: jpeg,
      });
      expect(jsonOf(answer).fileName).to.equal('order-17.jpg');
    });
  });

  describe('are used once', () => {
    const images = async () =>
      (await services.leftovers()).filter((name) => name.startsWith('objects/originals/')).length;

    it('and answer the same upload with the same image', async () => {
      const made = await madeToken(services, { renditions: ['thumb'] });
      const first = await upload(made);
      const before = await images();
      const again = await upload(made);
      expect(again.status).to.equal(201);
      expect(jsonOf(again)).to.deep.equal(jsonOf(first));
      expect(await images()).to.equal(before);
    });

    it('and refuse other bytes, and another way', async () => {
      const made = await madeToken(services);
      await upload(made);
      expectProblem(await upload(made, png), 'upload_token_used');
      expectProblem(await begin(made), 'upload_token_used');
      const inParts = await madeToken(services);
      const first = await begin(inParts);
      expect(jsonOf(await begin(inParts)).uploadId).to.equal(jsonOf(first).uploadId);
      expectProblem(await begin(inParts, { contentLength: 5 }), 'upload_token_used');
      expectProblem(await upload(inParts), 'upload_token_used');
    });

    it('also by requests at once, whatever task has them: one is served', async () => {
      const another = await services.anotherAsyncUpload();
      for (let round = 0; round < 10; round += 1) {
        const made = await madeToken(services);
        const answers = await Promise.all([
          upload(made, jpeg),
          upload(made, png),
          postWithToken(made, services.asyncUpload, '/v1/uploads', {}),
          postWithToken(made, another, '/v1/uploads', { contentLength: 5 }),
        ]);
        const codes = answers.map((answer) => (answer.status === 201 ? 'served' : jsonOf(answer).code));
        expect(codes.filter((code) => code === 'served')).to.have.length(1);
        for (const code of codes) expect(code).to.be.oneOf(['served', 'idempotency_key_in_use', 'upload_token_used']);
      }
    });

    it('and are free again if the upload was refused', async () => {
      const made = await madeToken(services, { types: ['image/jpeg'] });
      expectProblem(await upload(made, png), 'upload_token_exceeded');
      expect((await upload(made, jpeg)).status).to.equal(201);
    });

    it('and stay used when the image is deleted, or the upload aborted', async () => {
      const made = await madeToken(services);
      await upload(made);
      const path = `/v1/images/${made.imageId}`;
      await send(services.upload, { method: 'DELETE', path, headers: await as('shop') });
      expect(expectProblem(await upload(made), 'image_deleted').detail).to.include('ask for a new one');
      const aborted = await madeToken(services);
      const { uploadId } = jsonOf(await begin(aborted));
      expect((await below(aborted, uploadId, '', 'DELETE')).status).to.equal(204);
      expectProblem(await begin(aborted), 'upload_aborted');
      expectProblem(await upload(aborted), 'upload_token_used');
    });

    function claimOf({ token }: MadeToken) {
      const tokenId = token.slice('ist_'.length).split('_')[0] ?? '';
      return { pk: idempotencyPartition('shop', uploadTokenClaim(tokenId)), sk: idempotencySortKey };
    }

    /** As if the service had been killed after it did the work of the request, and before it noted that. */
    async function forgetUse(made: MadeToken): Promise<void> {
      const { documents, tableName } = services.table;
      const Key = claimOf(made);
      await documents.send(
        new UpdateCommand({
          TableName: tableName,
          Key,
          UpdateExpression: 'SET claimedUntil = :past REMOVE isAnswered, uploadId',
          ConditionExpression: 'attribute_exists(isAnswered)',
          ExpressionAttributeValues: { ':past': 0 },
        }),
      );
    }

    it('and find the upload in parts of a service that died before it could answer', async () => {
      const made = await madeToken(services);
      const first = jsonOf(await begin(made));
      await forgetUse(made);
      expect(jsonOf(await begin(made))).to.deep.equal(first);
      const inStore = await readdir(join(services.objectsFolder, 'uploads'));
      expect(inStore.filter((name) => name.includes(made.imageId))).to.have.length(1);
    });

    it('and know the image of a service that died before it could answer', async () => {
      const made = await madeToken(services);
      await upload(made);
      await forgetUse(made);
      expectProblem(await begin(made), 'upload_token_used');
      await forgetUse(made);
      expect((await upload(made)).status).to.equal(201);
    });

    it('and keep the bytes of an image whose service could not note that it was made', async () => {
      const { documents, tableName } = services.table;
      for (const other of [png, Buffer.from('no image')]) {
        const made = await madeToken(services, { visibility: 'public' });
        expect((await upload(made)).status).to.equal(201);
        // What a service does whose request has failed.
        await documents.send(new DeleteCommand({ TableName: tableName, Key: claimOf(made) }));
        expect((await upload(made, other)).status).to.be.within(400, 499);
        const kept = await send(services.download, { path: `/v1/images/${made.imageId}/original` });
        expect(kept.body.equals(jpeg)).to.equal(true);
        expect((await upload(made)).status).to.equal(201);
      }
    });

    it('whatever Idempotency-Key comes with them', async () => {
      const made = await madeToken(services);
      const headers = { ...(await as('shop')), 'idempotency-key': 'order-17' };
      await send(services.upload, { method: 'POST', path: '/v1/images', headers, body: png });
      const keyed = { method: 'POST', path: '/v1/images', headers: { 'idempotency-key': 'order-17' }, body: jpeg };
      expect(jsonOf(await withToken(made, services.upload, keyed)).imageId).to.equal(made.imageId);
    });
  });

  describe('end', () => {
    it('with their time, for every route that they open', async () => {
      const made = await madeToken(services, { expiresInSeconds: 600 });
      const { uploadId, complete } = await sentPart(made, jpeg);
      ahead = 10 * MINUTE + 1_000;
      const answers = await Promise.all([
        upload(made),
        begin(made),
        below(made, uploadId, ''),
        below(made, uploadId, '/parts'),
        below(made, uploadId, '/parts/2', 'PUT', jpeg),
        complete(),
        below(made, uploadId, '', 'DELETE'),
      ]);
      for (const answer of answers) expectProblem(answer, 'token_expired');
      ahead = 10 * MINUTE - 10_000;
      expect((await complete()).status).to.equal(201);
    });

    it('with the key that has made them, if it can be revoked, within half a minute', async () => {
      const { key, keyId, digest } = makeApiKey();
      const createdAt = new Date().toISOString();
      const scopes = ['images:write'] as const;
      await createApiKey(services.table, { keyId, digest, owner: 'shop', scopes, createdBy: 'the test', createdAt });
      const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json' };
      const ask = { method: 'POST', path: '/v1/upload-tokens', headers, body: '{"maxBytes":1000000}' };
      const made: MadeToken = jsonOf(await send(services.upload, ask));
      expect((await begin(made)).status).to.equal(201);
      await revokeApiKey(services.table, keyId);
      await keyClock.turn(31_000);
      expectProblem(await begin(made), 'token_invalid');
      expectProblem(await upload(made), 'token_invalid');
    });

    const wrong: Record<string, (token: string) => string> = {
      'with another secret': (token) => `${token.slice(0, -6)}AAAAAA`,
      'with an id that nobody has': (token) => token.replace(/_[0-9a-f]{24}_/, `_${'0'.repeat(24)}_`),
      'of another form': (token) => token.slice(0, -1),
      'with more behind it': (token) => `${token}A`,
    };
    for (const [what, alter] of Object.entries(wrong)) {
      it(`before they begin, ${what}`, async () => {
        const made = await madeToken(services);
        const altered = { ...made, token: alter(made.token) };
        expect(altered.token).to.not.equal(made.token);
        expectProblem(await upload(altered), 'token_invalid');
        const form = { method: 'POST', path: `/v1/images?uploadToken=${altered.token}`, body: jpeg };
        expectProblem(await send(services.upload, form), 'token_invalid');
        expect((await upload(made)).status).to.equal(201);
      });
    }
  });

  describe('open nothing else', () => {
    const opened = (Object.entries(ROUTES) as [OperationId, Route][]).filter(([, route]) => route.uploadTokens);

    it('than the routes of an upload', () => {
      expect(opened.map(([name]) => name)).to.have.members([
        'uploadImage',
        'createUpload',
        'getUpload',
        'uploadPart',
        'listParts',
        'createPartUrls',
        'completeUpload',
        'abortUpload',
      ]);
    });

    it('so that listing, reading, changing and deleting are refused, also of their own image', async () => {
      const made = await madeToken(services, { visibility: 'private' });
      await upload(made);
      const path = `/v1/images/${made.imageId}`;
      const body = { renditions: ['thumb'] };
      const answers: Answered[] = [
        await withToken(made, services.download, { path: '/v1/images' }),
        await withToken(made, services.download, { path }),
        await withToken(made, services.download, { path: `${path}/events` }),
        await postWithToken(made, services.download, `${path}/links`, { target: 'original' }),
        await postWithToken(made, services.upload, `${path}/renditions`, body),
        await withToken(made, services.upload, { method: 'DELETE', path }),
      ];
      for (const answer of answers) expectProblem(answer, 'forbidden');
      // As to any stranger.
      expectProblem(await withToken(made, services.download, { path: `${path}/original` }), 'image_not_found');
      expect((await recordOf(made.imageId)).status).to.equal(200);
    });

    it('of an upload than their own, even of the same owner', async () => {
      const [one, two] = [await madeToken(services), await madeToken(services)];
      const { uploadId } = await sentPart(one, jpeg);
      const keyed = await send(services.asyncUpload, {
        method: 'POST',
        path: '/v1/uploads',
        headers: { ...(await as('shop')), 'content-type': 'application/json' },
        body: '{}',
      });
      for (const id of [uploadId, jsonOf(keyed).uploadId]) {
        const before = await services.leftovers();
        const parts = [{ partNumber: 1, eTag: 'a' }];
        const answers = [
          await below(two, id, ''),
          await below(two, id, '/parts'),
          await below(two, id, '/parts/1', 'PUT', png),
          await postWithToken(two, services.asyncUpload, `/v1/uploads/${id}/complete`, { parts }),
          await below(two, id, '', 'DELETE'),
        ];
        for (const answer of answers) expectProblem(answer, 'upload_not_found');
        expect(await services.leftovers()).to.deep.equal(before);
      }
      const headers = await as('shop');
      expect((await send(services.asyncUpload, { path: `/v1/uploads/${uploadId}`, headers })).status).to.equal(200);
    });

    it('in the query of other routes than a form needs', async () => {
      const made = await madeToken(services);
      const path = `/v1/uploads?uploadToken=${made.token}`;
      const headers = { 'content-type': 'application/json' };
      expectProblem(await send(services.asyncUpload, { method: 'POST', path, headers, body: '{}' }), 'unauthenticated');
      const [, token] = (await as('shop')).authorization.split(' ');
      const keyed = { method: 'POST', path: `/v1/images?uploadToken=${token}`, body: jpeg };
      expectProblem(await send(services.upload, keyed), 'unauthenticated');
    });
  });

  it('are not repeated, nor a key in their place, by whatever refuses them', async () => {
    const { key } = makeApiKey();
    const path = `/v1/images?uploadToken=${key}`;
    const answer = await send(services.upload, { method: 'POST', path, headers: await as('shop'), body: jpeg });
    expectProblem(answer, 'invalid_request');
    expect(answer.body.toString()).not.to.contain(key);
    expect(JSON.stringify(services.logs)).not.to.contain(key);
  });

  describe('hold before a byte is sent', () => {
    const head = ({ token }: MadeToken, type: string, length: number) =>
      `POST /v1/images HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer ${token}\r\ncontent-type: ${type}\r\ncontent-length: ${length}\r\nexpect: 100-continue\r\nconnection: close\r\n\r\n`;

    it('for clients that wait for 100 Continue', async () => {
      const made = await madeToken(services, { types: ['image/jpeg'], maxBytes: 1_000 });
      for (const [type, length] of [
        ['image/png', 1_000],
        ['image/jpeg', 1_001],
      ] as const)
        expectProblem(await sendBytes(services.upload, head(made, type, length)), 'upload_token_exceeded');
    });
  });

  describe('hold in parts', () => {
    it('whatever is said about the size', async () => {
      const made = await madeToken(services, { maxBytes: jpeg.length });
      const declared = await begin(made, { contentLength: jpeg.length + 1 });
      const problem = expectProblem(declared, 'upload_token_exceeded');
      expect(problem).to.include({ limit: jpeg.length, actual: jpeg.length + 1, unit: 'bytes' });
      const { part, uploadId, begun } = await sentPart(made, Buffer.concat([jpeg, jpeg]));
      expectProblem(part, 'upload_too_large');
      expect(begun).to.not.have.property('contentLength');
      const limits = (await below(made, uploadId, '/parts')).headers['upload-limit'];
      expect(limits).to.match(new RegExp(`^max-size=${jpeg.length}, `));
      expectProblem(
        await below(made, uploadId, '/parts/10000', 'PUT', Buffer.concat([jpeg, jpeg])),
        'upload_too_large',
      );
      const asked = { parts: [{ partNumber: 1, contentLength: jpeg.length + 1 }] };
      const urls = await postWithToken(made, services.asyncUpload, `/v1/uploads/${uploadId}/part-urls`, asked);
      expectProblem(urls, 'part_too_large');
      const parts = [await below(made, uploadId, '/parts/1', 'PUT', jpeg)];
      expect(parts[0]?.status).to.equal(200);
      expectProblem(await below(made, uploadId, '/parts/2', 'PUT', Buffer.from('a')), 'upload_too_large');
    });

    it('whatever is said about the type', async () => {
      const made = await madeToken(services, { types: ['image/jpeg'] });
      expectProblem(await begin(made, { contentType: 'image/png' }), 'upload_token_exceeded');
      const { complete } = await sentPart(made, png);
      const { failure } = expectProblem(await complete(), 'upload_rejected');
      expect(failure?.code).to.equal('upload_token_exceeded');
      expect((await services.leftovers()).filter((name) => name.includes(made.imageId))).to.deep.equal([]);
      expectProblem(await recordOf(made.imageId), 'image_not_found');
    });
  });
});

describe('Upload tokens while AUTHENTICATION is off', () => {
  let services: Services;
  before(async () => {
    services = await startServices();
  });
  after(() => services.stop());

  it('are held to their bounds all the same', async () => {
    const made = await madeToken(services, { maxBytes: jpeg.length - 1 });
    const path = '/v1/images';
    expectProblem(
      await withToken(made, services.upload, { method: 'POST', path, body: jpeg }),
      'upload_token_exceeded',
    );
    expectProblem(await withToken(made, services.download, { path }), 'forbidden');
    expect((await send(services.upload, { method: 'POST', path, body: jpeg })).status).to.equal(201);
  });
});
