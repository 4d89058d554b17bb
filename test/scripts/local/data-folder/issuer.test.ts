import { readFile, stat, writeFile } from 'node:fs/promises';
import { expect } from 'chai';
import { issuerFile } from '../../../../scripts/local/data-folder/data-folder.ts';
import { issuersOf, readIssuer, readOrCreateIssuer } from '../../../../scripts/local/data-folder/issuer.ts';
import { ENVIRONMENT } from '../../../../shared/contracts/environment.ts';
import { rejectionOf } from '../../../support/rejection.ts';
import { createTemporaryFolder, type TemporaryFolder } from '../../../support/storage/temporary-folder.ts';

describe('the issuer of tokens on one machine', () => {
  let folder: TemporaryFolder;
  beforeEach(async () => {
    folder = await createTemporaryFolder();
  });
  afterEach(() => folder.remove());

  it('creates its key once, readable by this user only', async () => {
    expect(await readIssuer(folder.path)).to.equal(undefined);
    const made = await readOrCreateIssuer(folder.path);
    expect((await stat(issuerFile(folder.path))).mode & 0o777).to.equal(0o600);
    expect(await readOrCreateIssuer(folder.path)).to.deep.equal(made);
    expect(await readIssuer(folder.path)).to.deep.equal(made);
  });

  it('tells services its public key only', async () => {
    const made = await readOrCreateIssuer(folder.path);
    const issuers = issuersOf(made);
    expect(ENVIRONMENT.JWT_ISSUERS.validate(issuers).error).to.equal(undefined);
    expect(issuers).to.not.include(String(made.d));
  });

  for (const damaged of ['', 'no JSON', '{"kty":"EC"}', '{"kty":"EC","kid":"a","d":"secret-secret"}']) {
    it(`refuses a damaged key, ${damaged || 'nothing'}, without repeating or replacing it`, async () => {
      await writeFile(issuerFile(folder.path), damaged);
      const error = await rejectionOf(readOrCreateIssuer(folder.path));
      expect(String(error)).to.include(issuerFile(folder.path)).and.not.include('secret-secret');
      expect(await readFile(issuerFile(folder.path), 'utf8')).to.equal(damaged);
    });
  }
});
