import { expect } from 'chai';
import { downloadHandlers } from '../../../containers/download/handlers.ts';
import { openImagePoller } from '../../../containers/download/image-poller.ts';
import { openRenditionRequests } from '../../../containers/download/rendition-requests.ts';
import { createServer } from '../../../shared/http/server.ts';
import { type Answered, expectProblem, send } from '../../support/http/http-client.ts';
import { photograph } from '../../support/images/photographs.ts';
import { type Downloads, downloadsOf, type Headers } from '../../support/services/downloads.ts';
import { type LogLine, logInto, type Services, startServices } from '../../support/services/services.ts';
import { turnedClock } from '../../support/turned-clock.ts';

const jpeg = await photograph('jpeg', 60, 40);
const made = { bytes: await photograph('webp', 20, 20), format: 'webp' } as const;

/** Milliseconds for which an answer is repeated at most. */
const KNOWN_MS = 1000;

const CONFIG = { HOST: '127.0.0.1', PORT: 0, AUTHENTICATION: 'off', CORS_ORIGINS: 'https://app.example.com' } as const;

/** A download server whose fast path the test can call, and whose clock it controls. */
function openServer({ table, queue, objects, limits }: Services, logs: LogLine[]) {
  const logger = logInto(logs, 'download');
  const clock = turnedClock();
  const poller = openImagePoller({ table, logger });
  const composed = downloadHandlers({
    objects,
    table,
    renditionRequests: openRenditionRequests({ table, queue, limits }),
    poller,
    limits,
    economyMode: { isOn: () => false },
    signedUrls: false,
    linkKeys: [],
    newImages: { visibility: 'public', moderation: 'off', originalMetadata: 'keep', svgSanitizing: 'off' },
    clock,
  });
  const ready = async () => undefined;
  const server = createServer({ service: 'download', config: CONFIG, logger, ready, ...composed });
  return { server, fastPath: composed.fastPath, clock };
}

describe('A cached 304', () => {
  let downloads: Downloads;
  let opened: ReturnType<typeof openServer>;
  const logs: LogLine[] = [];
  before(async () => {
    downloads = downloadsOf(await startServices());
    opened = openServer(downloads.services, logs);
    await opened.server.start();
  });
  after(async () => {
    await opened?.server.stop({ timeout: 1000 });
    await downloads?.services.stop();
  });

  let imageId: string;
  let path: string;
  let eTag: string;
  const upload = async (query = '') => {
    const image = await downloads.upload(jpeg, [], query);
    imageId = image.imageId;
    path = image.links.original;
    eTag = String((await get()).headers.etag);
  };
  const ofRendition = async (request: { name: string; [fact: string]: unknown }) => {
    const image = await downloads.upload(jpeg, [request]);
    await downloads.make({ imageId: image.imageId, name: request.name }, made);
    path = `${image.links.self}/renditions/${request.name}`;
    eTag = String((await get()).headers.etag);
  };
  const get = (headers: Headers = {}, method = 'GET'): Promise<Answered> =>
    send(opened.server.info.uri, { method, path, headers });
  const revalidate = async (headers: Headers = {}, method = 'GET'): Promise<Answered> => {
    const answer = await get({ 'if-none-match': eTag, ...headers }, method);
    expect(answer.status).to.equal(304);
    return answer;
  };
  const isRemembered = (headers: Record<string, string> = {}, { url = path, method = 'GET' } = {}) =>
    opened.fastPath?.({ method, url, headers: { 'if-none-match': eTag, ...headers } }) !== undefined;
  const lasting = ({ headers: { date, 'x-request-id': id, ...headers }, body }: Answered) => ({ headers, body });

  for (const headers of [{}, { origin: 'https://app.example.com' }, { origin: 'https://stranger.example.com' }]) {
    it(`is repeated with all its headers for ${JSON.stringify(headers)}`, async () => {
      await upload();
      expect(isRemembered()).to.equal(false);
      const first = await revalidate(headers);
      expect(isRemembered()).to.equal(true);
      const second = await revalidate(headers);
      expect(lasting(second)).to.deep.equal(lasting(first));
      expect(second.headers.date).to.be.a('string');
    });
  }

  it('is the same for all unknown query parameters, but not for ?download', async () => {
    await upload();
    await revalidate();
    const plain = path;
    for (const query of ['?v=2', '?fbclid=a&utm_source=b', '?', '?v', '?downloads=1', '?%zz']) {
      expect(isRemembered({}, { url: `${plain}${query}` }), query).to.equal(true);
    }
    for (const query of ['?download', '?download=a.jpg', '?v=2&download=a.jpg', '?download=&download=']) {
      expect(isRemembered({}, { url: `${plain}${query}` }), query).to.equal(false);
    }
    path = `${plain}?v=1&download=a.jpg`;
    const named = await revalidate();
    path = `${plain}?download=a.jpg&v=2`;
    expect(isRemembered()).to.equal(true);
    expect(lasting(await revalidate())).to.deep.equal(lasting(named));
    expect(isRemembered({}, { url: `${plain}?download=b.jpg` })).to.equal(false);
    expect(isRemembered({}, { url: `${plain}?download=a.jpg?b` })).to.equal(false);
  });

  it('has a new request id or that of the client, and a line in the log, each time', async () => {
    await upload();
    const given = ['given.1', 'given.2'];
    for (const id of given) expect((await revalidate({ 'x-request-id': id })).headers['x-request-id']).to.equal(id);
    const ids = [await revalidate(), await revalidate(), await revalidate({ 'x-request-id': 'two words' })];
    expect(new Set(ids.map(({ headers }) => headers['x-request-id'])).size).to.equal(3);
    const [first, second] = given.map((id) => logs.find(({ requestId }) => requestId === id));
    for (const line of [first, second]) {
      expect(line).to.include({
        msg: 'request',
        operation: 'getOriginal',
        method: 'GET',
        path,
        status: 304,
        level: 30,
      });
    }
    expect(Object.keys(second ?? {})).to.have.members(Object.keys(first ?? {}));
  });

  it('is not repeated for other requests', async () => {
    await upload();
    await revalidate();
    for (const headers of [
      { 'if-none-match': '"0123"' },
      { 'if-none-match': '*' },
      { 'if-match': eTag },
      { 'if-unmodified-since': new Date().toUTCString() },
      { 'content-length': '1' },
      { 'transfer-encoding': 'chunked' },
    ]) {
      expect(isRemembered(headers), JSON.stringify(headers)).to.equal(false);
    }
    for (const method of ['HEAD', 'POST', 'DELETE']) expect(isRemembered({}, { method }), method).to.equal(false);
    for (const url of [`${path}?download`, `${path}/`, path.replace(/original$/, 'renditions/thumb')]) {
      expect(isRemembered({}, { url }), url).to.equal(false);
    }
    expectProblem(await get({ 'if-none-match': eTag, 'if-match': '"0123"' }), 'precondition_failed');
  });

  it('is not stored if it depends on the client or on other headers', async () => {
    await upload('?visibility=private');
    await revalidate();
    expect(isRemembered(), 'of a private image').to.equal(false);
    await upload();
    await revalidate({}, 'HEAD');
    expect(isRemembered(), 'to HEAD').to.equal(false);
    await ofRendition({ name: 'card', commands: [], output: { format: 'auto' } });
    expect((await revalidate()).headers.vary).to.equal('accept');
    expect(isRemembered(), 'of a format by Accept').to.equal(false);
  });

  it('is repeated for a second at most after the image was deleted', async () => {
    await upload();
    await revalidate();
    await downloads.delete(imageId);
    expectProblem(await get(), 'image_deleted');
    await opened.clock.turn(KNOWN_MS);
    expect(isRemembered()).to.equal(true);
    await opened.clock.turn(1);
    expect(isRemembered()).to.equal(false);
    expectProblem(await get({ 'if-none-match': eTag }), 'image_deleted');
  });

  it('is repeated for a rendition by its name', async () => {
    await ofRendition({ name: 'card', commands: [], output: { format: 'webp' } });
    const first = await revalidate();
    expect(isRemembered()).to.equal(true);
    expect(lasting(await revalidate())).to.deep.equal(lasting(first));
  });
});
