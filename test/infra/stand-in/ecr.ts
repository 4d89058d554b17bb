import { createHash } from 'node:crypto';
import { jsonOf, type OpenSupplement, type PassOn } from './exchange.ts';

const TARGET = 'AmazonEC2ContainerRegistry_V20150921.';

/** A list of manifests for several platforms, which is not scanned. */
const isIndex = (manifest: string): boolean => 'manifests' in JSON.parse(manifest);

/** moto 5.2.1 gives an image without layers a random digest, and does not scan what is pushed. */
export const openEcr: OpenSupplement = () => {
  async function scan(repositoryName: string, imageDigest: string, passOn: PassOn, headers: object): Promise<void> {
    const ask = (action: string, body: object) =>
      passOn({
        headers: { ...headers, 'x-amz-target': `${TARGET}${action}` },
        body: Buffer.from(JSON.stringify(body)),
      });
    const [repository] = jsonOf(await ask('DescribeRepositories', { repositoryNames: [repositoryName] })).repositories;
    if (!repository.imageScanningConfiguration?.scanOnPush) return;
    await ask('StartImageScan', { repositoryName, imageId: { imageDigest } });
  }

  return ({ action, headers, body }, passOn) => {
    if (action !== 'PutImage') return undefined;
    const given = jsonOf({ body });
    const digest = `sha256:${createHash('sha256').update(given.imageManifest).digest('hex')}`;
    return (async () => {
      const answer = await passOn({ headers, body: Buffer.from(JSON.stringify({ ...given, imageDigest: digest })) });
      if (answer.status === 200 && !isIndex(given.imageManifest))
        await scan(given.repositoryName, digest, passOn, headers);
      return answer;
    })();
  };
};
