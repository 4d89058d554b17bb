import { expect } from 'chai';
import { readPeers } from '../../../stacks/prices/peers.ts';

const ADDRESS = /^https:\/\/\S+$/;
const DATE = /^20\d\d-\d\d-\d\d$/;

describe('the prices of other services', () => {
  it('say where they were read, and when', () => {
    const peers = readPeers();
    expect(Object.keys(peers)).to.deep.equal(['Cloudinary', 'Cloudflare Images', 'Vercel', 'Bunny']);
    for (const [name, { source, date, read, prices, terms }] of Object.entries(peers)) {
      expect(source, name).to.match(ADDRESS);
      expect(date ?? read, name).to.match(DATE);
      expect(terms, name).to.match(/\.$/);
      for (const { usd, per } of Object.values<{ usd: number; per: number }>(prices))
        expect(usd / per, name).to.be.above(0);
    }
  });
});
