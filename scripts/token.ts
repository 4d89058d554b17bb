import { LOCAL_OWNER, SCOPES } from '../shared/domain/principal.ts';
import { readLifetime, readOwner, readScopes, USUAL_SCOPES } from './api-key/credential-options.ts';
import { CommandError, readArguments, runCommand, WrongUse } from './command-line.ts';
import { readIssuer, signToken } from './local/data-folder/issuer.ts';
import { readStackSettings } from './local/data-folder/stack-settings.ts';
import { dataFolder } from './target-stack/stack-address.ts';

const HELP = `npm run -s token [-- OPTIONS]
Prints a token for the stack that npm start -- --auth runs on this machine. Callers send it as the header Authorization: Bearer TOKEN, and act
in the name of its owner. It is kept nowhere, and ends by itself only: so it should not be valid for long.

  --owner OWNER   whose images they upload, see and delete                (${LOCAL_OWNER})
  --scopes LIST   what they may do, of ${SCOPES.join(',')}  (${USUAL_SCOPES})
  --expires TIME  how long it is valid, such as 30m, 12h or 7d            (12h)
  --data FOLDER   data folder of that npm start                           (./data)
  --help          this text

Exit status 1 if no such stack runs, 2 for wrong use.
`;

async function main(): Promise<void> {
  const { values } = readArguments(HELP, {
    options: {
      owner: { type: 'string', default: LOCAL_OWNER },
      scopes: { type: 'string', default: USUAL_SCOPES },
      expires: { type: 'string', default: '12h' },
      data: { type: 'string' },
    },
  });
  if (values.data === '') throw new WrongUse('--data takes a folder, not nothing.');
  const owner = readOwner(values.owner);
  const scopes = readScopes(values.scopes);
  const lifetimeMs = readLifetime('--expires', values.expires);
  const folder = dataFolder(values.data);
  const key = (await readStackSettings(folder)) && (await readIssuer(folder));
  if (!key) throw new CommandError(`No npm start -- --auth runs on ${folder}. Start it, or name its folder by --data.`);
  process.stdout.write(`${await signToken(key, { owner, scopes, lifetimeMs })}\n`);
}

await runCommand(main);
