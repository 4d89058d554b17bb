import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ServiceName } from '../../shared/contracts/services.ts';
import type { Source } from './source.ts';

/** A package in an image. */
export interface Package {
  name: string;
  version: string;
  /** https://github.com/package-url/purl-spec */
  purl: string;
  license?: string | undefined;
}

/** The packages of one platform's image, whose digest is that of its manifest. */
export interface Contents {
  platform: string;
  digest: string;
  packages: Package[];
}

/** The packages in the file system of an image: what npm and dpkg say is installed there, and Node. */
export async function packagesIn(root: string, nodeVersion: string): Promise<Package[]> {
  const node = { name: 'node', version: nodeVersion, purl: `pkg:generic/node@${nodeVersion}`, license: 'MIT' };
  return [node, ...(await npmPackages(root)), ...(await debianPackages(root))];
}

interface Installed {
  version: string;
  link?: boolean;
  license?: string;
}

/** npm writes this file with what it installs; links are the project's own folders. */
async function npmPackages(root: string): Promise<Package[]> {
  const text = await readFile(join(root, 'app/node_modules/.package-lock.json'), 'utf8');
  const { packages } = JSON.parse(text) as { packages: Record<string, Installed> };
  return Object.entries(packages).flatMap(([path, { version, link, license }]) => {
    if (link || !path.includes('node_modules/')) return [];
    const name = path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length);
    return [{ name, version, purl: `pkg:npm/${name.replace('@', '%40')}@${version}`, license }];
  });
}

async function debianPackages(root: string): Promise<Package[]> {
  const text = await readFile(join(root, 'var/lib/dpkg/status'), 'utf8');
  const field = (paragraph: string, name: string): string =>
    new RegExp(`^${name}: (.+)$`, 'm').exec(paragraph)?.[1] ?? '';
  return text
    .split('\n\n')
    .filter((paragraph) => field(paragraph, 'Status') === 'install ok installed')
    .map((paragraph) => {
      const [name, version] = [field(paragraph, 'Package'), field(paragraph, 'Version')];
      const purl = `pkg:deb/debian/${name}@${encodeURIComponent(version)}?arch=${field(paragraph, 'Architecture')}`;
      return { name, version, purl };
    });
}

const idOf = (text: string): string => `SPDXRef-${text.replace(/[^A-Za-z0-9.-]+/g, '-')}`;

const describe = ({ name, version, purl, license }: Package, id: string) => ({
  SPDXID: id,
  name,
  versionInfo: version,
  downloadLocation: 'NOASSERTION',
  filesAnalyzed: false,
  licenseConcluded: 'NOASSERTION',
  licenseDeclared: license && /^[\w.()+ -]+$/.test(license) ? license : 'NOASSERTION',
  copyrightText: 'NOASSERTION',
  externalRefs: [{ referenceCategory: 'PACKAGE-MANAGER', referenceType: 'purl', referenceLocator: purl }],
});

/** An SPDX 2.3 document of an image, which is the same for the same image: its time is that of the commit. */
export function spdxOf(service: ServiceName, digest: string, contents: Contents[], source: Source): object {
  const name = `image-service/${service}`;
  const oci = (of: string, query = '') => `pkg:oci/${service}@${encodeURIComponent(of)}${query}`;
  const image = idOf('image');
  const packages: object[] = [
    describe({ name, version: source.version, purl: oci(digest), license: 'Apache-2.0' }, image),
  ];
  const relationships = [
    { spdxElementId: 'SPDXRef-DOCUMENT', relationshipType: 'DESCRIBES', relatedSpdxElement: image },
  ];
  const contain = (spdxElementId: string, relatedSpdxElement: string) =>
    void relationships.push({ spdxElementId, relationshipType: 'CONTAINS', relatedSpdxElement });
  for (const { platform, digest, packages: found } of contents) {
    const id = idOf(platform);
    packages.push(describe({ name: `${name} for ${platform}`, version: source.version, purl: oci(digest) }, id));
    contain(image, id);
    for (const [index, each] of found.entries()) {
      const itsId = idOf(`${platform}-${index}-${each.name}`);
      packages.push(describe(each, itsId));
      contain(id, itsId);
    }
  }
  const creationInfo = {
    created: new Date(source.timestamp * 1000).toISOString().replace('.000', ''),
    creators: ['Tool: image-service-npm-run-images'],
  };
  const documentNamespace = `https://spdx.org/spdxdocs/${name}-${digest.replace(':', '-')}`;
  const document = { SPDXID: 'SPDXRef-DOCUMENT', name, dataLicense: 'CC0-1.0', documentNamespace, creationInfo };
  return { spdxVersion: 'SPDX-2.3', ...document, packages, relationships };
}
