import { randomBytes } from 'node:crypto';
import { userInfo } from 'node:os';
import { type ApiKeyRecord, digestOfKey, makeApiKey } from '../shared/domain/api-key.ts';
import { createApiKey, listApiKeys, revokeApiKey } from '../shared/storage/table/api-keys.ts';
import { keyTable } from './api-key/key-table.ts';
import { readOptions } from './api-key/options.ts';
import { CommandError, runCommand } from './command-line.ts';
import { explainAwsError } from './target-stack/explain-aws-error.ts';
import { findTargetTable } from './target-stack/target-table.ts';
import { printable, printableJson } from './terminal/printable.ts';

type Options = ReturnType<typeof readOptions>;

const print = (text: string): void => void process.stdout.write(`${text}\n`);

async function create({ owner = '', scopes, lifetimeMs, name, json, data }: Options): Promise<void> {
  const { key, keyId, digest } = makeApiKey();
  const now = Date.now();
  const record: ApiKeyRecord = {
    ...{ keyId, owner, scopes, digest, createdAt: new Date(now).toISOString(), createdBy: userInfo().username },
    ...(name !== undefined && { name }),
    ...(lifetimeMs !== undefined && { expiresAt: new Date(now + lifetimeMs).toISOString() }),
  };
  if (!(await createApiKey(await findTargetTable(data, process.env), record)))
    throw new CommandError('The table has a key with the id that was made. Try again.');
  const { digest: _kept, ...shown } = record;
  if (json) return print(printableJson({ key, ...shown }));
  const facts = { key, id: keyId, owner, scopes: scopes.join(' '), expires: record.expiresAt ?? 'when it is revoked' };
  for (const [title, fact] of Object.entries(facts)) print(printable(`${title.padEnd(8)}${fact}`));
  print('Keep it now: it is shown this once.');
}

async function list({ owner, json, data }: Options): Promise<void> {
  const all = await listApiKeys(await findTargetTable(data, process.env));
  const records = all.filter((record) => owner === undefined || record.owner === owner);
  print(json ? printableJson(records.map(({ digest: _secret, ...shown }) => shown)) : keyTable(records));
}

async function revoke({ keyId, data }: Options): Promise<void> {
  const table = await findTargetTable(data, process.env);
  if (!(await revokeApiKey(table, keyId)))
    throw new CommandError(`There is no key ${keyId} that is valid. npm run api-key -- list shows them.`);
  print(`${keyId} is revoked. Within a minute no service takes it.`);
}

function digest(): void {
  const key = randomBytes(32).toString('base64url');
  print(`key     ${key}\ndigest  ${digestOfKey(key)}`);
}

const RUN: Record<Options['verb'], (options: Options) => unknown> = { create, list, revoke, digest };

await runCommand(() => {
  const options = readOptions();
  return RUN[options.verb](options);
}, explainAwsError);
