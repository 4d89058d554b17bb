import type { Socket } from 'node:net';
import { expect } from 'chai';
import { decodeList } from 'structured-field-values';
import { routeList } from '../../shared/contracts/api/routes.ts';
import { usagePartition, usageSendersSortKey } from '../../shared/contracts/table.ts';
import { UPLOADS_AT_ONCE_WITH_TOKEN, type UsedByOwner } from '../../shared/domain/owner-limits.ts';
import { readCount, sumOf } from '../../shared/storage/table/counted-entries.ts';
import { eventually } from '../support/eventually.ts';
import { FORM_TYPE } from '../support/http/form-body.ts';
import { type Answered, expectProblem, jsonOf, openSocket, send } from '../support/http/http-client.ts';
import { photograph } from '../support/images/photographs.ts';
import { as } from '../support/services/owners.ts';
import { type Services, startServices } from '../support/services/services.ts';
import { type MadeToken, madeToken, postWithToken, withToken } from '../support/services/upload-tokens.ts';

const jpeg = await photograph('jpeg');

/** Requests of the owner in a minute: fewer than the strangers make. */
const REQUESTS = 40;

/** More than one token may send at once, and less than two. */
const AT_ONCE = UPLOADS_AT_ONCE_WITH_TOKEN + 2;

/** Bytes that a sender promises and does not send. */
const PROMISED = 900;

describe('Whoever has upload tokens of an owner', () => {
  let services: Services;
  let held: Socket[] = [];
  before(async () => {
    services = await startServices({
      owners: true,
      ownerLimits: {
        ...{ requestsPerMinute: REQUESTS, requestsPerMinuteAndAddress: 100_000, uploadsAtOnce: AT_ONCE },
        ...{ openUploads: 20, images: 20, storedBytes: 20 * jpeg.length, renditionsPerDay: 20 },
      },
    });
  });
  after(() => services.stop());
  afterEach(async () => {
    for (const socket of held) socket.destroy();
    held = [];
  });

  /** A token and its upload in parts. */
  async function begun(owner: string): Promise<{ made: MadeToken; uploadId: string }> {
    const made = await madeToken(services, { renditions: ['thumb'] }, owner);
    const answer = await postWithToken(made, services.asyncUpload, '/v1/uploads', {});
    expect(answer.status, answer.body.toString()).to.equal(201);
    return { made, uploadId: jsonOf(answer).uploadId };
  }

  /** Sends the head of a request and the first bytes of its body, and no more. */
  async function hold(base: string, line: string, headers: Record<string, string> = {}): Promise<void> {
    const socket = await openSocket(base);
    const fields = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
    socket.write(`${line} HTTP/1.1\r\nhost: x\r\ncontent-length: ${PROMISED}\r\n${fields.join('')}\r\nabc`);
    held.push(socket);
  }

  const bearer = ({ token }: MadeToken) => ({ authorization: `Bearer ${token}` });
  const partLine = (uploadId: string) => `PUT /v1/uploads/${uploadId}/parts/1`;

  /** Waits until so many uploads with tokens of an owner are counted. */
  const counted = (owner: string, count: number) =>
    eventually(`${count} uploads with tokens are sent`, async () => {
      const key = { pk: usagePartition(owner), sk: usageSendersSortKey('tokens') };
      return sumOf(await readCount(services.table, key), 'sending') === count;
    });

  const uploadAs = async (owner: string): Promise<Answered> =>
    send(services.upload, { method: 'POST', path: '/v1/images', headers: await as(owner), body: jpeg });

  it('uses none of its requests, whatever is asked of which route, and is told nothing of them', async () => {
    const { made, uploadId } = await begun('asked');
    const concrete = (path: string) => path.replace('{uploadId}', uploadId).replaceAll(/\{\w+\}/g, made.imageId);
    // What was asked before, to make the token.
    const own = 1;
    let strangers = 0;
    for (const { method, path, service } of routeList) {
      const asks = [
        () => withToken(made, services.baseOf(service), { method, path: concrete(path) }),
        () => send(services.baseOf(service), { method, path: `${concrete(path)}?uploadToken=${made.token}` }),
      ];
      for (const ask of asks) {
        const { headers } = await ask();
        expect(String(headers['ratelimit-policy'] ?? '"address"'), `${method} ${path}`).to.match(/^"address"/);
        strangers += 1;
      }
    }
    expect(strangers).to.be.above(REQUESTS);
    const { headers } = await send(services.download, { path: '/v1/images', headers: await as('asked') });
    const [left] = decodeList(String(headers.ratelimit));
    expect(left?.value).to.equal('owner');
    expect(left?.params.r).to.be.at.least(REQUESTS - own - 1);
  });

  it('takes no place of its uploads, by slow parts, signed parts, bodies and forms of many tokens together', async () => {
    const owner = 'sender';
    const own = jsonOf(
      await send(services.asyncUpload, {
        method: 'POST',
        path: '/v1/uploads',
        headers: { ...(await as(owner)), 'content-type': 'application/json' },
        body: '{}',
      }),
    );
    const whole = await madeToken(services, {}, owner);
    await hold(services.upload, 'POST /v1/images', { ...bearer(whole), 'content-type': 'image/jpeg' });
    const form = await madeToken(services, {}, owner);
    await hold(services.upload, `POST ${form.links.form}`, { 'content-type': FORM_TYPE });
    const signed = await begun(owner);
    const asked = { parts: [{ partNumber: 1, contentLength: PROMISED }] };
    const path = `/v1/uploads/${signed.uploadId}/part-urls`;
    const { parts } = jsonOf(await postWithToken(signed.made, services.asyncUpload, path, asked));
    const { pathname, search } = new URL(parts[0].url);
    for (let time = 0; time < 3; time += 1) await hold(services.asyncUpload, `PUT ${pathname}${search}`);
    for (let token = 0; token < 2; token += 1) {
      const { made, uploadId } = await begun(owner);
      for (let time = 0; time < AT_ONCE; time += 1) await hold(services.asyncUpload, partLine(uploadId), bearer(made));
    }
    await counted(owner, AT_ONCE);
    const last = await madeToken(services, {}, owner);
    const refused = await withToken(last, services.upload, { method: 'POST', path: '/v1/images', body: jpeg });
    expectProblem(refused, 'too_many_uploads_at_once');
    expect((await uploadAs(owner)).status).to.equal(201);
    const part = await send(services.asyncUpload, {
      method: 'PUT',
      path: `/v1/uploads/${own.uploadId}/parts/1`,
      headers: await as(owner),
      body: jpeg,
    });
    expect(part.status, part.body.toString()).to.equal(200);
  });

  it('takes no place of other tokens, with one token', async () => {
    const owner = 'fair';
    const { made, uploadId } = await begun(owner);
    for (let time = 0; time < 2 * AT_ONCE; time += 1)
      await hold(services.asyncUpload, partLine(uploadId), bearer(made));
    await counted(owner, UPLOADS_AT_ONCE_WITH_TOKEN);
    const put = { method: 'PUT', path: `/v1/uploads/${uploadId}/parts/2`, body: jpeg };
    expectProblem(await withToken(made, services.asyncUpload, put), 'too_many_uploads_at_once');
    const other = await madeToken(services, {}, owner);
    const whole = { method: 'POST', path: '/v1/images', body: jpeg };
    expect((await withToken(other, services.upload, whole)).status).to.equal(201);
    for (const socket of held) socket.destroy();
    await counted(owner, 0);
    expect((await withToken(made, services.asyncUpload, put)).status).to.equal(200);
  });

  it('stores and uses nothing by what is refused, repeated or broken off, but the one open upload of each token', async () => {
    const owner = 'stored';
    const made = await madeToken(services, { renditions: ['thumb'], types: ['image/jpeg'] }, owner);
    const parts = await begun(owner);
    const sent = { method: 'POST', path: '/v1/images' };
    for (let time = 0; time < 5; time += 1) {
      await hold(services.upload, 'POST /v1/images', { ...bearer(made), 'content-type': 'image/jpeg' });
      held.pop()?.destroy();
      await withToken(made, services.upload, { ...sent, body: Buffer.from('no image') });
      await withToken(made, services.upload, { ...sent, body: await photograph('png') });
      await withToken(made, services.upload, { ...sent, path: '/v1/images?rendition=large', body: jpeg });
      await withToken(parts.made, services.upload, { ...sent, body: jpeg });
      await postWithToken(parts.made, services.asyncUpload, '/v1/uploads', {});
      await postWithToken(parts.made, services.asyncUpload, '/v1/uploads', { contentLength: 5 + time });
      const complete = `/v1/uploads/${parts.uploadId}/complete`;
      await postWithToken(parts.made, services.asyncUpload, complete, { parts: [{ partNumber: 1, eTag: 'a' }] });
    }
    const most: UsedByOwner = {
      ...{ images: 0, storedBytes: 0, openUploads: 1 },
      ...{ renditionsPerDay: 0, processingSecondsPerDay: 0 },
    };
    const usage = async () =>
      jsonOf(await send(services.download, { path: '/v1/usage', headers: await as(owner) })).used;
    expect(await usage()).to.deep.equal(most);
    // Once for all that follow.
    await eventually('the token is free', async () => {
      const { status } = await withToken(made, services.upload, { ...sent, body: jpeg });
      return status === 201;
    });
    for (let time = 0; time < 3; time += 1) await withToken(made, services.upload, { ...sent, body: jpeg });
    expect(await usage()).to.deep.equal({ ...most, images: 1, storedBytes: jpeg.length, renditionsPerDay: 1 });
  });
});
