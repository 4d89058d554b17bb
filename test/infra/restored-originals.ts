import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { expect } from 'chai';
import { LOCAL_CREDENTIALS } from '../../scripts/local/emulators/emulators.ts';
import { createTemporaryFolder } from '../support/storage/temporary-folder.ts';
import { aws } from './aws-cli.ts';

export const GUIDE = readFileSync(new URL('../../docs/infrastructure.md', import.meta.url), 'utf8');

/** Returns commands of the guide by the name in the comment before them. */
function commandsOf(name: string): string {
  const [, indent = '', commands] =
    new RegExp(`^( *)<!-- tested: ${name} -->\n *\`\`\`sh\n(.*?)^ *\`\`\`$`, 'ms').exec(GUIDE) ?? [];
  if (!commands) throw new Error(`docs/infrastructure.md has no commands "${name}"`);
  return commands.replaceAll(new RegExp(`^${indent}`, 'gm'), '');
}

interface Buckets {
  endpoint: string;
  region: string;
  replica: string;
  /** The bucket of the new environment. */
  bucket: string;
}

/** Steps are a second apart, because S3's times are in seconds. */
const moment = async (): Promise<string> => {
  await sleep(1100);
  const since = new Date().toISOString().slice(0, 19);
  await sleep(1100);
  return since;
};

/**
 * Deletes one original and replaces another in the environment's account, runs the guide's commands for a restore, and returns the texts of
 * the originals by key. One original was deleted by its user before.
 */
export async function restoreByTheGuide({
  endpoint,
  region,
  replica,
  bucket,
}: Buckets): Promise<Record<string, string>> {
  const folder = await createTemporaryFolder();
  const { PATH, HOME } = process.env;
  const env = { PATH, HOME, ...LOCAL_CREDENTIALS, AWS_DEFAULT_REGION: region, AWS_ENDPOINT_URL: endpoint };
  const run = (commands: string) => promisify(execFile)('sh', ['-euc', commands], { env, cwd: folder.path });
  const put = (key: string, text: string) => run(`printf %s '${text}' | aws s3 cp - s3://${replica}/originals/${key}`);
  const remove = (key: string) => run(`aws s3 rm s3://${replica}/originals/${key}`);
  try {
    await run(`aws s3api create-bucket --bucket ${bucket} --create-bucket-configuration LocationConstraint=${region}`);
    for (const key of ['kept', 'ended', 'forgotten', 'replaced']) await put(key, `${key} as it was`);
    await remove('forgotten');
    const since = await moment();
    await remove('ended');
    await put('replaced', 'something else');
    const inOne = ['hidden', 'originals', 'replaced'].map(commandsOf).join('\n');
    await run(inOne.replace(/^SINCE=.*$/m, `SINCE=${since}`));
    const { Contents = [] } = await aws(endpoint, 's3api', 'list-objects-v2', '--bucket', bucket);
    const texts = Contents.map(async ({ Key }: { Key: string }) => [
      Key.replace('originals/', ''),
      (await run(`aws s3 cp s3://${bucket}/${Key} -`)).stdout,
    ]);
    return Object.fromEntries(await Promise.all(texts));
  } finally {
    await folder.remove();
  }
}

/** The expected result of a restore: everything that users have kept, unchanged. */
export const expectRestored = (texts: Record<string, string>): void => {
  expect(texts).to.deep.equal({
    kept: 'kept as it was',
    ended: 'ended as it was',
    replaced: 'replaced as it was',
  });
};
