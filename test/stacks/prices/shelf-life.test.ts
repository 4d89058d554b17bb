import { expect } from 'chai';
import type { BookFile } from '../../../stacks/prices/book-file.ts';
import { pastShelfLife } from '../../../stacks/prices/shelf-life.ts';

const dated = (date: string) => ({ source: 'list', date });
const BOOK: BookFile = {
  region: 'us-east-1',
  sources: { list: 'https://example.com/list' },
  prices: {
    'nat.hour': { usd: 0.045, per: 1, unit: 'hour', ...dated('2026-01-01') },
    'nat.data': { usd: 0.045, per: 1, unit: 'GB', ...dated('2025-06-01') },
    'fargate-spot.x86_64.vcpu': { usd: 0.013, per: 1, unit: 'vCPU-hour', ...dated('2026-01-01') },
  },
  instances: {
    'c7g.large': {
      onDemand: { usd: 0.0725, ...dated('2026-01-01') },
      spot: { saving: 0.5, interruptionBand: 0, ...dated('2026-01-01') },
    },
    'c8g.large': { onDemand: { usd: 0.08, ...dated('2026-01-01') } },
  },
};
const namesOn = (today: string) => pastShelfLife(BOOK, today).map(({ names }) => names);

describe('the shelf life of prices', () => {
  it('is 365 days, and 90 for spot', () => {
    expect(namesOn('2026-04-01')).to.deep.equal([]);
    expect(namesOn('2026-04-02')).to.deep.equal([['fargate-spot.x86_64.vcpu', 'c7g.large on spot']]);
    expect(namesOn('2027-01-01').flat()).to.not.include('nat.hour');
    expect(namesOn('2027-01-02').flat()).to.include.members(['nat.hour', 'c7g.large', 'c8g.large']);
  });

  it('is told by source and day, the oldest first', () => {
    const [first, second] = pastShelfLife(BOOK, '2026-06-02');
    expect(first).to.deep.equal({
      names: ['nat.data'],
      date: '2025-06-01',
      age: 366,
      shelfLife: 365,
      source: 'https://example.com/list',
    });
    expect(second).to.include({ date: '2026-01-01', age: 152, shelfLife: 90 });
  });
});
