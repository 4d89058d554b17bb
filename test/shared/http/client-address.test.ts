import type { IncomingMessage } from 'node:http';
import { expect } from 'chai';
import { clientAddressReader, countedAddress, type ProxySettings } from '../../../shared/http/client-address.ts';

const SECRET = 'what the CDN sends';
const CDN_SECRETS = `${'o'.repeat(20)},${SECRET.replaceAll(' ', '-')}`;
const fromCdn = { 'x-origin-verify': SECRET.replaceAll(' ', '-') };
const LISTED = { 'x-forwarded-for': '203.0.113.9, 198.51.100.7, 192.0.2.1' };

const ADDRESSES: [what: string, settings: ProxySettings, headers: Record<string, string>, address: string][] = [
  ['the connection where no proxy is trusted', {}, { ...LISTED, ...fromCdn }, '10.0.0.1'],
  ['the last that the load balancer adds', { TRUSTED_PROXIES: 1, CDN_SECRETS }, LISTED, '192.0.2.1'],
  [
    'the one before of a request from the CDN',
    { TRUSTED_PROXIES: 1, CDN_SECRETS },
    { ...LISTED, ...fromCdn },
    '198.51.100.7',
  ],
  [
    'the last if the secret is wrong',
    { TRUSTED_PROXIES: 1, CDN_SECRETS },
    { ...LISTED, 'x-origin-verify': 'o' },
    '192.0.2.1',
  ],
  ['the last if no secret is known', { TRUSTED_PROXIES: 1 }, { ...LISTED, ...fromCdn }, '192.0.2.1'],
  ['the connection if no proxy has told', { TRUSTED_PROXIES: 1 }, {}, '10.0.0.1'],
  ['the one before the last behind two proxies', { TRUSTED_PROXIES: 2 }, LISTED, '198.51.100.7'],
  [
    'the only one of whoever is behind the first of two proxies',
    { TRUSTED_PROXIES: 2 },
    { 'x-forwarded-for': '192.0.2.1' },
    '192.0.2.1',
  ],
  ['the connection if neither of two proxies has told', { TRUSTED_PROXIES: 2 }, {}, '10.0.0.1'],
  [
    'the one before the last, however many commas a client sends',
    { TRUSTED_PROXIES: 2 },
    { 'x-forwarded-for': `${','.repeat(9_000)}198.51.100.7,192.0.2.1` },
    '198.51.100.7',
  ],
  [
    'the connection if the CDN has told of none',
    { TRUSTED_PROXIES: 1, CDN_SECRETS },
    { 'x-forwarded-for': '192.0.2.1', ...fromCdn },
    '10.0.0.1',
  ],
];

describe('The address of a client', () => {
  for (const [what, settings, headers, address] of ADDRESSES) {
    it(`is ${what}`, () => {
      const request = { headers, socket: { remoteAddress: '10.0.0.1' } } as unknown as IncomingMessage;
      expect(clientAddressReader(settings)(request)).to.equal(address);
    });
  }

  it('counts with the network of IPv6 that a customer has, and each address of IPv4 alone', () => {
    const day = new Date('2026-11-30T10:00:00Z');
    const same = (one: string, other: string) => countedAddress(one, day) === countedAddress(other, day);
    expect(same('2001:db8:1:2:3:4:5:6', '2001:0db8:1:2::9')).to.equal(true);
    expect(same('2001:db8::1', '2001:db8:0:0:ffff::')).to.equal(true);
    expect(same('2001:db8:1:2::1', '2001:db8:1:3::1')).to.equal(false);
    expect(same('::ffff:192.0.2.1', '192.0.2.1')).to.equal(true);
    expect(same('192.0.2.1', '192.0.2.2')).to.equal(false);
  });

  it('is kept as a digest that is another each day', () => {
    const digest = countedAddress('192.0.2.1', new Date('2026-11-30T10:00:00Z'));
    expect(digest).to.match(/^[0-9a-f]{16}$/);
    expect(countedAddress('192.0.2.1', new Date('2026-12-01T10:00:00Z'))).to.not.equal(digest);
  });
});
