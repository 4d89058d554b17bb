import { mkdirSync, utimesSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect } from 'chai';
import { isStale } from '../../../scripts/cost/stale-stacks.ts';
import { createTemporaryFolder, type TemporaryFolder } from '../../support/storage/temporary-folder.ts';

const SYNTHESISED = new Date('2026-11-02T08:00Z');
const [BEFORE, AFTER] = [new Date('2026-11-02T07:00Z'), new Date('2026-11-02T09:00Z')];

describe('synthesised stacks beside the settings', () => {
  let repository: TemporaryFolder;

  const write = (file: string, at: Date): void => {
    const path = join(repository.path, file);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, '');
    utimesSync(path, at, at);
  };

  const isStaleIn = (folder: string): boolean =>
    isStale({ environment: 'prod', folder: join(repository.path, folder) }, repository.path);

  beforeEach(async () => {
    repository = await createTemporaryFolder();
    for (const folder of ['cdktf.out/stacks', 'before'])
      for (const stack of ['platform-prod', 'storage-prod']) write(`${folder}/${stack}/cdk.tf.json`, SYNTHESISED);
    write('stacks/environments/prod.ts', BEFORE);
  });
  afterEach(() => repository.remove());

  it('are no older than the settings after npm run synth', () => {
    expect(isStaleIn('cdktf.out/stacks')).to.equal(false);
  });

  it('are stale once a setting has changed, also where one of the two stacks is newer', () => {
    write('stacks/environments/prod.ts', AFTER);
    expect(isStaleIn('cdktf.out/stacks')).to.equal(true);
    write('cdktf.out/stacks/platform-prod/cdk.tf.json', new Date('2026-11-02T10:00Z'));
    expect(isStaleIn('cdktf.out/stacks')).to.equal(true);
  });

  it('are not stale by what is not synthesised: prices and pages', () => {
    for (const file of ['stacks/prices/us-east-1.ts', 'stacks/docs/pages.ts']) write(file, AFTER);
    expect(isStaleIn('cdktf.out/stacks')).to.equal(false);
  });

  it('may be as old as they are in a folder of ones own', () => {
    write('stacks/environments/prod.ts', AFTER);
    expect(isStaleIn('before')).to.equal(false);
  });
});
