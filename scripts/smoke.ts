import { CommandError, runCommand, STOP_SIGNALS, WrongUse } from './command-line.ts';
import { log, positive, readEnvironmentOptions } from './deploy/environment.ts';
import { CLOCK } from './deploy/wait.ts';
import { findAddresses } from './smoke/addresses.ts';
import { Endpoint } from './smoke/endpoint.ts';
import { runSmoke } from './smoke/perform.ts';
import { newRunId } from './smoke/run.ts';
import { STEPS } from './smoke/steps.ts';
import { readApiKey } from './upload/options.ts';

const HELP = `npm run smoke -- ENVIRONMENT [OPTIONS]
Sends two painted photographs through a deployed environment like a client: uploads them, waits for their renditions, downloads everything
and compares it with what it must be, tries a private image and a signed link, deletes them, and sees them gone at the API and at the CDN.
Says of each step how long it took, and of one that fails which service to suspect. What it uploaded is deleted also if a step fails.

  --outputs FILE      the outputs that npm run deploy has written: they have the addresses
  --api URL           the address of the API, in place of that in the outputs; without --cdn, nothing goes through a CDN
  --cdn URL           the address of the CDN
  --revision COMMIT   the commit whose images must answer: "revision" of digests.json
  --timeout MINUTES   how long to wait for each thing that takes time   (15)
  --dry-run           says which steps it would do, and where
  --stacks FOLDER     where npm run synth has written the stacks, if Terraform is to be asked for the addresses  (cdktf.out/stacks)
  --help              this text

The API key is in the environment variable IMAGE_SERVICE_API_KEY; it needs no rights in AWS. A CDN that serves bytes to signed URLs only needs
the private key in IMAGE_SERVICE_CDN_SIGNING_KEY, as PEM.
Exit status 1 if a step fails, 2 for wrong use, 3 if something that it uploaded could not be deleted: then it says what.
`;

const OWN = {
  outputs: { type: 'string' },
  api: { type: 'string' },
  cdn: { type: 'string' },
  revision: { type: 'string' },
  timeout: { type: 'string', default: '15' },
} as const;

function signerOf(keyId: string | undefined) {
  if (!keyId) return undefined;
  const { IMAGE_SERVICE_CDN_SIGNING_KEY: privateKey } = process.env;
  if (privateKey) return { keyId, privateKey };
  throw new CommandError(
    `The CDN serves bytes only to URLs that are signed by ${keyId}: put its private key into IMAGE_SERVICE_CDN_SIGNING_KEY.`,
  );
}

/** Ends the run in order on a signal, so that nothing is left behind. */
function stoppedBySignals(): AbortSignal {
  const stopping = new AbortController();
  for (const signal of STOP_SIGNALS)
    process.once(signal, () => stopping.abort(new CommandError(`Stopped by ${signal}.`)));
  return stopping.signal;
}

async function main(): Promise<number> {
  const { environment, values } = readEnvironmentOptions(HELP, OWN);
  const timeoutMinutes = positive('timeout', values.timeout);
  const { revision } = values;
  if (revision !== undefined && !/^[0-9a-f]{40}$/.test(revision))
    throw new WrongUse(`--revision takes the 40 hex digits of a commit, not ${revision || 'nothing'}.`);
  const apiKey = readApiKey();
  const { api, cdn, signingKeyId } = await findAddresses(environment, values);
  log(`${environment}: API ${api}, ${cdn ? `CDN ${cdn}` : 'without a CDN'}`);
  if (values['dry-run']) {
    for (const { says } of STEPS) log(`would see that ${says}`);
    return 0;
  }
  const signal = stoppedBySignals();
  const apiEndpoint = new Endpoint(api, { apiKey, signal });
  return runSmoke({
    ...{ id: newRunId(), api: apiEndpoint, hasCdn: cdn !== undefined, hasKey: apiKey !== undefined },
    bytes: cdn ? new Endpoint(cdn, { apiKey, signal, signer: signerOf(signingKeyId) }) : apiEndpoint,
    ...{ revision, timeoutMinutes, log, clock: CLOCK, signal },
    ...{ imageIds: new Set<string>(), uploadIds: new Set<string>() },
  });
}

await runCommand(main);
