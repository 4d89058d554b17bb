import { randomUUID } from 'node:crypto';
import { expect } from 'chai';
import { startRendition } from '../../../shared/storage/table/rendition-states.ts';
import { eventually } from '../../support/eventually.ts';
import { openEvents } from '../../support/http/event-stream.ts';
import { expectProblem } from '../../support/http/http-client.ts';
import { photograph } from '../../support/images/photographs.ts';
import { type Downloads, downloadsOf, type Headers } from '../../support/services/downloads.ts';
import { startServices } from '../../support/services/services.ts';
import { turnedClock } from '../../support/turned-clock.ts';

const jpeg = await photograph('jpeg', 60, 40);
const made = { bytes: await photograph('webp', 20, 20), format: 'webp' } as const;

/** Milliseconds between two polls of an image. */
const LOOK_MS = 1000;

describe('GET /v1/images/{imageId}/events', () => {
  const clock = turnedClock();
  let downloads: Downloads;
  before(async () => {
    downloads = downloadsOf(await startServices({ clock }));
  });
  after(() => downloads.services.stop());

  /** Lets watched images be polled once, after a change of the test and before its next one. */
  const look = async () => {
    await clock.waited();
    await clock.turn(LOOK_MS);
  };
  const upload = (...renditions: string[]) => downloads.upload(jpeg, renditions);
  const pathOf = (imageId: string) => `/v1/images/${imageId}/events`;
  const watch = (imageId: string, headers: Headers = {}) =>
    openEvents(`${downloads.services.download}${pathOf(imageId)}`, headers);
  const recordOf = async (imageId: string) => {
    const { headers, body } = await downloads.get(`/v1/images/${imageId}`);
    return { eTag: String(headers.etag), json: body.toString() };
  };

  it('sends the record now and at each change, under its ETag, and ends with settled', async () => {
    const { imageId } = await upload('thumb', 'small');
    const stream = await watch(imageId);
    const records = [await recordOf(imageId)];
    await stream.named(1);
    await downloads.make({ imageId, name: 'thumb' }, made);
    records.push(await recordOf(imageId));
    await look();
    await stream.named(2);
    await downloads.fail({ imageId, name: 'small' });
    const last = await recordOf(imageId);
    await look();
    expect(await stream.ended()).to.deep.equal(['image', 'image', 'image', 'settled']);
    expect(stream.events).to.deep.equal([
      ...[...records, last].map(({ eTag, json }) => ({ event: 'image', id: eTag, data: json })),
      { event: 'settled', id: last.eTag, data: '{}' },
    ]);
  });

  it('is a stream for EventSource that no cache stores, no proxy buffers and nothing compresses', async () => {
    const { imageId } = await upload('thumb');
    const stream = await watch(imageId, { 'accept-encoding': 'gzip', accept: 'text/event-stream' });
    await stream.named(1);
    expect(stream.status).to.equal(200);
    expect(stream.headers).to.include({ 'cache-control': 'no-store', 'x-accel-buffering': 'no' });
    expect(stream.headers['content-type']).to.match(/^text\/event-stream(; charset=utf-8)?$/);
    expect(stream.headers).to.not.have.any.keys('content-encoding', 'content-length', 'etag');
    expect(stream.text()).to.match(/^retry: \d+\n\nevent: image\n/);
    stream.leave();
  });

  it('ends with settled if there is nothing to wait for', async () => {
    for (const prepare of [
      async () => (await upload()).imageId,
      async () => {
        const { imageId } = await upload('thumb');
        await downloads.make({ imageId, name: 'thumb' }, made);
        return imageId;
      },
    ]) {
      expect(await (await watch(await prepare())).ended()).to.deep.equal(['image', 'settled']);
    }
  });

  it('answers 204 to a client that reconnects with the last event of a settled image', async () => {
    const { imageId } = await upload();
    const stream = await watch(imageId);
    await stream.ended();
    const id = String(stream.events.at(-1)?.id);
    const answer = await downloads.get(pathOf(imageId), { 'last-event-id': id });
    expect([answer.status, answer.body.length, answer.headers['cache-control']]).to.deep.equal([204, 0, 'no-store']);
  });

  it('sends a client that reconnects only what has changed since', async () => {
    const { imageId } = await upload('thumb');
    const first = await watch(imageId);
    await first.named(1);
    first.leave();
    const headers = { 'last-event-id': String(first.events[0]?.id) };
    const second = await watch(imageId, headers);
    await eventually('it is watched', () => second.text() !== '');
    await downloads.make({ imageId, name: 'thumb' }, made);
    await look();
    expect(await second.ended()).to.deep.equal(['image', 'settled']);
    expect(second.events[0]?.id).to.equal((await recordOf(imageId)).eTag);
    expect(await (await watch(imageId, headers)).ended()).to.deep.equal(['image', 'settled']);
  });

  it('ends with deleted when the image is deleted', async () => {
    const { imageId } = await upload('thumb');
    const stream = await watch(imageId);
    await stream.named(1);
    await downloads.delete(imageId);
    await look();
    expect(await stream.ended()).to.deep.equal(['image', 'deleted']);
    expect(stream.events[1]).to.include({ data: '{}' });
    expectProblem(
      await downloads.get(pathOf(imageId), { 'last-event-id': stream.events[1]?.id ?? '' }),
      'image_deleted',
    );
  });

  it('answers image_not_found, and refuses an invalid id', async () => {
    expectProblem(await downloads.get(pathOf(randomUUID())), 'image_not_found');
    expectProblem(await downloads.get(pathOf('1')), 'invalid_request');
    const { imageId } = await upload();
    const answer = await downloads.get(pathOf(imageId), { 'last-event-id': 'x'.repeat(129) });
    expect(expectProblem(answer, 'invalid_request').errors?.[0]?.path).to.equal('headers.last-event-id');
  });

  it('keeps sending to other clients when one has disconnected', async () => {
    const { imageId } = await upload('thumb');
    const [leaves, stays] = [await watch(imageId), await watch(imageId)];
    await Promise.all([leaves.named(1), stays.named(1)]);
    leaves.leave();
    await startRendition(downloads.services.table, { imageId, name: 'thumb' });
    await look();
    expect(await stays.named(2)).to.deep.equal(['image', 'image']);
    stays.leave();
  });
});
