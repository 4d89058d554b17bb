import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect } from 'chai';
import { createTemporaryFolder, type TemporaryFolder } from '../../support/storage/temporary-folder.ts';
import { spawnVerify } from '../../support/storage/verify-process.ts';

const CLOUD = {
  AWS_REGION: 'eu-central-1',
  IMAGE_TABLE_NAME: 'images',
  OBJECT_STORE_URL: 's3://bucket',
  AWS_ENDPOINT_URL_DYNAMODB: 'http://127.0.0.1:9',
  AWS_ENDPOINT_URL_S3: 'http://127.0.0.1:9',
  AWS_ACCESS_KEY_ID: 'a',
  AWS_SECRET_ACCESS_KEY: 'b',
};

describe('npm run verify without anything to verify', () => {
  let folder: TemporaryFolder;
  before(async () => {
    folder = await createTemporaryFolder();
  });
  after(() => folder.remove());

  /** A folder with a few bytes in each of these files. */
  function withFile(name: string, ...files: string[]): string {
    for (const file of files.map((each) => join(folder.path, name, each))) {
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, 'bytes');
    }
    return join(folder.path, name);
  }

  const CASES: Record<string, [env: Record<string, string>, args: () => string[], status: number, says: RegExp]> = {
    'a folder without data': [
      {},
      () => ['--data', join(folder.path, 'none')],
      1,
      /^There are no data of npm start in \S+none\. Name its folder by --data, or set [^\n]*\.\n$/,
    ],
    'a table that is gone beside its log': [
      {},
      () => ['--data', withFile('gone', 'dynamodb/table.db-wal', 'object-store/objects/a')],
      1,
      /^\S+table\.db is empty or gone, and its log \S+ is not\. [^\n]*\n$/,
    ],
    'a file where the objects belong': [
      {},
      () => ['--data', withFile('file', 'object-store')],
      1,
      /^\S+object-store\S* is no folder, and has to be one\. [^\n]*\n$/,
    ],
    'a store that is none': [
      { ...CLOUD, OBJECT_STORE_URL: 'ftp://bucket' },
      () => [],
      1,
      /^The environment is wrong: OBJECT_STORE_URL [^\n]*\.\n$/,
    ],
    'a table without a store': [
      { AWS_REGION: 'eu-central-1', IMAGE_TABLE_NAME: 'images' },
      () => [],
      1,
      /^The environment is wrong: OBJECT_STORE_URL is required\.\n$/,
    ],
    'an endpoint that is dead': [
      CLOUD,
      () => ['--json'],
      1,
      /^DynamoDB does not answer\. Try again \(ECONNREFUSED\)\.\n$/,
    ],
    'adopting in the cloud without saying whose': [
      CLOUD,
      () => ['--adopt'],
      2,
      /^In the cloud --adopt needs --owner NAME/,
    ],
  };

  for (const [what, [env, args, status, says]] of Object.entries(CASES)) {
    it(`says in one sentence what is wrong with ${what}, and ends with ${status}`, async () => {
      const { finished } = spawnVerify({ ...env, XDG_STATE_HOME: folder.path }, ...args());
      const ended = await finished;
      expect([ended.status, ended.stdout]).to.deep.equal([status, '']);
      expect(ended.stderr).to.match(says);
    });
  }
});
