import { createHash } from 'node:crypto';
import { expect } from 'chai';
import { createGateway } from '../../../scripts/gateway.ts';
import { eventually } from '../../support/eventually.ts';
import { connectionsTo } from '../../support/http/connections.ts';
import { expectProblem, openSocket, sendBytes } from '../../support/http/http-client.ts';
import { end, listen } from '../../support/http/plain-servers.ts';
import { photograph } from '../../support/images/photographs.ts';
import { multipartClient } from '../../support/services/multipart-client.ts';
import { type Services, startServices } from '../../support/services/services.ts';

const limits = { stalledMs: 300, lingering: { totalMs: 900, silentMs: 200 } };
const HOST = 'Host: localhost';
const lines = (...all: string[]) => `${all.join('\r\n')}\r\n\r\n`;
const KEY = 'the-key';

describe('A body that stalls', () => {
  let services: Services;
  const targets = {};
  const gateway = createGateway(targets, { limits });
  let bases: (service: 'upload' | 'asyncUpload') => Record<string, string>;
  const client = multipartClient(() => services.asyncUpload);
  before(async () => {
    services = await startServices({ limits });
    Object.assign(targets, { 'sync-upload': services.upload, 'async-upload': services.asyncUpload });
    const url = await listen(gateway);
    bases = (service) => ({ service: services[service], gateway: url });
  });
  after(async () => {
    await end(gateway);
    await services.stop();
  });

  it('is answered with 408 and stores nothing: an image, cut at many places', async () => {
    const jpeg = await photograph('jpeg', 500, 500);
    const head = lines('POST /v1/images HTTP/1.1', HOST, `Content-Length: ${jpeg.length}`);
    for (const [way, base] of Object.entries(bases('upload'))) {
      const cuts = [0, 1, 100, 5000, jpeg.length - 1];
      const answers = await Promise.all(
        cuts.map((cut) => sendBytes(base, Buffer.concat([Buffer.from(head), jpeg.subarray(0, cut)]))),
      );
      for (const answer of answers) expect(expectProblem(answer, 'request_timeout').detail, way).to.match(/body/);
      await eventually('nothing is left', async () => (await services.leftovers()).length === 0);
    }
  });

  it('is answered with 408 and stores nothing: a form, cut at many places', async () => {
    const jpeg = (await photograph('jpeg', 100, 100)).toString('latin1');
    const form = `--X\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\n${jpeg}\r\n--X--\r\n`;
    const head = lines(
      'POST /v1/images HTTP/1.1',
      HOST,
      'Content-Type: multipart/form-data; boundary=X',
      `Content-Length: ${form.length}`,
    );
    for (const base of Object.values(bases('upload'))) {
      const cuts = [0, 3, 40, 90, 1000, form.length - 10];
      const answers = await Promise.all(
        cuts.map((cut) => sendBytes(base, Buffer.from(head + form.slice(0, cut), 'latin1'))),
      );
      for (const answer of answers) expectProblem(answer, 'request_timeout');
      await eventually('nothing is left', async () => (await services.leftovers()).length === 0);
    }
  });

  it('is answered with 408 and does not change the upload: a part', async () => {
    const { uploadId } = await client.begin({});
    const head = lines(`PUT /v1/uploads/${uploadId}/parts/1 HTTP/1.1`, HOST, 'Content-Length: 1000');
    for (const base of Object.values(bases('asyncUpload'))) {
      expectProblem(await sendBytes(base, `${head}part`), 'request_timeout');
    }
    expect((await client.put(uploadId, 1, 'whole')).status).to.equal(200);
  });

  it('does not keep the connection open after 404 and 405', async () => {
    for (const path of ['/nothing', '/v1/uploads/1/2/3', '/%zz', '/health']) {
      const bytes = lines(`POST ${path} HTTP/1.1`, HOST, 'Content-Length: 1000');
      for (const base of Object.values(bases('upload'))) {
        expect((await sendBytes(base, `${bytes}some`)).status, path).to.be.within(400, 405);
      }
    }
    await eventually('the gateway has no connection', async () => (await connectionsTo(gateway)) === 0);
  });
});

describe('A body that arrives slowly', () => {
  let services: Services;
  // The timeout is much longer than a pause, which a busy machine may prolong, but shorter than all pauses together.
  before(async () => {
    services = await startServices({ limits: { stalledMs: 3500 } });
  });
  after(() => services.stop());

  it('is accepted', async () => {
    const jpeg = await photograph('jpeg', 100, 100);
    const socket = await openSocket(services.upload);
    let text = '';
    socket.on('data', (more) => {
      text += more;
    });
    socket.write(lines('POST /v1/images HTTP/1.1', HOST, `Content-Length: ${jpeg.length}`));
    for (let at = 0; at < jpeg.length; at += Math.ceil(jpeg.length / 8)) {
      await new Promise((resolve) => setTimeout(resolve, 500));
      socket.write(jpeg.subarray(at, at + Math.ceil(jpeg.length / 8)));
    }
    await eventually('an answer', () => text !== '');
    expect(text).to.match(/^HTTP\/1\.1 201 /);
    socket.destroy();
  });
});

describe('A body that is refused before it has arrived', () => {
  let services: Services;
  const targets = {};
  const gateway = createGateway(targets, { limits });
  let url: string;
  before(async () => {
    services = await startServices({ limits, apiKeys: createHash('sha256').update(KEY).digest('hex') });
    Object.assign(targets, { 'sync-upload': services.upload, 'async-upload': services.asyncUpload });
    url = await listen(gateway);
  });
  after(async () => {
    await end(gateway);
    await services.stop();
  });

  it('keeps the connections of a hundred clients no longer than the limit of lingering', async () => {
    for (const base of [services.upload, url]) {
      const bytes = lines('POST /v1/images HTTP/1.1', HOST, 'Content-Length: 1000000');
      const answers = await Promise.all(Array.from({ length: 100 }, () => sendBytes(base, `${bytes}some`)));
      for (const answer of answers) {
        expectProblem(answer, 'unauthenticated');
        expect(answer.headers.connection).to.equal('close');
      }
    }
    await eventually('the gateway has no connection', async () => (await connectionsTo(gateway)) === 0);
  });

  it('keeps its connection no longer if it goes on arriving', async () => {
    for (const base of [services.upload, url]) {
      const socket = await openSocket(base);
      let text = '';
      socket.on('data', (more) => {
        text += more;
      });
      socket.write(lines('POST /v1/images HTTP/1.1', HOST, 'Content-Length: 100000000'));
      const drops = setInterval(() => socket.write('some'), 20);
      await eventually('its end', () => socket.destroyed);
      clearInterval(drops);
      expect(text).to.match(/^HTTP\/1\.1 401 /);
    }
  });

  it('gets no 100 Continue', async () => {
    const bytes = lines('POST /v1/images HTTP/1.1', HOST, 'Content-Length: 1000000', 'Expect: 100-continue');
    for (const base of [services.upload, url]) expectProblem(await sendBytes(base, bytes), 'unauthenticated');
  });
});
