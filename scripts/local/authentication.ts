import { API_KEYS_PATTERN } from '../../shared/contracts/caller-settings.ts';
import { ENVIRONMENT } from '../../shared/contracts/environment.ts';
import { WrongUse } from '../command-line.ts';

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
