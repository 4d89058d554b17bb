import { expect } from 'chai';
import { routeList } from '../../shared/contracts/api/routes.ts';
import { makeApiKey } from '../../shared/domain/api-key.ts';
import { type Outgoing, send } from '../support/http/http-client.ts';
import { as, ownerToken } from '../support/services/owners.ts';
import { type Services, startServices } from '../support/services/services.ts';
import { madeToken } from '../support/services/upload-tokens.ts';

/** The names that a schema of joi describes. */
const namesOf = (schema: { describe(): object } | undefined): string[] =>
  Object.keys((schema?.describe() as { keys?: object } | undefined)?.keys ?? {});

const ID = '3f2b8c1e-5d4a-4f6b-8a7c-9d0e1f2a3b4c';

/** A parameter in the path of a route. */
const PLACE = /\{\w+\}/g;
const placesIn = (path: string): string[] => path.match(PLACE) ?? [];

describe('A key or token in a wrong place', () => {
  let services: Services;
  let secrets: string[];
  before(async () => {
    services = await startServices({ owners: true });
    const { token } = await madeToken(services);
    secrets = [makeApiKey().key, token, await ownerToken('shop')];
  });
  after(() => services.stop());

  for (const { operationId, service, method, path, query, headers, body } of routeList) {
    it(`is repeated neither by the answer of ${operationId} nor by the log and the trail`, async () => {
      const concrete = path.replaceAll(PLACE, ID);
      const base = services.baseOf(service);
      const own = await as('shop', ['images:read', 'images:write', 'images:delete', 'admin']);
      for (const secret of secrets) {
        services.logs.length = 0;
        services.audit.length = 0;
        const json = { 'content-type': 'application/json' };
        const bodies = body?.kind === 'json' ? [...namesOf(body.schema).map((name) => ({ [name]: secret }))] : [];
        const more = body?.kind === 'json' ? [{ [secret]: 1 }, { renditions: [secret] }, secret] : [];
        const asked: Outgoing[] = [
          ...[...namesOf(query), 'access_token'].map((name) => ({ path: `${concrete}?${name}=${secret}` })),
          { path: `${concrete}?${secret}=1` },
          ...placesIn(path).map((place) => ({ path: path.replace(place, secret).replaceAll(PLACE, ID) })),
          ...['%5F', '%5f'].map((spelled) => ({ path: `${concrete}/${secret.replace('_', spelled)}` })),
          { path: concrete, headers: { 'x-request-id': secret } },
          { path: concrete, headers: { 'x-request-id': `of:${secret}` } },
          ...namesOf(headers).map((name) => ({ path: concrete, headers: { [name]: secret } })),
          ...[...bodies, ...more].map((sent) => ({ path: concrete, headers: json, body: JSON.stringify(sent) })),
        ];
        for (const each of asked) {
          const answer = await send(base, { method, ...each, headers: { ...own, ...each.headers } });
          // What is found is told with its names; what is refused need not be.
          if (answer.status >= 400) expect(answer.body.toString(), JSON.stringify(each)).to.not.include(secret);
          expect(answer.headers['x-request-id'], JSON.stringify(each)).to.not.include(secret);
        }
        expect(services.logs).to.have.length.of.at.least(asked.length);
        for (const lines of [services.logs, services.audit]) expect(JSON.stringify(lines)).to.not.include(secret);
      }
    });
  }
});
