import { expect } from 'chai';
import { createGateway } from '../../../scripts/gateway.ts';
import { expectProblem, jsonOf, type Outgoing, send } from '../../support/http/http-client.ts';
import { end, listen } from '../../support/http/plain-servers.ts';
import { photograph } from '../../support/images/photographs.ts';
import { type Services, startServices } from '../../support/services/services.ts';

const ATTACKER = 'https://attacker.example';
const APP = 'https://app.example.com';

describe('Browsers without authentication', () => {
  let services: Services;
  const targets = {};
  const gateway = createGateway(targets);
  let url: string;
  before(async () => {
    services = await startServices({ corsOrigins: APP, allowedHosts: 'images.test,box' });
    Object.assign(targets, {
      'sync-upload': services.upload,
      'async-upload': services.asyncUpload,
      download: services.download,
    });
    url = await listen(gateway);
  });
  after(async () => {
    await end(gateway);
    await services.stop();
  });

  const call = (outgoing: Outgoing) => send(url, outgoing);

  const strangeHosts = [
    'attacker.example',
    'attacker.example:8080',
    'localhost.attacker.example',
    '127.0.0.1.attacker.example',
  ];
  for (const host of strangeHosts.concat([
    '0.0.0.0',
    '10.0.0.1',
    'notlocalhost',
    '[::2]',
    'images.test.attacker.example',
  ])) {
    it(`list nothing under the name ${host}, and the refusal says how to allow it`, async () => {
      for (const base of [url, services.download]) {
        for (const path of ['/v1/images', '/docs', '/v1/limits', '/v1/images?limit=1']) {
          const problem = expectProblem(await send(base, { path, headers: { host } }), 'host_not_allowed');
          expect(problem.detail).to.include('--allow-host').and.to.include(host.replace(/:\d+$/, ''));
        }
      }
      const upload = { method: 'POST', path: '/v1/images', headers: { host }, body: await photograph('jpeg') };
      expectProblem(await call(upload), 'host_not_allowed');
      expect(await services.leftovers()).to.deep.equal([]);
    });
  }

  for (const host of [
    'localhost',
    'LOCALHOST:8080',
    'localhost.',
    'app.localhost',
    '127.0.0.1',
    '127.8.9.1:1',
    '[::1]',
    '[::1]:80',
    'images.test',
    'Images.Test:8080',
    'box',
  ]) {
    it(`are answered under the name ${host}`, async () => {
      expect((await call({ path: '/v1/images', headers: { host } })).status).to.equal(200);
    });
  }

  const changes: Outgoing[] = [
    { method: 'POST', path: '/v1/images', headers: { 'content-type': 'image/jpeg' } },
    { method: 'POST', path: '/v1/images', headers: { 'content-type': 'multipart/form-data; boundary=x' } },
    {
      method: 'POST',
      path: '/v1/uploads',
      headers: { 'content-type': 'text/plain' },
      body: '{"contentType":"image/png"}',
    },
    { method: 'DELETE', path: '/v1/images/3f2b8c1e-5d4a-4f6b-8a7c-9d0e1f2a3b4c' },
    { method: 'PUT', path: '/v1/uploads/3f2b8c1e-5d4a-4f6b-8a7c-9d0e1f2a3b4c/parts/1', body: 'x' },
    { method: 'PATCH', path: '/v1/images' },
    { method: 'POST', path: '/nothing' },
  ];
  const strangers: Record<string, Record<string, string>> = {
    'another origin': { origin: ATTACKER },
    'a hidden origin': { origin: 'null' },
    'another port of this machine': { origin: 'http://localhost:3000', host: 'localhost:8080' },
    'another name of this machine as origin': { origin: 'http://127.0.0.1:8080', host: 'localhost:8080' },
    'an origin that begins like an allowed one': { origin: `${APP}.attacker.example` },
    'an invalid origin': { origin: 'localhost:8080', host: 'localhost:8080' },
    'a cross-site request without an Origin': { 'sec-fetch-site': 'cross-site' },
  };
  for (const [name, headers] of Object.entries(strangers)) {
    it(`change nothing for pages with ${name}`, async () => {
      for (const change of changes) {
        const body = change.path === '/v1/images' && change.method === 'POST' ? await photograph('jpeg') : change.body;
        const answer = await call({ ...change, ...(body && { body }), headers: { ...change.headers, ...headers } });
        // The gateway has no other paths.
        if (change.path === '/nothing') continue;
        const { detail } = expectProblem(answer, 'origin_not_allowed');
        // The page can read the refusal, so that its console shows that instead of a "network error".
        expect(answer.headers['access-control-allow-origin']).to.equal('*');
        expect(detail).to.match(headers.origin === 'null' ? /serve it from one/ : /--cors/);
      }
      expect(await services.leftovers()).to.deep.equal([]);
    });
  }

  it('may change anything for pages of this origin, of allowed origins, and for programs', async () => {
    const ours: Record<string, string>[] = [
      { origin: 'http://localhost:8080', host: 'localhost:8080' },
      { origin: 'http://localhost', host: 'localhost:80' },
      { origin: 'https://images.test', host: 'images.test' },
      { origin: APP },
      { 'sec-fetch-site': 'same-origin' },
      { 'sec-fetch-site': 'none' },
      {},
    ];
    for (const headers of ours) {
      const answer = await call({ method: 'POST', path: '/v1/images', headers, body: await photograph('jpeg') });
      expect(answer.status, JSON.stringify(headers)).to.equal(201);
      const path = `/v1/images/${jsonOf(answer).imageId}`;
      expect((await call({ method: 'DELETE', path, headers })).status).to.equal(204);
    }
  });

  it('show private data to no page of another origin', async () => {
    const body = await photograph('jpeg');
    const { links } = jsonOf(await call({ method: 'POST', path: '/v1/images?visibility=private', body }));
    for (const path of ['/v1/images', links.self, links.original, `${links.self}/renditions/none`]) {
      const { headers } = await call({ path, headers: { origin: ATTACKER } });
      expect(
        Object.keys(headers).filter((name) => name.startsWith('access-control-')),
        path,
      ).to.deep.equal([]);
    }
    const events = await fetch(`${url}${links.self}/events`, {
      headers: { origin: ATTACKER, accept: 'text/event-stream' },
    });
    expect(events.headers.get('access-control-allow-origin')).to.equal(null);
    await events.body?.cancel();
  });

  it('can read a refusal if their origin is allowed', async () => {
    const answer = await call({ path: '/v1/images', headers: { host: 'attacker.example', origin: APP } });
    expectProblem(answer, 'host_not_allowed');
    expect(answer.headers['access-control-allow-origin']).to.equal(APP);
  });
});

describe('With authentication', () => {
  let services: Services;
  before(async () => {
    services = await startServices({ apiKeys: 'a'.repeat(64) });
  });
  after(() => services.stop());

  it('a service answers to any name, and asks pages of any origin for a key', async () => {
    const headers = { host: 'images.example.com', origin: ATTACKER };
    expect((await send(services.download, { path: '/v1/limits', headers })).status).to.equal(200);
    expectProblem(
      await send(services.upload, { method: 'POST', path: '/v1/images', headers, body: 'x' }),
      'unauthenticated',
    );
  });
});
