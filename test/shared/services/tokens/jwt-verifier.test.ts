import { expect } from 'chai';
import { expectProblem, send } from '../../../support/http/http-client.ts';
import { photograph } from '../../../support/images/photographs.ts';
import { as } from '../../../support/services/owners.ts';
import { type Services, startServices } from '../../../support/services/services.ts';

describe('signed tokens of an issuer whose keys are in JWT_ISSUERS', () => {
  let services: Services;
  before(async () => {
    services = await startServices({ owners: true });
  });
  after(() => services.stop());

  const upload = async (headers: Record<string, string>) =>
    send(services.upload, { method: 'POST', path: '/v1/images', headers, body: await photograph('jpeg') });

  it('act in the name of the owner whom they name, who lists nothing of another', async () => {
    expect((await upload(await as('anna'))).status).to.equal(201);
    const listed = async (owner: string) =>
      JSON.parse((await send(services.download, { path: '/v1/images', headers: await as(owner) })).body.toString())
        .images;
    expect(await listed('anna')).to.have.length(1);
    expect(await listed('bert')).to.have.length(0);
  });

  it('open only routes of their scopes', async () => {
    expectProblem(await upload(await as('anna', ['images:read'])), 'forbidden');
    expectProblem(await upload(await as('anna', [])), 'forbidden');
    expectProblem(await upload({}), 'unauthenticated');
  });
});
