import { expect } from 'chai';
import { LIMITS } from '../../../shared/domain/limits.ts';
import { eventually } from '../../support/eventually.ts';
import { BAD_UPLOADS } from '../../support/http/bad-uploads.ts';
import { expectProblem, openSocket, send, sendBytes } from '../../support/http/http-client.ts';
import { type Services, startServices } from '../../support/services/services.ts';

describe('POST /v1/images with a wrong request', () => {
  let services: Services;
  before(async () => {
    services = await startServices();
  });
  after(() => services.stop());
  let present: string[];
  beforeEach(async () => {
    services.logs.splice(0);
    present = await services.leftovers();
  });

  const expectNothingLeft = async () => {
    await eventually('the request is logged', () => services.logs.some(({ msg }) => msg === 'request'));
    expect(await services.leftovers()).to.deep.equal(present);
    expect(services.logs.filter(({ level }) => level >= 50)).to.deep.equal([]);
  };

  for (const [name, { code, detail, field, limit = LIMITS.syncUploadBytes, ...outgoing }] of Object.entries(
    BAD_UPLOADS,
  )) {
    it(`refuses ${name} as ${code}`, async () => {
      const answer = await send(services.upload, { method: 'POST', path: '/v1/images', ...outgoing });
      const problem = expectProblem(answer, code);
      expect(problem.detail).to.match(detail);
      if (field) expect(problem.errors?.map(({ path }) => path)).to.include(field);
      if (code === 'payload_too_large') {
        expect(problem).to.include({ limit, unit: 'bytes' });
        expect(problem.actual).to.be.greaterThan(limit);
      }
      await expectNothingLeft();
    });
  }

  it('refuses a Content-Length above the limit before the body comes', async () => {
    const length = LIMITS.syncUploadBytes + 1;
    const socket = await openSocket(services.upload);
    socket.write(`POST /v1/images HTTP/1.1\r\nHost: localhost\r\nContent-Length: ${length}\r\n\r\n`);
    const [first] = await socket.take(1).toArray();
    expect(String(first)).to.match(/^HTTP\/1\.1 413 /);
    expect(String(first)).to.include(`"actual":${length}`);
    socket.destroy();
    await expectNothingLeft();
  });

  it('answers a problem to headers that are too large', async () => {
    const answer = await sendBytes(
      services.upload,
      `POST /v1/images HTTP/1.1\r\nHost: localhost\r\nX-Long: ${'x'.repeat(70_000)}\r\n\r\n`,
    );
    expect(answer.status).to.equal(431);
    expect(answer.headers['content-type']).to.match(/^application\/problem\+json/);
  });

  it('answers a problem to bytes that are not HTTP', async () => {
    const answer = await sendBytes(services.upload, 'this is not HTTP\r\n\r\n');
    expect(answer.status).to.equal(400);
    expect(answer.headers['content-type']).to.match(/^application\/problem\+json/);
  });
});
