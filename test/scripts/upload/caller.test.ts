import { expect } from 'chai';
import { generateSecret, SignJWT } from 'jose';
import { callerOf } from '../../../scripts/upload/caller.ts';
import { makeApiKey } from '../../../shared/domain/api-key.ts';

describe('who uploads', () => {
  const token = async (claims: object) =>
    new SignJWT({ ...claims }).setProtectedHeader({ alg: 'HS256' }).sign(await generateSecret('HS256'));

  it('is the same with another token of the same subject, and another with another issuer', async () => {
    const first = callerOf(await token({ iss: 'urn:a', sub: 'anna' }));
    expect(callerOf(await token({ iss: 'urn:a', sub: 'anna', exp: 7 }))).to.equal(first);
    const others = [
      { iss: 'urn:b', sub: 'anna' },
      { iss: 'urn:a', sub: 'bert' },
    ];
    for (const other of others) expect(callerOf(await token(other))).to.not.equal(first);
  });

  it('is the id of a key, and of other credentials nothing that could be used', async () => {
    const { key, keyId } = makeApiKey();
    expect(callerOf(key)).to.equal(keyId);
    for (const other of ['a-key-of-API_KEYS', 'a.b.c', await token({ iss: 'urn:a' })])
      expect(callerOf(other)).to.match(/^[0-9a-f]{64}$/);
    expect(callerOf(undefined)).to.equal(undefined);
  });
});
