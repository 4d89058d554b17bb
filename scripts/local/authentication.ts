import { API_KEYS_PATTERN, type Environment } from '../../shared/contracts/environment.ts';
import { WrongUse } from '../command-line.ts';

const MAKE_ONE = 'npm run api-key makes a key with its digest';

/**
 * Reads from the environment of npm start who may call: holders of a key in API_KEYS, or without it everybody on this machine. If API_KEYS is
 * set but empty, authentication was intended.
 */
export function readAuthentication(env: NodeJS.ProcessEnv): Pick<Environment, 'AUTHENTICATION' | 'API_KEYS'> {
  const { API_KEYS } = env;
  const AUTHENTICATION = env.AUTHENTICATION || (API_KEYS === undefined ? 'off' : 'on');
  if (AUTHENTICATION === 'off') return { AUTHENTICATION };
  if (AUTHENTICATION !== 'on' && AUTHENTICATION !== 'api-keys')
    throw new WrongUse(`AUTHENTICATION takes on or off, not ${AUTHENTICATION}.`);
  if (!API_KEYS) throw new WrongUse(`To ask for keys their digests must be in API_KEYS, which is empty. ${MAKE_ONE}.`);
  // The message leaves the value out: somebody may have given the key instead of its digest.
  if (!API_KEYS_PATTERN.test(API_KEYS))
    throw new WrongUse(
      `API_KEYS takes SHA-256 digests in hex, 64 digits each, separated by commas, and has something else. ${MAKE_ONE}.`,
    );
  return { AUTHENTICATION: 'on', API_KEYS };
}
