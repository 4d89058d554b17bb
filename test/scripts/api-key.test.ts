import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect } from 'chai';
import { digestOfKey } from '../../shared/domain/api-key.ts';
import { expectProblem, jsonOf, send } from '../support/http/http-client.ts';
import { photograph } from '../support/images/photographs.ts';
import { settingsBeside } from '../support/services/service-settings.ts';
import { type Services, startServices } from '../support/services/services.ts';

const SCRIPT = fileURLToPath(new URL('../../scripts/api-key.ts', import.meta.url));

describe('npm run api-key', function () {
  this.timeout(60_000);
  let services: Services;
  let env: Record<string, string>;
  before(async () => {
    services = await startServices({ owners: true });
    env = await settingsBeside(services);
  });
  after(() => services.stop());

  /** Runs the command as an operator in the cloud. */
  const run = async (...options: string[]): Promise<{ status: number; stdout: string; stderr: string }> => {
    const ended = promisify(execFile)(process.execPath, [SCRIPT, ...options], { env });
    return ended.then(
      (written) => ({ status: 0, ...written }),
      ({ code, stdout, stderr }) => ({ status: code, stdout, stderr }),
    );
  };
  const createdKey = async (...options: string[]) => JSON.parse((await run('create', '--json', ...options)).stdout);
  const list = (key: string) =>
    send(services.download, { path: '/v1/images', headers: { authorization: `Bearer ${key}` } });
  const upload = async (key: string) =>
    send(services.upload, {
      ...{ method: 'POST', path: '/v1/images', body: await photograph('jpeg') },
      headers: { authorization: `Bearer ${key}` },
    });

  it('creates a key that works at once, in the name of its owner only', async () => {
    const { status, stdout } = await run('create', '--owner', 'anna', '--name', 'the shop');
    expect(status).to.equal(0);
    expect(stdout).to.match(
      /^key {5}isk_\S+\nid {6}\w{12}\nowner {3}anna\nscopes {2}images:read images:write images:delete\n/,
    );
    expect(stdout).to.include('expires when it is revoked').and.to.include('shown this once');
    const [, key = ''] = /^key +(\S+)$/m.exec(stdout) ?? [];
    expect((await upload(key)).status).to.equal(201);
    expect(jsonOf(await list(key)).images).to.have.length(1);
    const { key: other } = await createdKey('--owner', 'bert');
    expect(jsonOf(await list(other)).images).to.have.length(0);
  });

  it('creates a key with fewer scopes and an end', async () => {
    const before = Date.now();
    const { key, scopes, expiresAt } = await createdKey(
      '--owner',
      'carl',
      '--scopes',
      'images:read',
      '--expires',
      '90d',
    );
    expect(scopes).to.deep.equal(['images:read']);
    expect(Date.parse(expiresAt) - before).to.be.within(90 * 86_400_000, 90 * 86_400_000 + 60_000);
    expectProblem(await upload(key), 'forbidden');
    expect((await list(key)).status).to.equal(200);
  });

  it('lists keys without their secrets, and revokes them', async () => {
    const { key, keyId } = await createdKey('--owner', 'dora', '--name', 'a\u001b[31m name');
    const listed = await run('list', '--owner', 'dora');
    expect(listed.stdout).to.match(new RegExp(`^${keyId} +dora +a\\\\u001b\\[31m name .* until revoked$`, 'm'));
    expect(listed.stdout.split('\n').filter((line) => line.includes(' dora '))).to.have.length(1);
    expect(await run('revoke', keyId)).to.deep.include({ status: 0, stderr: '' });
    const { stdout } = await run('list', '--owner', 'dora', '--json');
    const [record, ...others] = JSON.parse(stdout);
    expect(others).to.deep.equal([]);
    expect(record).to.include({ keyId, owner: 'dora' }).and.to.have.property('revokedAt');
    for (const secret of [key, key.slice(17), digestOfKey(key)]) expect(stdout + listed.stdout).to.not.include(secret);
    expectProblem(await list(key), 'unauthenticated');
    expect(await run('revoke', keyId)).to.deep.include({ status: 1, stdout: '' });
  });

  it('makes a key for API_KEYS with its digest, also without a verb', async () => {
    for (const options of [[], ['digest']]) {
      const { stdout } = await run(...options);
      const [, key = '', digest] = /^key {5}(\S+)\ndigest {2}([0-9a-f]{64})\n$/.exec(stdout) ?? [];
      expect(digestOfKey(key)).to.equal(digest);
    }
  });

  const misused: [said: RegExp, ...options: string[]][] = [
    [/^There is create, list, revoke, digest, not make\./, 'make'],
    [/^create takes the owner/, 'create'],
    [/^--owner takes 1 to 256 bytes/, 'create', '--owner', ''],
    [/^--owner takes .* no reserved name/, 'create', '--owner', 'unknown'],
    [
      /^--scopes takes images:read.*, not images:all\./,
      'create',
      '--owner',
      'anna',
      '--scopes',
      'images:read,images:all',
    ],
    [/^--expires takes a time such as/, 'create', '--owner', 'anna', '--expires', '90'],
    [/^--expires takes a time such as/, 'create', '--owner', 'anna', '--expires', '0d'],
    [/go with create, not with list/, 'list', '--expires', '1d'],
    [/^revoke takes one id/, 'revoke'],
    [/^revoke takes one id/, 'revoke', 'isk_abc'],
    [/^list takes no ids/, 'list', 'abcdefghijkl'],
  ];
  for (const [said, ...options] of misused) {
    it(`refuses ${options.join(' ')} as wrong use`, async () => {
      const { status, stdout, stderr } = await run(...options);
      expect({ status, stdout }).to.deep.equal({ status: 2, stdout: '' });
      expect(stderr).to.match(said);
    });
  }
});
