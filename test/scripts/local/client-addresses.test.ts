import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { expect } from 'chai';
import { LOCAL_CREDENTIALS } from '../../../scripts/local/emulators/emulators.ts';
import { type LocalStack, startStack } from '../../../scripts/local/stack.ts';
import { DEFAULT_OWNER_LIMITS } from '../../../shared/domain/owner-limits.ts';
import { eventually } from '../../support/eventually.ts';
import { type Answered, expectProblem, jsonOf, type Outgoing, send } from '../../support/http/http-client.ts';
import { as, OWNER_ISSUERS } from '../../support/services/owners.ts';
import { createTemporaryFolder, type TemporaryFolder } from '../../support/storage/temporary-folder.ts';

/** Two clients of the machine, as the gateway sees them. All of 127.0.0.0/8 is this machine on Linux. */
const [ONE, OTHER] = ['127.0.0.21', '127.0.0.22'] as const;

/** What a client may say of its address, and nobody is to believe. */
const FORGED = {
  'x-forwarded-for': '203.0.113.9',
  'x-real-ip': '203.0.113.9',
  forwarded: 'for=203.0.113.9',
  'x-origin-verify': 's'.repeat(32),
};

/** A request to each service that the audit trail tells of. */
const AUDITED: Record<string, Outgoing> = {
  'sync-upload': { method: 'POST', path: '/v1/upload-tokens', body: '{"maxBytes":1000}' },
  'async-upload': { method: 'POST', path: '/v1/uploads', body: '{"contentType":"image/png"}' },
  download: { path: '/v1/usage?owner=somebody' },
};

describe('The address of a client on one machine', function () {
  this.timeout(60_000);
  let folder: TemporaryFolder;
  let stack: LocalStack;
  const lines: string[] = [];
  before(async function () {
    if (process.platform !== 'linux') this.skip();
    Object.assign(process.env, LOCAL_CREDENTIALS);
    folder = await createTemporaryFolder();
    stack = await startStack({
      port: 0,
      folder: folder.path,
      logLevel: 'info',
      readLog: (_, log) => void createInterface(log).on('line', (line) => lines.push(line)),
      settings: {
        AUTHENTICATION: 'on',
        JWT_ISSUERS: OWNER_ISSUERS,
        OWNER_LIMITS: JSON.stringify({ ...DEFAULT_OWNER_LIMITS, requestsPerMinuteAndAddress: 40 }),
      },
    });
  });
  after(async () => {
    await stack?.stop();
    await folder?.remove();
  });

  const ask = async (from: string, outgoing: Outgoing, owner?: string): Promise<Answered> =>
    send(stack.url, {
      ...outgoing,
      from,
      headers: {
        ...FORGED,
        ...outgoing.headers,
        ...(outgoing.body !== undefined && { 'content-type': 'application/json' }),
        ...(owner !== undefined && (await as(owner))),
      },
    });

  for (const [service, outgoing] of Object.entries(AUDITED)) {
    it(`is told by the log and the audit trail of ${service}, whatever the client says it is`, async () => {
      for (const from of [ONE, OTHER]) {
        const { headers } = await ask(from, outgoing, 'shop');
        const requestId = String(headers['x-request-id']);
        const logged = await eventually('the request is logged', async () =>
          lines.find((line) => line.includes(requestId) && line.includes('"msg":"request"')),
        );
        expect(JSON.parse(logged)).to.include({ service, remoteAddress: from });
        if (service === 'download') continue;
        const audited = await eventually('the trail has the request', async () =>
          (await readFile(join(folder.path, 'audit.log'), 'utf8')).split('\n').find((line) => line.includes(requestId)),
        );
        expect(JSON.parse(audited)).to.include({ address: from });
      }
    });
  }

  it('has a limit of its own: one that guesses keeps nobody else from using a key or an upload token for the first time', async () => {
    const asked = Array.from({ length: 10 }, () =>
      ask(OTHER, { method: 'POST', path: '/v1/upload-tokens', body: '{"maxBytes":1000}' }, 'shop'),
    );
    const tokens: string[] = (await Promise.all(asked)).map((answer) => jsonOf(answer).token);
    const begin = (from: string, credential: string) =>
      ask(from, {
        method: 'POST',
        path: '/v1/uploads',
        headers: { authorization: `Bearer ${credential}` },
        body: '{"contentType":"image/png"}',
      });
    const guess = (from: string) => begin(from, `ist_${randomBytes(12).toString('hex')}_${'a'.repeat(43)}`);
    const guessMuch = () => Promise.all(Array.from({ length: 30 }, () => guess(ONE)));
    while ((await guessMuch()).at(-1)?.status !== 429);
    const [answers] = await Promise.all([Promise.all(tokens.map((token) => begin(OTHER, token))), guessMuch()]);
    expect(answers.map(({ status }) => status)).to.deep.equal(tokens.map(() => 201));
    expectProblem(await guess(OTHER), 'token_invalid');
  });
});
