import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * Stands in for skopeo where there is no registry to push to: `skopeo copy … oci:FOLDER docker://HOST/REPOSITORY:TAG` puts the manifests of
 * an image into the ECR at AWS_ENDPOINT_URL, by the call with which ECR itself takes a manifest, and `skopeo inspect --raw docker://…` prints
 * what is there. Layers are pushed nowhere.
 */
const [command = ''] = process.argv.slice(2);
const [from = '', to = ''] = process.argv.slice(2).filter((argument) => /^(oci|docker):/.test(argument));

async function ask(action: string, body: object) {
  const { AWS_ENDPOINT_URL = '', AWS_ACCESS_KEY_ID = '', AWS_REGION = '' } = process.env;
  if (!AWS_ACCESS_KEY_ID) throw new Error('Unable to retrieve auth token: there are no credentials');
  const scope = `${AWS_ACCESS_KEY_ID}/20260101/${AWS_REGION}/ecr/aws4_request`;
  const headers = {
    authorization: `AWS4-HMAC-SHA256 Credential=${scope}, SignedHeaders=host, Signature=none`,
    'content-type': 'application/x-amz-json-1.1',
    'x-amz-target': `AmazonEC2ContainerRegistry_V20150921.${action}`,
  };
  const answer = await fetch(AWS_ENDPOINT_URL, { method: 'POST', headers, body: JSON.stringify(body) });
  const json = await answer.json();
  if (!answer.ok) throw new Error(`${action}: ${JSON.stringify(json)}`);
  return json as ReturnType<typeof JSON.parse>;
}

const [, repositoryName = '', imageTag = ''] = /^docker:\/\/[^/]+\/(.+):([^:]+)$/.exec(to || from) ?? [];

async function inspect(): Promise<void> {
  const { images } = await ask('BatchGetImage', { repositoryName, imageIds: [{ imageTag }] });
  if (!images?.[0]) throw new Error(`reading manifest ${imageTag} in ${repositoryName}: manifest unknown`);
  process.stdout.write(images[0].imageManifest);
}

async function copy(): Promise<void> {
  const folder = from.replace('oci:', '');
  const blob = (digest: string) => readFile(join(folder, 'blobs', digest.replace(':', '/')), 'utf8');
  const [{ digest }] = JSON.parse(await readFile(join(folder, 'index.json'), 'utf8')).manifests;
  const index = await blob(digest);
  for (const { digest: platform } of JSON.parse(index).manifests) {
    const imageManifest = await blob(platform);
    const imageDigest = `sha256:${createHash('sha256').update(imageManifest).digest('hex')}`;
    await ask('PutImage', { repositoryName, imageManifest, imageDigest });
  }
  await ask('PutImage', { repositoryName, imageTag, imageManifest: index, imageDigest: digest });
}

const COMMANDS: Record<string, () => Promise<void>> = { inspect, copy };

await COMMANDS[command]?.().catch((error: Error) => {
  process.stderr.write(`FATA[0000] ${error.message}\n`);
  process.exit(1);
});
