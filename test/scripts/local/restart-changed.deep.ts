import { utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { SERVICE_NAMES } from '../../../shared/contracts/services.ts';
import { eventually } from '../../support/eventually.ts';
import { send } from '../../support/http/http-client.ts';
import { type StartProcess, spawnStart } from '../../support/services/start-process.ts';
import { createTemporaryFolder } from '../../support/storage/temporary-folder.ts';

const ROOT = join(import.meta.dirname, '../../..');

/** What an editor does that saves a file as it was. */
const save = (file: string): Promise<void> => utimes(join(ROOT, file), new Date(), new Date());

describe('npm start -- --watch', function () {
  this.timeout(120_000);
  let folder: { path: string; remove(): Promise<void> };
  let stack: StartProcess;
  let url: string;

  before(async () => {
    folder = await createTemporaryFolder();
    stack = spawnStart('--port', '0', '--data', folder.path, '--watch', '--inspect', 'worker');
    url = await stack.ready();
  });
  after(async () => {
    stack.child.kill('SIGTERM');
    await stack.ended();
    await folder.remove();
  });

  const startsOf = (service: string): number =>
    (stack.stdout().match(new RegExp(`^${service} started`, 'gm')) ?? []).length;

  it('lets a debugger attach to the service that --inspect names', () => {
    expect(stack.stderr()).to.match(/^Debugger listening on ws:\/\/127\.0\.0\.1:9229\//m);
  });

  it('starts one service again when a file of it is saved, and no other', async () => {
    await save('containers/download/main.ts');
    await eventually('download starts again', () => startsOf('download') === 2);
    expect(['sync-upload', 'async-upload', 'worker'].map(startsOf)).to.deep.equal([1, 1, 1]);
    expect((await send(url, { path: '/v1/limits' })).status).to.equal(200);
  });

  it('starts all services again when a file in shared/ is saved', async () => {
    await save('shared/runtime/run.ts');
    const isAgain = (name: string) => startsOf(name) === (name === 'download' ? 3 : 2);
    await eventually('all start again', () => SERVICE_NAMES.every(isAgain));
    await eventually(
      'the gateway answers',
      async () => (await send(url, { path: '/v1/limits' }).catch(() => undefined))?.status === 200,
    );
  });
});
