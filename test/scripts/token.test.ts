import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect } from 'chai';
import { decodeJwt } from 'jose';
import { issuerFile } from '../../scripts/local/data-folder/data-folder.ts';
import { expectProblem, jsonOf, send } from '../support/http/http-client.ts';
import { photograph } from '../support/images/photographs.ts';
import { type StartProcess, spawnStart } from '../support/services/start-process.ts';

const SCRIPT = fileURLToPath(new URL('../../scripts/token.ts', import.meta.url));

describe('npm run token', function () {
  this.timeout(60_000);
  let folder: string;
  let data: string;
  let stack: StartProcess;
  let url: string;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'image-service-'));
    data = join(folder, 'data');
    stack = spawnStart('--auth', '--port', '0', '--data', data, '--log', 'info');
    url = await stack.ready();
  });
  after(async () => {
    stack.child.kill('SIGTERM');
    await stack.ended();
    await rm(folder, { recursive: true });
  });

  const run = (...options: string[]): Promise<{ status: number; stdout: string; stderr: string }> =>
    promisify(execFile)(process.execPath, [SCRIPT, ...options]).then(
      (written) => ({ status: 0, ...written }),
      ({ code, stdout, stderr }) => ({ status: code, stdout, stderr }),
    );
  const tokenOf = async (...options: string[]) => (await run('--data', data, ...options)).stdout.trim();
  const asks = (token: string) => ({ headers: { authorization: `Bearer ${token}` } });
  const list = (token: string) => send(url, { path: '/v1/images', ...asks(token) });
  const upload = async (token: string) =>
    send(url, { method: 'POST', path: '/v1/images', body: await photograph('jpeg'), ...asks(token) });

  it('is told of by npm start --auth, which shows a token of the owner local that may do everything', async () => {
    const [, token = ''] = /^ {2}KEY=(\S+)$/m.exec(stack.stdout()) ?? [];
    expect(stack.stdout()).to.include('npm run token makes others').and.to.include('Authorization: Bearer $KEY');
    expect(decodeJwt(token)).to.include({ sub: 'local', scope: 'images:read images:write images:delete admin' });
    expect((await upload(token)).status).to.equal(201);
    expectProblem(await send(url, { path: '/v1/images' }), 'unauthenticated');
  });

  it('comes with images that are private, and public ones without what is personal or could act', async () => {
    expect(jsonOf(await send(url, { path: '/v1/limits' })).newImages).to.deep.equal({
      ...{ visibility: 'private', moderation: 'off' },
      ...{ originalMetadata: 'strip-public', svgSanitizing: 'public' },
    });
  });

  it('makes tokens of other owners, who see nothing of each other', async () => {
    const [anna, bert] = await Promise.all([tokenOf('--owner', 'anna'), tokenOf('--owner', 'bert')]);
    expect((await upload(anna)).status).to.equal(201);
    expect(jsonOf(await list(anna)).images).to.have.length(1);
    expect(jsonOf(await list(bert)).images).to.have.length(0);
  });

  it('makes tokens with fewer scopes, for a shorter time', async () => {
    const token = await tokenOf('--scopes', 'images:read, images:delete admin', '--expires', '5m');
    const { exp = 0, iat = 0, scope } = decodeJwt(token);
    expect(scope).to.equal('images:read images:delete admin');
    expect(exp - iat).to.be.within(299, 301);
    expectProblem(await upload(token), 'forbidden');
    expect((await list(token)).status).to.equal(200);
  });

  it('keeps the key for this user only, and neither it nor a token comes into the log', async () => {
    expect((await stat(issuerFile(data))).mode & 0o777).to.equal(0o600);
    const { d } = JSON.parse(await readFile(issuerFile(data), 'utf8'));
    const said = stack.stdout() + stack.stderr();
    expect(said).to.not.include(d);
    expect(said.match(/eyJ/g)).to.have.length(2);
  });

  it('makes none where no npm start --auth runs', async () => {
    const { status, stdout, stderr } = await run('--data', join(folder, 'none'));
    expect({ status, stdout }).to.deep.equal({ status: 1, stdout: '' });
    expect(stderr).to.match(/^No npm start -- --auth runs on .*none\. Start it, or name its folder by --data\.\n$/);
  });

  for (const options of [
    ['--owner', 'unknown'],
    ['--scopes', 'all'],
    ['--expires', 'long'],
    ['--data', ''],
  ]) {
    it(`refuses ${options.join(' ')} as wrong use`, async () => {
      expect(await run(...options)).to.deep.include({ status: 2, stdout: '' });
    });
  }
});
