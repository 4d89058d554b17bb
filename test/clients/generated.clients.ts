import { createHash } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { paddedTo, photograph } from '../support/images/photographs.ts';
import { type StartProcess, spawnStart } from '../support/services/start-process.ts';
import { createTemporaryFolder, type TemporaryFolder } from '../support/storage/temporary-folder.ts';
import { generatorRow, readPage, type Step, writeRow } from './clients-page.ts';
import { doMainJob, openClientFolder } from './generated-client.ts';
import { GENERATORS } from './generators.ts';
import { skipWithoutTools } from './tools.ts';

const MiB = 2 ** 20;
const photo = await photograph('jpeg');
const big = Buffer.concat([...paddedTo(photo, 6 * MiB)]);
const sha256 = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('base64');

/** The value that a client must report for each step. */
const EXPECTED: Record<Step, string> = {
  form: sha256(photo),
  raw: sha256(photo),
  parts: sha256(big),
  read: 'thumb',
  ask: 'resize png',
  download: sha256(photo),
  // The signature of a PNG.
  rendition: '89504e47',
  list: 'true',
  delete: 'true',
  problem: 'image_deleted',
};

const withoutDiscriminators = (document: string): string =>
  JSON.stringify(JSON.parse(document, (key, value) => (key === 'discriminator' ? undefined : value)));

describe('a client that is generated from the OpenAPI document', () => {
  let folder: TemporaryFolder;
  let start: StartProcess;
  let url: string;
  before(async () => {
    folder = await createTemporaryFolder();
    start = spawnStart('--port', '0', '--data', join(folder.path, 'data'));
    url = await start.ready();
    const text = await (await fetch(`${url}/openapi.json`)).text();
    await writeFile(join(folder.path, 'openapi.json'), text);
    await writeFile(join(folder.path, 'without-discriminators.json'), withoutDiscriminators(text));
  });
  after(async () => {
    start?.child.kill('SIGTERM');
    await start?.ended();
    await folder?.remove();
  });

  for (const [name, generator] of Object.entries(GENERATORS)) {
    describe(`by ${name}`, () => {
      before(skipWithoutTools(generator.tools, ...generator.needs));

      it('compiles strictly and does the main job', async () => {
        const path = await openClientFolder(name, folder.path, { 'photo.jpg': photo, 'big.jpg': big });
        const told = await doMainJob(generator, { path, url });
        const expected = { ...EXPECTED, ...(told.raw === '-' && { raw: '-' }) };
        expect(told).to.deep.equal(expected);
        const row = generatorRow(name, told);
        if (process.env.CLIENT_DOCS === 'write') writeRow(name, row);
        expect(readPage()).to.include(`\n${row}\n`);
      });
    });
  }
});
