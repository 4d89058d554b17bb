import { SERVICE_NAMES, type ServiceName } from '../../shared/contracts/services.ts';
import { readArguments, WrongUse } from '../command-line.ts';
import { oneEnvironment } from '../target-stack/environment-name.ts';
import { BUILDERS, type BuilderName } from './builders.ts';

const HELP = `npm run images -- build [SERVICE…] [OPTIONS]
Builds the images of the services from a commit, each for all platforms, as OCI archives with a list of what is in them (SPDX), and writes
digests.json, which names them all. It fails if an image is larger than its budget. It needs no credentials.

  --platform LIST    platforms, separated by commas           (linux/amd64,linux/arm64)
  --into FOLDER      where archives and digests.json go       (images)
  --revision COMMIT  what to build; never files that are not committed  (HEAD)
  --source URL       where the source code is published       (git's remote origin)
  --base NAME=IMAGE  takes IMAGE@DIGEST for the base NAME of the Dockerfiles, such as node=registry.example.com/node,
                     with the digest of the Dockerfile unless IMAGE has its own; may be repeated
  --builder NAME     ${Object.keys(BUILDERS).join(' or ')}                         (the first that is installed)
  --dry-run          says what would be built

npm run images -- push ENVIRONMENT [OPTIONS]
Pushes what was built to the registry of an environment's account, byte by byte, under the first 12 digits of the commit. Then it waits until
ECR has scanned each image, and fails if one has a critical vulnerability that scripts/images/accepted-vulnerabilities.ts does not accept.

  --from FOLDER      where build has put the archives         (images)
  --stacks FOLDER    where cdktf has synthesised the stacks   (cdktf.out/stacks)
  --registry HOST    another registry, which is not logged in to and does not scan
  --timeout MINUTES  for the scans of all images              (15)
  --dry-run          says what would be pushed

  --help             this text

build needs git and buildah with skopeo, or Docker with buildx. push needs skopeo, and the AWS CLI with credentials of the environment's account.
Exit status 1 if something failed, 2 for wrong use.
`;

/** A base of the Dockerfiles by its name, and the image to take for it. */
export type Bases = Readonly<Record<string, string>>;

export interface BuildOptions {
  services: ServiceName[];
  platforms: string[];
  into: string;
  revision: string;
  source?: string | undefined;
  bases: Bases;
  builder?: BuilderName | undefined;
  isDryRun: boolean;
}

export function readBuildOptions(args: string[]): BuildOptions {
  const { values, positionals } = readArguments(HELP, {
    args,
    allowPositionals: true,
    options: {
      platform: { type: 'string', default: 'linux/amd64,linux/arm64' },
      into: { type: 'string', default: 'images' },
      revision: { type: 'string', default: 'HEAD' },
      source: { type: 'string' },
      base: { type: 'string', multiple: true, default: [] },
      builder: { type: 'string' },
      'dry-run': { type: 'boolean', default: false },
    },
  });
  const platforms = values.platform.split(',');
  const wrong = platforms.find((platform) => !/^linux\/(amd64|arm64)$/.test(platform));
  if (wrong !== undefined) throw new WrongUse(`--platform takes linux/amd64, linux/arm64 or both, not ${wrong}.`);
  return {
    services: servicesIn(positionals),
    platforms,
    into: values.into,
    revision: values.revision,
    source: values.source,
    bases: basesIn(values.base),
    builder: builderNamed(values.builder),
    isDryRun: values['dry-run'],
  };
}

function servicesIn(names: string[]): ServiceName[] {
  const unknown = names.find((name) => !SERVICE_NAMES.some((service) => service === name));
  if (unknown !== undefined) throw new WrongUse(`There is no service ${unknown}: ${SERVICE_NAMES.join(', ')}.`);
  return names.length === 0 ? SERVICE_NAMES : SERVICE_NAMES.filter((service) => names.includes(service));
}

export function basesIn(given: string[]): Bases {
  const pairs = given.map((pair) => /^([^=]+)=(.+)$/.exec(pair)?.slice(1) ?? [pair]);
  const wrong = pairs.find((pair) => pair.length !== 2);
  if (wrong) throw new WrongUse(`--base takes NAME=IMAGE, not ${wrong[0]}.`);
  return Object.fromEntries(pairs);
}

function builderNamed(name: string | undefined): BuilderName | undefined {
  if (name === undefined || Object.hasOwn(BUILDERS, name)) return name as BuilderName | undefined;
  throw new WrongUse(`--builder takes ${Object.keys(BUILDERS).join(' or ')}, not ${name}.`);
}

export interface PushOptions {
  environment: string;
  from: string;
  stacks: string;
  registry?: string | undefined;
  timeoutMinutes: number;
  isDryRun: boolean;
}

export function readPushOptions(args: string[]): PushOptions {
  const { values, positionals } = readArguments(HELP, {
    args,
    allowPositionals: true,
    options: {
      from: { type: 'string', default: 'images' },
      stacks: { type: 'string', default: 'cdktf.out/stacks' },
      registry: { type: 'string' },
      timeout: { type: 'string', default: '15' },
      'dry-run': { type: 'boolean', default: false },
    },
  });
  const environment = oneEnvironment(positionals, 'npm run images -- push staging');
  const timeoutMinutes = Number(values.timeout);
  if (!(timeoutMinutes > 0)) throw new WrongUse(`--timeout takes a number of minutes above 0, not ${values.timeout}.`);
  const { from, stacks, registry } = values;
  return { environment, from, stacks, registry, timeoutMinutes, isDryRun: values['dry-run'] };
}
