import { expect } from 'chai';
import { type Answered, expectProblem, jsonOf, send } from '../support/http/http-client.ts';
import { as } from '../support/services/owners.ts';
import { type Services, startServices } from '../support/services/services.ts';
import { madeToken, withToken } from '../support/services/upload-tokens.ts';

const svg = (content: string) => `<svg xmlns="http://www.w3.org/2000/svg" width="10" height="10">${content}</svg>`;
const SMALL = svg('<rect width="5" height="5"/>');
/** Takes a noticeable time, and is accepted. */
const SLOW = svg('<g><path d="M0 0" style="fill:red;stroke:blue" class="a b"/></g>'.repeat(2_000));

/** More than may wait. */
const MANY = 16;

describe('SVGs of one sender', function () {
  this.timeout(120_000);
  let services: Services;
  before(async () => {
    services = await startServices({ owners: true, ingestion: { SVG_SANITIZING: 'all' } });
    expect((await upload('warm', SMALL)).status).to.equal(201);
  });
  after(() => services.stop());

  const request = (body: string) => ({
    method: 'POST',
    path: '/v1/images',
    headers: { 'content-type': 'image/svg+xml' },
    body,
  });
  const upload = async (owner: string, body: string): Promise<Answered> =>
    send(services.upload, { ...request(body), headers: { ...request(body).headers, ...(await as(owner)) } });

  /** An upload in parts that is to be completed. */
  async function completing(owner: string): Promise<() => Promise<Answered>> {
    const headers = { ...(await as(owner)), 'content-type': 'application/json' };
    const ask = (method: string, path: string, body: string) =>
      send(services.asyncUpload, { method, path: `/v1/uploads${path}`, headers, body });
    const { uploadId } = jsonOf(await ask('POST', '', '{}'));
    const { eTag } = jsonOf(await ask('PUT', `/${uploadId}/parts/1`, SLOW));
    return () => ask('POST', `/${uploadId}/complete`, JSON.stringify({ parts: [{ partNumber: 1, eTag }] }));
  }

  const WAYS: Record<string, () => Promise<(() => Promise<Answered>)[]>> = {
    'its own keys': async () => Array.from({ length: MANY }, () => () => upload('greedy', SLOW)),
    'upload tokens': async () => {
      const tokens = await Promise.all(Array.from({ length: MANY }, () => madeToken(services, {}, 'greedy')));
      return tokens.map((made) => () => withToken(made, services.upload, request(SLOW)));
    },
    'uploads in parts': () => Promise.all(Array.from({ length: MANY }, () => completing('greedy'))),
  };
  for (const [by, prepare] of Object.entries(WAYS)) {
    it(`by ${by} keep nobody else out, and fail as too many, not as a fault`, async () => {
      const answers = (await prepare()).map((each) => each());
      await Promise.race(answers);
      // The owner's own are kept waiting by those who have its tokens no more than others are.
      for (const owner of by === 'upload tokens' ? ['patient', 'greedy'] : ['patient']) {
        expect((await upload(owner, SMALL)).status, owner).to.equal(201);
      }
      for (const answer of await Promise.all(answers))
        if (answer.status !== 201) expectProblem(answer, 'too_many_uploads_at_once');
    });
  }
});
