import { execFile } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect } from 'chai';
import { LOCAL_CREDENTIALS, LOCAL_REGION } from '../../scripts/local/emulators/emulators.ts';
import { namesOf } from '../../shared/contracts/names.ts';
import { createDocumentClient } from '../../shared/runtime/clients.ts';
import { provisionTable } from '../../shared/storage/provisioning.ts';
import { readEconomyMode } from '../../shared/storage/table/economy-mode.ts';
import { createTemporaryFolder, type TemporaryFolder } from '../support/storage/temporary-folder.ts';
import { type EmulatedAws, startEmulatedAws } from './emulated-aws.ts';
import { createWorkers, type EmulatedWorkers } from './emulated-workers.ts';

const DEPLOYMENT = { environment: 'economy', accountId: '111122223333', region: LOCAL_REGION };
const names = namesOf(DEPLOYMENT);

const run = promisify(execFile);

describe('npm run economy', function () {
  this.timeout(300_000);
  let emulated: EmulatedAws;
  let folder: TemporaryFolder;
  let documents: ReturnType<typeof createDocumentClient>;
  let workers: EmulatedWorkers;
  before(async () => {
    emulated = await startEmulatedAws(DEPLOYMENT.accountId);
    folder = await createTemporaryFolder();
    Object.assign(process.env, LOCAL_CREDENTIALS);
    documents = createDocumentClient({ AWS_REGION: LOCAL_REGION, AWS_ENDPOINT_URL_DYNAMODB: emulated.endpoint });
    await writeStacks();
    await provisionTable(documents, names.table);
    workers = await createWorkers(emulated.endpoint, names);
    await workers.register(12);
  });
  after(async () => {
    documents?.destroy();
    await emulated?.stop();
    await folder?.remove();
  });

  /** What the command reads of the stacks that `npm run synth` writes. */
  async function writeStacks(): Promise<void> {
    const provider = { aws: [{ region: DEPLOYMENT.region, allowed_account_ids: [DEPLOYMENT.accountId] }] };
    const resource = { aws_appautoscaling_target: { worker_scaling: { min_capacity: 1, max_capacity: 12 } } };
    for (const name of ['platform', 'storage']) {
      const own = join(folder.path, `${name}-${DEPLOYMENT.environment}`);
      await mkdir(own);
      await writeFile(join(own, 'cdk.tf.json'), JSON.stringify({ provider, resource }));
    }
  }

  const economy = async (...args: string[]): Promise<string> => {
    const options = [DEPLOYMENT.environment, ...args, '--stacks', folder.path];
    const { PATH, HOME } = process.env;
    const env = { PATH, HOME, ...LOCAL_CREDENTIALS, AWS_ENDPOINT_URL: emulated.endpoint };
    return (await run(process.execPath, ['scripts/economy.ts', ...options], { env })).stdout;
  };

  it('turns the switch and the cap of an environment, and back', async () => {
    expect(await economy()).to.include('Economy mode is off, and nobody has ever switched it.');
    const on = await economy('on');
    expect(on).to.match(/Economy mode is on since 20\S+, switched by arn:aws:/);
    expect(on).to.include('At most 3 tasks of workers run, of 12.');
    expect((await readEconomyMode({ documents, tableName: names.table })).mode).to.equal('on');
    expect(on).to.equal(`${await economy('status')}Services follow within a minute and a half.\n`);
    // What the scheduled action does at AWS, and moto does not.
    await workers.register(3);
    expect(await economy('off'))
      .to.include('Economy mode is off since')
      .and.include('At most 12 tasks of workers run.');
    expect(await workers.most()).to.equal(12);
  });

  it('says when the cap does not go with the switch', async () => {
    await economy('on');
    await workers.scaling('delete-scheduled-action', '--scheduled-action-name', 'economy-mode');
    const failure = await economy('status').catch((error: { code: number; stdout: string }) => error);
    expect(failure).to.include({ code: 1 });
    expect((failure as { stdout: string }).stdout).to.include('Turn it again: npm run economy -- economy on');
  });
});
