import { spawn } from 'node:child_process';
import { createHash, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { peakMemoryOf } from '../../../scripts/bench/resident-memory.ts';
import { PREFIXES } from '../../../scripts/local/emulators/dynalite-store.ts';
import { openKeyValueStore } from '../../../scripts/local/emulators/sqlite-key-value-store.ts';
import { rowKeyOf } from '../../../scripts/local/emulators/table-rows.ts';
import { recordKey } from '../../../shared/storage/table/image-table.ts';
import { imageRecord } from '../../support/storage/image-records.ts';
import { createTemporaryFolder, type TemporaryFolder } from '../../support/storage/temporary-folder.ts';

const IMAGES = 15_000;

/** What a process of Node's takes anyhow, with the SDK and the table in it, and a third more. */
const MOST_MIB = 180;

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));

describe('npm run verify over many images', function () {
  this.timeout(240_000);
  let folder: TemporaryFolder;
  before(async function () {
    if (process.platform !== 'linux') this.skip();
    folder = await createTemporaryFolder();
    for (const each of ['object-store/objects/originals', 'dynamodb'])
      mkdirSync(join(folder.path, each), { recursive: true });
    const entries = openKeyValueStore(join(folder.path, 'dynamodb/table.db'), 'os');
    for (let count = 0; count < IMAGES; count += 1) store(entries, Buffer.from(`image ${count}`));
    entries.close();
  });
  after(() => folder?.remove());

  function store(entries: ReturnType<typeof openKeyValueStore>, bytes: Buffer): void {
    const imageId = randomUUID();
    const checksumSha256 = createHash('sha256').update(bytes).digest('base64');
    const record = imageRecord({ imageId, checksumSha256, contentLength: bytes.length });
    const values = Object.entries({ ...recordKey(imageId), ...record });
    const item = Object.fromEntries(
      values.map(([name, value]) => [name, { [typeof value === 'number' ? 'N' : 'S']: String(value) }]),
    );
    entries.set(PREFIXES.item('images') + rowKeyOf(item), JSON.stringify(item));
    writeFileSync(join(folder.path, 'object-store/objects/originals', imageId), bytes);
  }

  it('takes no more memory than for few images', async () => {
    const { scripts } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
    const [, ...command] = String(scripts.verify).split(' ');
    const args = [...command, '--data', folder.path, '--reads', '1000000', '--grace', '0', '--json'];
    const env = { XDG_STATE_HOME: join(folder.path, 'state') };
    const child = spawn(process.execPath, args, { cwd: ROOT, env, stdio: ['ignore', 'pipe', 'inherit'] });
    let printed = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      printed += text;
    });
    const { memory } = await peakMemoryOf(child.pid ?? 0, () => once(child, 'close'));
    expect(JSON.parse(printed).summary).to.include({ records: IMAGES, objects: IMAGES, faults: 0 });
    expect(memory).to.be.within(1, MOST_MIB);
  });
});
