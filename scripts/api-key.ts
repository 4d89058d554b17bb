import { createHash, randomBytes } from 'node:crypto';
import { readArguments, runCommand } from './command-line.ts';

const HELP = `npm run api-key
Makes an API key and prints it with its SHA-256 digest. Give the key to the caller; put the digest into API_KEYS, beside
the digests that are to stay valid, separated by commas. The key itself is stored nowhere.

On one machine  API_KEYS=DIGEST npm start
On AWS          into the parameter api-keys of the environment, as docs/deploying.md says

Callers send the key as the header Authorization: Bearer KEY; npm run upload takes it from IMAGE_SERVICE_API_KEY.

  --help  this text

Exit status 2 for wrong use.
`;

await runCommand(() => {
  readArguments(HELP);
  const key = randomBytes(32).toString('base64url');
  process.stdout.write(`key     ${key}\ndigest  ${createHash('sha256').update(key).digest('hex')}\n`);
});
