import { arch } from 'node:process';
import { CommandError } from '../command-line.ts';
import type { Bases } from './options.ts';
import { run } from './run-program.ts';

/** The platform that builds. */
export const BUILD_PLATFORM = `linux/${arch === 'x64' ? 'amd64' : arch}`;

interface Index {
  manifests?: { digest: string; platform?: { os: string; architecture: string } }[];
}

const FROM = /^FROM (?:--platform=(\S+) )?(?:([\w./:-]+?)(?::[\w.-]+)?@(sha256:[0-9a-f]{64}))(.*)$/gm;

/** Registries on this machine have no certificate. */
export const isLocal = (image: string): boolean => /^(localhost|127\.0\.0\.1)[:/]/.test(image);

/** What buildah takes to pull these bases. */
export const tlsOptions = (bases: Bases): string[] =>
  Object.values(bases).some(isLocal) ? ['--tls-verify=false'] : [];

/**
 * A Dockerfile for one platform, in which every base is named by the digest of that platform's own image. Builders that resolve an index
 * themselves have taken another platform's image for it (buildah 1.28, with images of both platforms in its storage).
 */
export async function forPlatform(dockerfile: string, platform: string, bases: Bases): Promise<string> {
  const images = new Map<string, string>();
  for (const [line, of, name = '', digest = ''] of dockerfile.matchAll(FROM)) {
    const wanted = of === '$BUILDPLATFORM' ? BUILD_PLATFORM : platform;
    images.set(line, await imageOf(`${bases[name] ?? name}`, digest, wanted));
  }
  return dockerfile.replace(FROM, (line, of, _name, _digest, rest) => {
    const wanted = of === '$BUILDPLATFORM' ? BUILD_PLATFORM : platform;
    return `FROM --platform=${wanted} ${images.get(line)}${rest}`;
  });
}

/** The image of one platform in an index. */
async function imageOf(name: string, digest: string, platform: string): Promise<string> {
  const index = name.includes('@') ? name : `${name}@${digest}`;
  const insecure = isLocal(index) ? ['--tls-verify=false'] : [];
  const raw = await run(['skopeo', 'inspect', ...insecure, '--raw', `docker://${index}`]);
  const { manifests = [] } = JSON.parse(raw) as Index;
  const found = manifests.find((each) => `${each.platform?.os}/${each.platform?.architecture}` === platform);
  if (!found) throw new CommandError(`${index} has no image for ${platform}.`);
  return `${index.slice(0, index.indexOf('@'))}@${found.digest}`;
}
