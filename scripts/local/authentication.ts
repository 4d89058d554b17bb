import { existsSync } from 'node:fs';
import { API_KEYS_PATTERN } from '../../shared/contracts/caller-settings.ts';
import { ENVIRONMENT } from '../../shared/contracts/environment.ts';
import { CommandError, WrongUse } from '../command-line.ts';
import { issuerFile } from './data-folder/data-folder.ts';

const MAKE_ONE = 'npm run api-key makes a key with its digest';

/** The settings that say who may call. */
export interface LocalAuthentication {
  AUTHENTICATION: 'off' | 'on';
  API_KEYS?: string;
  JWT_ISSUERS?: string;
}

/**
 * Reads from the environment of npm start who may call: with a key in API_KEYS, an issuer in JWT_ISSUERS or AUTHENTICATION=on those who have a key or a
 * token, without all of them everybody on this machine. If API_KEYS is set but empty, authentication was intended.
 */
export function readAuthentication(env: NodeJS.ProcessEnv): LocalAuthentication {
  const { API_KEYS, JWT_ISSUERS } = env;
  const AUTHENTICATION = env.AUTHENTICATION || (API_KEYS === undefined && !JWT_ISSUERS ? 'off' : 'on');
  if (AUTHENTICATION === 'off') return { AUTHENTICATION };
  if (AUTHENTICATION !== 'on' && AUTHENTICATION !== 'api-keys')
    throw new WrongUse(`AUTHENTICATION takes on or off, not ${AUTHENTICATION}.`);
  if (API_KEYS === '' || (!API_KEYS && AUTHENTICATION === 'api-keys'))
    throw new WrongUse(`To ask for keys their digests must be in API_KEYS, which is empty. ${MAKE_ONE}.`);
  // The message leaves the value out: somebody may have given the key instead of its digest.
  if (API_KEYS && !API_KEYS_PATTERN.test(API_KEYS))
    throw new WrongUse(
      `API_KEYS takes SHA-256 digests in hex, 64 digits each, separated by commas, and has something else. ${MAKE_ONE}.`,
    );
  const { error } = ENVIRONMENT.JWT_ISSUERS.validate(JWT_ISSUERS || undefined);
  if (error) throw new WrongUse(`${error.message}.`);
  return { AUTHENTICATION: 'on', ...(API_KEYS && { API_KEYS }), ...(JWT_ISSUERS && { JWT_ISSUERS }) };
}

/**
 * Keeps images that were stored behind tokens from being opened to everybody because `--auth` was forgotten: that cannot be taken back, and saying it
 * is one word. Returns what is to be told of a folder where AUTHENTICATION=off says it, and nothing of others.
 */
export function checkOpenFolder(folder: string, env: NodeJS.ProcessEnv): string | undefined {
  if (!existsSync(issuerFile(folder))) return undefined;
  const without = `everybody on this machine is the owner local and has all of its images, private ones too`;
  if (env.AUTHENTICATION === 'off')
    return `${folder} was used with --auth, and AUTHENTICATION=off opens it: ${without}. npm start -- --auth asks for tokens again.`;
  throw new CommandError(
    `${folder} was used with --auth, as ${issuerFile(folder)} shows. Without it ${without}. ` +
      'Start it by npm start -- --auth, or, if it is meant to be open, by AUTHENTICATION=off npm start.',
  );
}
