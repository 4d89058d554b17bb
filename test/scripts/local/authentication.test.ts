import { expect } from 'chai';
import { WrongUse } from '../../../scripts/command-line.ts';
import { readAuthentication } from '../../../scripts/local/authentication.ts';

const DIGEST = 'a1'.repeat(32);
const ISSUERS = JSON.stringify([{ name: 'a', issuer: 'https://login.example.com', audience: ['images'] }]);
const KEYS = `${DIGEST},${'b2'.repeat(32)}`;

describe('authentication of npm start', () => {
  it('lets everybody on the machine call unless the environment asks for authentication, or has keys or issuers', () => {
    for (const env of [
      {},
      { AUTHENTICATION: '' },
      { AUTHENTICATION: 'off' },
      { AUTHENTICATION: 'off', API_KEYS: KEYS },
    ])
      expect(readAuthentication(env)).to.deep.equal({ AUTHENTICATION: 'off' });
    for (const env of [
      { API_KEYS: KEYS },
      { API_KEYS: KEYS, AUTHENTICATION: 'api-keys' },
      { API_KEYS: KEYS, AUTHENTICATION: 'on' },
    ])
      expect(readAuthentication(env)).to.deep.equal({ AUTHENTICATION: 'on', API_KEYS: KEYS });
    expect(readAuthentication({ AUTHENTICATION: 'on' })).to.deep.equal({ AUTHENTICATION: 'on' });
    expect(readAuthentication({ JWT_ISSUERS: ISSUERS })).to.deep.equal({ AUTHENTICATION: 'on', JWT_ISSUERS: ISSUERS });
  });

  const refused: Record<string, [env: NodeJS.ProcessEnv, says: RegExp]> = {
    'keys that are not there': [{ AUTHENTICATION: 'api-keys' }, /API_KEYS, which is empty.*npm run api-key/],
    'keys that are empty': [{ API_KEYS: '' }, /API_KEYS, which is empty.*npm run api-key/],
    'a key in place of its digest': [{ API_KEYS: 'the-key-itself' }, /^(?!.*the-key-itself)API_KEYS takes SHA-256/],
    'a digest that is cut': [{ API_KEYS: `${DIGEST},${DIGEST.slice(1)}` }, /^API_KEYS takes SHA-256/],
    'issuers that cannot be read': [{ JWT_ISSUERS: '[{"name":"a"}]' }, /^JWT_ISSUERS must be .* is required/],
    'another authentication': [{ AUTHENTICATION: 'ON', API_KEYS: KEYS }, /^AUTHENTICATION takes on or off, not ON/],
  };
  for (const [name, [env, says]] of Object.entries(refused)) {
    it(`refuses ${name}`, () => expect(() => readAuthentication(env)).to.throw(WrongUse, says));
  }
});
