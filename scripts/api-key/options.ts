import { isKeyId } from '../../shared/domain/api-key.ts';
import { SCOPES } from '../../shared/domain/principal.ts';
import { readArguments, WrongUse } from '../command-line.ts';
import { readLifetime, readOwner, readScopes, USUAL_SCOPES } from './credential-options.ts';

const HELP = `npm run api-key -- create --owner OWNER [OPTIONS]
npm run api-key -- list [--owner OWNER] [--json] | revoke ID | digest
Makes, lists and revokes API keys. Callers send a key as the header Authorization: Bearer KEY, and act in the name of its owner; npm run
upload takes it from IMAGE_SERVICE_API_KEY. Only digests are kept, so a key is shown once.

create            makes a key, keeps its digest in the table, and prints it; services take it at once
  --owner OWNER   whose images it uploads, sees and deletes
  --scopes LIST   what it may do, of ${SCOPES.join(',')}  (${USUAL_SCOPES})
  --expires TIME  how long it is valid, such as 30m, 12h or 90d; without it until it is revoked
  --name NAME     what to call it in the list
list              the keys in the table, also those that have ended in the last 90 days
revoke ID         ends a key; within a minute no service takes it
digest            makes a key of the owner local with all scopes, kept in no table, and prints it with its SHA-256 digest for API_KEYS, the
                  setting of services: for a first key, or one that works without the table. It is what is done without a verb, too

  --json          what is listed or created, as JSON
  --data FOLDER   data folder of the npm start whose keys these are  (./data)
  --help          this text

Asks the stack that npm start runs on this machine, or the cloud if the environment has IMAGE_TABLE_NAME, with AWS_REGION and credentials.
Exit status 1 if the table cannot be reached or has no such key, 2 for wrong use.
`;

const VERBS = ['create', 'list', 'revoke', 'digest'] as const;

/** Reads the command line; throws what is wrong with it as one sentence. */
export function readOptions() {
  const { values, positionals } = readArguments(HELP, {
    allowPositionals: true,
    options: {
      owner: { type: 'string' },
      scopes: { type: 'string' },
      expires: { type: 'string' },
      name: { type: 'string' },
      json: { type: 'boolean', default: false },
      data: { type: 'string' },
    },
  });
  const [named = 'digest', ...ids] = positionals;
  const verb = VERBS.find((each) => each === named);
  if (!verb) throw new WrongUse(`There is ${VERBS.join(', ')}, not ${named}.`);
  if (values.data === '') throw new WrongUse('--data takes a folder, not nothing.');
  return { verb, ...values, keyId: readKeyId(verb, ids), ...readCredential(verb, values) };
}

function readKeyId(verb: string, ids: string[]): string {
  const [keyId = '', ...more] = ids;
  if (verb !== 'revoke' && ids.length > 0) throw new WrongUse(`${verb} takes no ids.`);
  if (verb === 'revoke' && (!isKeyId(keyId) || more.length > 0))
    throw new WrongUse('revoke takes one id, as it is listed: 12 letters and digits. In a key it stands after isk_.');
  return keyId;
}

interface Named {
  owner?: string | undefined;
  scopes?: string | undefined;
  expires?: string | undefined;
  name?: string | undefined;
}

function readCredential(verb: string, { owner, scopes, expires, name }: Named) {
  if (verb === 'create' && owner === undefined) throw new WrongUse('create takes the owner of the key, by --owner.');
  if (verb !== 'create' && [scopes, expires, name].some((each) => each !== undefined))
    throw new WrongUse(`--scopes, --expires and --name go with create, not with ${verb}.`);
  if (name === '' || (name?.length ?? 0) > 100) throw new WrongUse('--name takes 1 to 100 characters.');
  return {
    owner: owner === undefined ? undefined : readOwner(owner),
    scopes: readScopes(scopes ?? USUAL_SCOPES),
    lifetimeMs: expires === undefined ? undefined : readLifetime('--expires', expires),
  };
}
