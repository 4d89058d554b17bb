import { randomBytes } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect } from 'chai';
import { LOCAL_CREDENTIALS, LOCAL_REGION, startEmulators } from '../../../scripts/local/emulators/emulators.ts';
import { openFileObjectStore } from '../../../shared/storage/objects/file-object-store.ts';
import { provisionTable } from '../../../shared/storage/provisioning.ts';
import { eventually } from '../../support/eventually.ts';
import { clientsOf } from '../../support/storage/emulators.ts';
import { createTemporaryFolder, type TemporaryFolder } from '../../support/storage/temporary-folder.ts';
import { openVerifiedPlace, type StoredImage, type VerifiedPlace } from '../../support/storage/verified-place.ts';
import { readPrinted, spawnVerify } from '../../support/storage/verify-process.ts';

const IMAGES = 60;

describe('npm run verify after an interruption', function () {
  this.timeout(120_000);
  let folder: TemporaryFolder;
  let place: VerifiedPlace;
  let env: Record<string, string>;
  let state: string;
  let images: StoredImage[];

  beforeEach(async () => {
    folder = await createTemporaryFolder();
    state = join(folder.path, 'state', 'verify.json');
    const emulators = await startEmulators();
    const { documents } = clientsOf(emulators);
    const table = { documents, tableName: 'images' };
    await provisionTable(documents, table.tableName);
    const store = join(folder.path, 'store');
    place = await openVerifiedPlace(table, await openFileObjectStore(store), () => emulators.stop());
    env = {
      ...LOCAL_CREDENTIALS,
      AWS_REGION: LOCAL_REGION,
      AWS_ENDPOINT_URL_DYNAMODB: emulators.dynamoDbEndpoint,
      IMAGE_TABLE_NAME: table.tableName,
      OBJECT_STORE_URL: pathToFileURL(store).href,
    };
    images = [];
    for (let count = 0; count < IMAGES; count += 1) images.push(await place.store(randomBytes(20_000)));
  });
  afterEach(async () => {
    await place.close();
    await folder.remove();
  });

  const options = (...more: string[]) => ['--json', '--grace', '0', '--age', '0', '--state', state, ...more];
  const saved = async () => JSON.parse(await readFile(state, 'utf8'));
  const savedFindings = async () => (await readFile(`${state}.findings`, 'utf8')).split('\n').filter(Boolean);

  /** Runs slowly, and ends it by a signal once some of the records have been looked at. */
  async function breakOff(
    signal: NodeJS.Signals,
  ): Promise<{ stdout: string; stderr: string; status: number | string }> {
    const { child, finished } = spawnVerify(env, ...options('--rate', '0.3'));
    await eventually('some records are looked at', async () => {
      const { counts } = await saved().catch(() => ({ counts: { records: 0 } }));
      return counts.records > 20;
    });
    child.kill(signal);
    return finished;
  }

  for (const signal of ['SIGKILL', 'SIGINT'] as const) {
    it(`goes on where it was after ${signal}, reads nothing again, and tells all that was found`, async () => {
      const early = images.slice(0, 10);
      for (const { original } of early) await place.put(original, randomBytes(20_000));
      const first = await breakOff(signal);
      expect(first.status).to.equal(signal === 'SIGINT' ? 130 : signal);
      if (signal === 'SIGINT') expect(first.stderr).to.equal('Stopped. The same command goes on where it was.\n');
      const { counts, suspects } = await saved();
      const found = (await savedFindings()).length + suspects.length;
      expect(counts.records).to.be.within(21, IMAGES * 2 - 1);
      // Whatever is read from now on is different, and so tells that it was read.
      for (const { original, rendition } of images) {
        await place.put(original, randomBytes(20_000));
        await place.put(rendition, randomBytes(700));
      }
      const second = await spawnVerify(env, ...options()).finished;
      const { findings, summary } = readPrinted(second.stdout);
      expect(second.status, second.stderr).to.equal(1);
      expect(second.stderr).to.match(/^Going on with what began at /);
      const keys = findings.map(({ key }) => key);
      expect(new Set(keys).size).to.equal(keys.length);
      expect(findings).to.have.length(IMAGES * 2 - counts.records + found);
      expect(keys).to.include.members((await readKeys(first.stdout)).concat(early.map(({ original }) => original)));
      expect(summary).to.include({ records: IMAGES * 2, objects: IMAGES * 2, faults: findings.length });
      expect(await stat(state).catch(({ code }) => code)).to.equal('ENOENT');
    });
  }

  const readKeys = async (stdout: string): Promise<string[]> => readPrinted(stdout).findings.map(({ key }) => key);

  it('begins anew with --restart, and does not resume a run of other options', async () => {
    await breakOff('SIGKILL');
    const other = await spawnVerify(env, ...options('--quick')).finished;
    expect([other.status, other.stdout]).to.deep.equal([1, '']);
    expect(other.stderr).to.match(
      /is the state of another run: Table images in [^\n]*Name another file by --state\.\n$/,
    );
    const { stdout, stderr, status } = await spawnVerify(env, ...options('--restart')).finished;
    expect([status, stderr]).to.deep.equal([0, '']);
    expect(readPrinted(stdout).summary).to.include({ records: IMAGES * 2, bytesRead: IMAGES * 20_700 });
  });

  it('refuses a second run with the same state, and says so', async () => {
    const { child, finished } = spawnVerify(env, ...options('--rate', '0.1'));
    await eventually('it runs', () =>
      saved().then(
        ({ counts }) => counts.records > 0,
        () => false,
      ),
    );
    const second = await spawnVerify(env, ...options()).finished;
    expect([second.status, second.stdout]).to.deep.equal([1, '']);
    expect(second.stderr).to.match(/^Another npm run verify, process \d+, is at it by /);
    child.kill('SIGKILL');
    await finished;
  });
});
