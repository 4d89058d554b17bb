import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { packagesIn, spdxOf } from '../../../scripts/images/bill-of-materials.ts';
import { createTemporaryFolder, type TemporaryFolder } from '../../support/storage/temporary-folder.ts';

const LOCK = {
  packages: {
    'node_modules/@hapi/hapi': { version: '21.4.0', license: 'BSD-3-Clause' },
    'node_modules/pino': { version: '9.1.0', license: 'MIT' },
    'node_modules/pino/node_modules/split2': { version: '4.2.0', license: 'ISC' },
    'node_modules/@image-service/shared': { resolved: 'shared', link: true },
    shared: { version: '0.1.0' },
  },
};
const STATUS = `Package: libc6
Status: install ok installed
Architecture: amd64
Version: 2.36-9+deb12u13

Package: removed
Status: deinstall ok config-files
Architecture: amd64
Version: 1
`;
const SOURCE = { folder: '', version: '0.1.0', revision: 'a'.repeat(40), timestamp: 1_796_029_693, url: '' };

describe('a bill of materials', () => {
  let folder: TemporaryFolder;
  before(async () => {
    folder = await createTemporaryFolder();
    await mkdir(join(folder.path, 'app/node_modules'), { recursive: true });
    await mkdir(join(folder.path, 'var/lib/dpkg'), { recursive: true });
    await writeFile(join(folder.path, 'app/node_modules/.package-lock.json'), JSON.stringify(LOCK));
    await writeFile(join(folder.path, 'var/lib/dpkg/status'), STATUS);
  });
  after(() => folder.remove());

  it('has Node, what npm has installed and what Debian has, and neither links nor what was removed', async () => {
    const packages = await packagesIn(folder.path, '24.21.0');
    expect(packages.map(({ purl }) => purl)).to.deep.equal([
      'pkg:generic/node@24.21.0',
      'pkg:npm/%40hapi/hapi@21.4.0',
      'pkg:npm/pino@9.1.0',
      'pkg:npm/split2@4.2.0',
      'pkg:deb/debian/libc6@2.36-9%2Bdeb12u13?arch=amd64',
    ]);
  });

  it('is an SPDX document in which every element has an id of its own, and every relation leads to one', async () => {
    const packages = await packagesIn(folder.path, '24.21.0');
    const digest = `sha256:${'d'.repeat(64)}`;
    const contents = ['linux/amd64', 'linux/arm64'].map((platform) => ({ platform, digest, packages }));
    const document = JSON.parse(JSON.stringify(spdxOf('worker', digest, contents, SOURCE)));
    const ids: string[] = document.packages.map(({ SPDXID }: { SPDXID: string }) => SPDXID);
    expect(new Set(ids)).to.have.property('size', 3 + 2 * packages.length);
    for (const id of ids) expect(id).to.match(/^SPDXRef-[A-Za-z0-9.-]+$/);
    for (const { spdxElementId, relatedSpdxElement } of document.relationships) {
      expect(['SPDXRef-DOCUMENT', ...ids]).to.include(spdxElementId);
      expect(ids).to.include(relatedSpdxElement);
    }
    const { spdxVersion, dataLicense, creationInfo, documentNamespace } = document;
    expect([spdxVersion, dataLicense]).to.deep.equal(['SPDX-2.3', 'CC0-1.0']);
    expect(creationInfo.created).to.equal('2026-11-30T09:08:13Z');
    expect(documentNamespace).to.include(digest.replace(':', '-'));
  });

  it('is the same for the same image', async () => {
    const packages = await packagesIn(folder.path, '24.21.0');
    const make = () =>
      JSON.stringify(spdxOf('worker', 'sha256:d', [{ platform: 'linux/amd64', digest: 'sha256:e', packages }], SOURCE));
    expect(make()).to.equal(make());
  });
});
