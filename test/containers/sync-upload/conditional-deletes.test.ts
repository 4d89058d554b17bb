import { expect } from 'chai';
import { addImageDescription, addRendition } from '../../../shared/storage/table/image-writes.ts';
import { expectProblem, jsonOf, type Outgoing, send } from '../../support/http/http-client.ts';
import { photograph } from '../../support/images/photographs.ts';
import { type Services, startServices } from '../../support/services/services.ts';
import { rendition } from '../../support/storage/image-records.ts';

const jpeg = await photograph('jpeg');

type Headers = NonNullable<Outgoing['headers']>;

const FUTURE = 'Fri, 01 Jan 2100 00:00:00 GMT';
const PAST = 'Sat, 01 Jan 2000 00:00:00 GMT';
const match = (value: string) => ({ 'if-match': value });

/** RFC 9110, 13: preconditions of a change, and whether it is made. */
const ROWS: [condition: string, headers: (eTag: string) => Headers, isMet: boolean][] = [
  ['If-Match of the ETag', match, true],
  ['If-Match of the ETag of what comes compressed', (eTag) => match(`${eTag.slice(0, -1)}-gzip"`), true],
  ['If-Match of a list that has the ETag', (eTag) => match(`"x" , ${eTag}`), true],
  ['If-Match of *', () => match('*'), true],
  ['If-Match of another ETag', () => match('"x"'), false],
  ['If-Match of the ETag as a weak one', (eTag) => match(`W/${eTag}`), false],
  ['If-Match of nothing', () => match(''), false],
  ['If-Match of garbage', () => match('x, "'), false],
  ['If-Unmodified-Since before it was there', () => ({ 'if-unmodified-since': PAST }), false],
  ['If-Unmodified-Since after its last change', () => ({ 'if-unmodified-since': FUTURE }), true],
  ['If-Unmodified-Since of no date', () => ({ 'if-unmodified-since': '2000-01-01' }), true],
  ['If-None-Match of *', () => ({ 'if-none-match': '*' }), false],
  ['If-None-Match of the ETag', (eTag) => ({ 'if-none-match': eTag }), false],
  ['If-None-Match of the ETag as a weak one', (eTag) => ({ 'if-none-match': `W/${eTag}` }), false],
  ['If-None-Match of another ETag', () => ({ 'if-none-match': '"x"' }), true],
  ['If-Modified-Since, which is of reads', () => ({ 'if-modified-since': FUTURE }), true],
  ['If-Match, which counts for more than the date', (eTag) => ({ ...match(eTag), 'if-unmodified-since': PAST }), true],
  ['If-Match and If-None-Match of the ETag', (eTag) => ({ ...match(eTag), 'if-none-match': eTag }), false],
];

describe('DELETE /v1/images/{imageId} under a condition', () => {
  let services: Services;
  before(async () => {
    services = await startServices();
  });
  after(() => services.stop());

  const upload = async () => {
    const { links } = jsonOf(
      await send(services.upload, { method: 'POST', path: '/v1/images?rendition=thumb', body: jpeg }),
    );
    const { status, headers } = await send(services.download, { path: links.self });
    expect(status).to.equal(200);
    return { path: links.self as string, eTag: String(headers.etag) };
  };
  const remove = (path: string, headers: Headers) => send(services.upload, { method: 'DELETE', path, headers });
  const statusOf = async (path: string) => (await send(services.download, { path })).status;

  for (const [condition, headersFor, isMet] of ROWS) {
    it(`${isMet ? 'deletes' : 'deletes nothing'} by ${condition}`, async () => {
      const { path, eTag } = await upload();
      const answer = await remove(path, headersFor(eTag));
      if (isMet) expect(answer.status).to.equal(204);
      else expectProblem(answer, 'precondition_failed');
      expect(await statusOf(path)).to.equal(isMet ? 410 : 200);
      expect(await statusOf(`${path}/original`)).to.equal(isMet ? 410 : 200);
    });
  }

  it('deletes nothing by the ETag from before a rendition was asked for', async () => {
    const { path, eTag } = await upload();
    const asked = await send(services.upload, {
      method: 'POST',
      path: `${path}/renditions`,
      headers: { 'content-type': 'application/json' },
      body: '{"renditions":["small"]}',
    });
    expect(asked.status).to.equal(202);
    expectProblem(await remove(path, match(eTag)), 'precondition_failed');
    expect(await statusOf(path)).to.equal(200);
  });

  it('answers a repeated DELETE as before, because everything is as the client wants it', async () => {
    const { path, eTag } = await upload();
    for (let time = 0; time < 2; time += 1) expect((await remove(path, match(eTag))).status).to.equal(204);
  });

  it('reports an unknown image before it checks the condition', async () => {
    const { path, eTag } = await upload();
    const other = path.replace(/.{12}$/, '000000000000');
    expectProblem(await remove(other, match(eTag)), 'image_not_found');
  });

  /** Does something when the tombstone of an image is on its way to the table, once. */
  const beforeTombstone = (act: () => Promise<unknown>) => {
    let isDone = false;
    services.table.documents.middlewareStack.add(
      (next) => async (args) => {
        const { Item } = args.input as { Item?: { status?: unknown } };
        if (Item?.status === 'deleted' && !isDone) {
          isDone = true;
          await act();
        }
        return next(args);
      },
      { step: 'initialize', name: 'beforeTombstone', override: true },
    );
  };

  const changes: Record<string, (imageId: string) => Promise<unknown>> = {
    'a rendition is added': (imageId) => addRendition(services.table, imageId, rendition('between')),
    'the first processing has found something out': (imageId) =>
      addImageDescription(services.table, imageId, { placeholder: 'AAAA', dominantColor: '#000000' }),
  };
  for (const [what, change] of Object.entries(changes)) {
    it(`deletes nothing when ${what} between the check of the version and the tombstone`, async () => {
      const { path, eTag } = await upload();
      beforeTombstone(() => change(path.split('/').at(-1) ?? ''));
      expectProblem(await remove(path, match(eTag)), 'precondition_failed');
      expect(await statusOf(path)).to.equal(200);
    });

    it(`deletes the image when any version is meant and ${what} meanwhile`, async () => {
      for (const headers of [match('*'), {}]) {
        const { path } = await upload();
        beforeTombstone(() => change(path.split('/').at(-1) ?? ''));
        expect((await remove(path, headers)).status).to.equal(204);
        expect(await statusOf(path)).to.equal(410);
      }
    });
  }
});
