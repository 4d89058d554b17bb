import { expect } from 'chai';
import { MARK, markedSecret, Secrets } from '../support/fuzz/auth/secrets.ts';

const secret = markedSecret();
const percent = (text: string) => Buffer.from(text).toString('hex').replaceAll(/../g, '%$&');
const base64url = (text: string) => Buffer.from(text).toString('base64url');

/** Ways in which a secret may get into what is written, with something around it. */
const WRITTEN: Record<string, string> = {
  'as it is': `Bearer ${secret}`,
  'as JSON in JSON': JSON.stringify(JSON.stringify({ secret })),
  ...Object.fromEntries(
    ['', 'a', 'ab'].map((before) => [
      `in base64 behind ${before.length} bytes`,
      Buffer.from(`${before}${secret}c`).toString('base64'),
    ]),
  ),
  'in base64url': base64url(`{"jti":"${secret}"}`),
  'in the payload of a token, in base64': Buffer.from(`e30.${base64url(`{"jti":"${secret}"}`)}.x`).toString('base64'),
  'in hex': Buffer.from(secret).toString('hex'),
  'in hex with capitals': Buffer.from(secret).toString('hex').toUpperCase(),
  'with percent signs': encodeURIComponent(`?token=${secret}`),
  'with nothing but percent signs': percent(secret),
};

describe('The secrets of the fuzzers', () => {
  for (const [how, text] of Object.entries(WRITTEN)) {
    it(`are found ${how}`, () => {
      expect(new Secrets().find('a text', ['one line', text])).to.not.deep.equal([]);
    });
  }

  it('are found in every spelling if they are signatures, which cannot have the mark', () => {
    const secrets = new Secrets();
    const signature = Buffer.alloc(32, 'signature').toString('base64url');
    expect(secrets.find('a text', [signature])).to.deep.equal([]);
    secrets.add(signature);
    expect(secrets.find('a text', [signature])).to.have.length(1);
  });

  it('are found that the services have made', () => {
    for (const made of [`ist_${'0'.repeat(24)}_${'A'.repeat(43)}`, `isk_${'a'.repeat(12)}_${'A'.repeat(43)}`])
      expect(new Secrets().find('a text', [made])).to.have.length(1);
  });

  it('are not found where there are only ids and digests', () => {
    const line = JSON.stringify({
      path: '/v1/images/0b1e',
      id: 'key-1',
      digest: '0'.repeat(64),
      tokenId: 'a'.repeat(24),
    });
    expect(MARK).to.have.lengthOf.at.least(12);
    expect(new Secrets().find('a text', [line])).to.deep.equal([]);
  });
});
