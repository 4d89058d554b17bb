import type { Socket } from 'node:net';
import { expect } from 'chai';
import { drawingOf } from '../../support/drawings/drawings.ts';
import { eventually } from '../../support/eventually.ts';
import { FORM_TYPE, filePart, formBody, renditionsPart } from '../../support/http/form-body.ts';
import { expectProblem, openSocket, sendBytes } from '../../support/http/http-client.ts';
import { photograph } from '../../support/images/photographs.ts';
import { type Services, startServices } from '../../support/services/services.ts';

const jpeg = await photograph('jpeg', 400, 400);
const svg = drawingOf(300_000);
const svgForm = formBody([filePart(svg, 'image/svg+xml')]);
const form = formBody([renditionsPart(['thumb']), filePart(jpeg)]);

const chunk = (body: Buffer) =>
  Buffer.concat([Buffer.from(`${body.length.toString(16)}\r\n`), body, Buffer.from('\r\n')]);

/** Headers and as much of the body as is sent. */
const CUTS: Record<string, [headers: Record<string, string | number>, sent: Buffer]> = {
  'raw with Content-Length': [{ 'Content-Length': jpeg.length }, jpeg.subarray(0, -1)],
  'raw with Content-Length, early': [{ 'Content-Length': jpeg.length }, jpeg.subarray(0, 20)],
  'raw with Content-Length, before the first byte': [{ 'Content-Length': jpeg.length }, Buffer.alloc(0)],
  'raw in chunks': [{ 'Transfer-Encoding': 'chunked' }, chunk(jpeg)],
  'raw in chunks, within one': [{ 'Transfer-Encoding': 'chunked' }, chunk(jpeg).subarray(0, -500)],
  'as a form with Content-Length': [{ 'Content-Type': FORM_TYPE, 'Content-Length': form.length }, form.subarray(0, -1)],
  'as a form within the image': [{ 'Content-Type': FORM_TYPE, 'Content-Length': form.length }, form.subarray(0, 1000)],
  'as a form within the renditions': [
    { 'Content-Type': FORM_TYPE, 'Content-Length': form.length },
    form.subarray(0, 90),
  ],
  'an SVG in chunks': [{ 'Transfer-Encoding': 'chunked' }, chunk(svg)],
  'an SVG in a form': [{ 'Content-Type': FORM_TYPE, 'Content-Length': svgForm.length }, svgForm.subarray(0, -99)],
  'as a form in chunks': [{ 'Content-Type': FORM_TYPE, 'Transfer-Encoding': 'chunked' }, chunk(form)],
};

/** A client that is killed, one whose network is gone, and one that says that it sends no more. */
const ENDINGS: Record<string, (socket: Socket) => void> = {
  closed: (socket) => void socket.destroy(),
  reset: (socket) => void socket.resetAndDestroy(),
  'closed on one side': (socket) => void socket.end(),
};

const head = (headers: Record<string, string | number>): string =>
  [
    'POST /v1/images HTTP/1.1',
    'Host: localhost',
    ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`),
    '\r\n',
  ].join('\r\n');

describe('POST /v1/images from a client that goes away', () => {
  let services: Services;
  before(async () => {
    services = await startServices();
  });
  after(() => services.stop());
  beforeEach(() => void services.logs.splice(0));

  const logged = () => eventually('the request is logged', () => services.logs.find(({ msg }) => msg === 'request'));

  afterEach('leaves nothing behind', async () => {
    await logged();
    await eventually('everything is gone', async () => (await services.leftovers()).length === 0);
    expect(services.logs.filter(({ level }) => level >= 50)).to.deep.equal([]);
  });

  for (const [way, [headers, sent]] of Object.entries(CUTS)) {
    for (const [ending, end] of Object.entries(ENDINGS)) {
      it(`stores nothing when the connection is ${ending}, ${way}`, async () => {
        const socket = await openSocket(services.upload);
        socket.write(head({ ...headers, 'Idempotency-Key': 'cut' }));
        socket.write(sent);
        await eventually('the upload has begun', async () => (await services.leftovers()).length > 0);
        end(socket);
        expect(await logged()).to.include({ disconnected: true });
      });
    }
  }

  it('answers a problem to malformed chunks, and closes the connection', async () => {
    const answer = await sendBytes(services.upload, `${head({ 'Transfer-Encoding': 'chunked' })}ZZ\r\nnot a chunk\r\n`);
    const problem = expectProblem(answer, 'malformed_request');
    expect(problem.detail).to.not.equal('Bad Request.');
  });

  it('stores nothing of 30 uploads that are cut at the same time', async () => {
    const sockets = await Promise.all(Array.from({ length: 30 }, () => openSocket(services.upload)));
    for (const socket of sockets) {
      socket.write(head({ 'Content-Length': jpeg.length * 4 }));
      socket.write(Buffer.concat([jpeg, jpeg, jpeg]));
    }
    await eventually('the uploads arrive', async () => (await services.leftovers()).length === 30);
    for (const socket of sockets) socket.destroy();
    await eventually('all are logged', () => services.logs.filter(({ disconnected }) => disconnected).length === 30);
  });
});
