import { execFile } from 'node:child_process';
import { access, mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

/** The names of the services in signatures. */
export type PeerName = 'dynamodb' | 'sqs' | 's3';

/** A folder of JARs, or an executable. */
export type PeerPaths = Record<PeerName, string>;

const CACHE = fileURLToPath(new URL('../../node_modules/.cache/aws-peers', import.meta.url));

interface Artifact {
  groupId: string;
  artifactId: string;
  version: string;
}

/** These are at Maven Central. */
const DYNAMODB_LOCAL: Artifact = { groupId: 'com.amazonaws', artifactId: 'DynamoDBLocal', version: '2.6.1' };
const ELASTICMQ: Artifact = { groupId: 'org.elasticmq', artifactId: 'elasticmq-server_2.13', version: '1.7.1' };

/** The Go module at the commit of its last release with source, as the Go proxy names it. */
const MINIO = { module: 'github.com/minio/minio', version: 'v0.0.0-20260212201848-7aac2a2c5b7c' };

const run = promisify(execFile);

/** Installs what is missing below `node_modules`, with Maven and Go. It prints what it does, because compiling MinIO takes minutes. */
export async function installPeers(): Promise<PeerPaths> {
  return {
    dynamodb: await installJars(DYNAMODB_LOCAL),
    sqs: await installJars(ELASTICMQ),
    s3: await installMinio(),
  };
}

const exists = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  );

/** Installs into a temporary folder and renames it when it is complete, so that a folder with this name is never partial. */
async function installOnce(name: string, install: (partial: string) => Promise<void>): Promise<string> {
  const path = join(CACHE, name);
  if (await exists(path)) return path;
  process.stdout.write(`Installing ${name} …\n`);
  const partial = `${path}.partial`;
  await rm(partial, { recursive: true, force: true });
  await mkdir(partial, { recursive: true });
  await install(partial);
  await rename(partial, path);
  return path;
}

const installJars = ({ groupId, artifactId, version }: Artifact): Promise<string> =>
  installOnce(`${artifactId}-${version}`, async (partial) => {
    const pom = join(dirname(partial), `${artifactId}.pom.xml`);
    await writeFile(
      pom,
      `<project xmlns="http://maven.apache.org/POM/4.0.0"><modelVersion>4.0.0</modelVersion>
<groupId>peers</groupId><artifactId>peers</artifactId><version>1</version><dependencies><dependency>
<groupId>${groupId}</groupId><artifactId>${artifactId}</artifactId><version>${version}</version>
</dependency></dependencies></project>
`,
    );
    await run('mvn', ['-q', '-B', '-f', pom, 'dependency:copy-dependencies', `-DoutputDirectory=${partial}`]);
  });

async function installMinio(): Promise<string> {
  const { module, version } = MINIO;
  const folder = await installOnce(`minio-${version}`, async (partial) => {
    await run('go', ['install', `${module}@${version}`], { env: { ...process.env, GOBIN: partial } });
  });
  return join(folder, 'minio');
}
