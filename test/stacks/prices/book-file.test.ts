import { expect } from 'chai';
import { INSTANCE_TYPES } from '../../../stacks/compute/instance-types.ts';
import { BOOK_REGIONS, bookPath, type Dated, readBookFile } from '../../../stacks/prices/book-file.ts';
import { PRICE_UNITS, type PriceName } from '../../../stacks/prices/price-units.ts';
import { faultsOf } from '../../../stacks/prices/schemas.ts';

describe('files of prices', () => {
  it('are there for two regions', () => {
    expect(BOOK_REGIONS).to.have.members(['us-east-1', 'eu-west-1']);
  });

  for (const region of BOOK_REGIONS) {
    const file = readBookFile(region);
    const dated: Dated[] = [
      ...Object.values(file.prices),
      ...Object.values(file.instances).flatMap(({ onDemand, spot }) => [onDemand, ...(spot ? [spot] : [])]),
    ];

    it(`${bookPath(region)} is as its schema says, and its own region's`, () => {
      expect(faultsOf('price-book', file)).to.deep.equal([]);
      expect(file.region).to.equal(region);
    });

    it(`${bookPath(region)} has known names with their units`, () => {
      for (const [name, { unit }] of Object.entries(file.prices))
        expect(unit, name).to.equal(PRICE_UNITS[name as PriceName]);
      for (const type of Object.keys(file.instances)) expect(INSTANCE_TYPES).to.have.property(type);
    });

    it(`${bookPath(region)} has an address for every source, and uses each`, () => {
      expect(new Set(dated.map(({ source }) => source))).to.deep.equal(new Set(Object.keys(file.sources)));
    });

    it(`${bookPath(region)} has tiers that rise from 0, and cost less from tier to tier`, () => {
      for (const [name, { tiers = [] }] of Object.entries(file.prices)) {
        const starts = tiers.map(({ from }) => from);
        expect(starts, name).to.deep.equal([...new Set(starts)].toSorted((a, b) => a - b));
        expect(starts[0] ?? 0, name).to.equal(0);
        const costs = tiers.filter(({ allowance }) => !allowance).map(({ usd }) => usd);
        expect(costs, name).to.deep.equal(costs.toSorted((a, b) => b - a));
        expect(
          tiers.slice(1).some(({ allowance }) => allowance),
          name,
        ).to.equal(false);
      }
    });
  }

  it('know what every instance type costs in us-east-1, at a plausible price per vCPU', () => {
    const { instances } = readBookFile('us-east-1');
    for (const [type, { vCpu }] of Object.entries(INSTANCE_TYPES))
      expect((instances[type]?.onDemand.usd ?? 0) / vCpu, type).to.be.within(0.01, 0.08);
  });
});
