import { expect } from 'chai';
import { ENVIRONMENT } from '../../../shared/contracts/environment.ts';

const ISSUER = { name: 'a', issuer: 'https://login.example.com', audience: ['images'] };
const OTHER = { ...ISSUER, name: 'b', issuer: 'https://other.example.com' };
const KEY = { kty: 'EC', crv: 'P-256', kid: 'one', x: 'x', y: 'y' };

describe('JWT_ISSUERS', () => {
  const read = (issuers: unknown) => ENVIRONMENT.JWT_ISSUERS.validate(JSON.stringify(issuers));

  it('reads the usual claims, and puts the name of the issuer before its owners, unless it says otherwise', () => {
    expect(read([ISSUER]).value).to.deep.equal([
      { ...ISSUER, audienceClaim: 'aud', ownerClaim: 'sub', ownerPrefix: 'a:', scopeClaim: 'scope', scopePrefix: '' },
    ]);
    const cognito = {
      ...ISSUER,
      audienceClaim: 'client_id',
      scopePrefix: 'https://images.example.com/',
      ownerPrefix: '',
    };
    expect(read([cognito]).value).to.deep.equal([{ ...cognito, ownerClaim: 'sub', scopeClaim: 'scope' }]);
  });

  const accepted: Record<string, object[]> = {
    'several issuers': [ISSUER, OTHER],
    'keys, with which an issuer needs no address': [
      { ...ISSUER, issuer: 'urn:x', keys: [KEY, { ...KEY, kid: 'two' }] },
    ],
    'an issuer on this machine without https': [{ ...ISSUER, issuer: 'http://127.0.0.1:9000' }],
    'an address of keys': [{ ...ISSUER, jwksUri: 'https://keys.example.com/jwks.json' }],
  };
  for (const [name, issuers] of Object.entries(accepted)) {
    it(`takes ${name}`, () => expect(read(issuers).error).to.equal(undefined));
  }

  const refused: Record<string, [issuers: unknown, says: string]> = {
    'an empty list': [[], 'at least 1'],
    'an issuer without an audience, whose tokens for others would count': [
      [{ ...ISSUER, audience: [] }],
      'audience must contain',
    ],
    'an issuer over http': [[{ ...ISSUER, issuer: 'http://login.example.com' }], 'must begin with https://'],
    'an address of keys over http': [
      [{ ...ISSUER, jwksUri: 'http://login.example.com/jwks' }],
      'must begin with https://',
    ],
    'a user in an address': [[{ ...ISSUER, issuer: 'https://u:p@login.example.com' }], 'neither a user'],
    'an issuer without keys and without an address': [[{ ...ISSUER, issuer: 'urn:x' }], 'issuer must be a valid uri'],
    'a name that could not stand in an owner': [[{ ...ISSUER, name: 'A:b' }], 'name must be a to z'],
    'a key without a name': [[{ ...ISSUER, keys: [{ ...KEY, kid: undefined }] }], 'kid is required'],
    'two keys of one name': [[{ ...ISSUER, keys: [KEY, KEY] }], 'repeats the kid'],
    'a private key': [[{ ...ISSUER, keys: [{ ...KEY, d: 'd' }] }], 'd is not allowed'],
    'a secret that both sides have': [
      [{ ...ISSUER, keys: [{ kty: 'oct', kid: 'one', k: 'k' }] }],
      'kty must be one of',
    ],
    'keys and an address of keys': [[{ ...ISSUER, keys: [KEY], jwksUri: 'https://a.example.com' }], 'conflict'],
    'two issuers of one name': [[ISSUER, { ...OTHER, name: 'a' }], 'repeats the name'],
    'one issuer twice': [[ISSUER, { ...ISSUER, name: 'b' }], 'repeats the issuer'],
    'an empty prefix beside another': [[ISSUER, { ...OTHER, ownerPrefix: '' }], 'no ownerPrefix may begin'],
    'a prefix that begins with another': [[ISSUER, { ...OTHER, ownerPrefix: 'a:b:' }], 'no ownerPrefix may begin'],
    'an unknown field': [[{ ...ISSUER, audiences: ['x'] }], 'not allowed'],
  };
  for (const [name, [issuers, says]] of Object.entries(refused)) {
    it(`refuses ${name}`, () => expect(read(issuers).error?.message).to.include(says));
  }
});
