import { expect } from 'chai';
import { isZoneOf } from '../../../stacks/network/zone-ids.ts';
import { type Arguments, all, entrance, type Synthesised, ZONES } from '../../support/stacks/entrance.ts';

const EGRESS = ['nat-per-zone', 'nat-single', 'interface-endpoints'] as const;

/** Compares two stacks by address: `ofOne` has the resources that only one has, `changed` those with other arguments. */
function compare(before: Synthesised, after: Synthesised) {
  const [first, second] = [before, after].map(
    ({ resource }) =>
      new Map(
        Object.entries(resource).flatMap(([type, each]) =>
          Object.entries(each).map(([id, values]): [string, Arguments] => [`${type}.${id}`, values]),
        ),
      ),
  ) as [Map<string, Arguments>, Map<string, Arguments>];
  const addresses = [...new Set([...first.keys(), ...second.keys()])];
  const inBoth = addresses.filter((address) => first.has(address) && second.has(address));
  const differs = (address: string) => JSON.stringify(first.get(address)) !== JSON.stringify(second.get(address));
  return {
    ofOne: addresses.filter((address) => !inBoth.includes(address)),
    changed: inBoth.filter(differs).map((address) => ({
      address,
      before: first.get(address) as Arguments,
      after: second.get(address) as Arguments,
    })),
  };
}

/** Arguments whose lists lack the references to resources of a zone. */
const without = (zone: string, values: Arguments): Arguments =>
  Object.fromEntries(
    Object.entries(values).map(([name, value]) => [
      name,
      Array.isArray(value) ? value.filter((each) => !String(each).includes(zone)) : value,
    ]),
  );

describe('zones', () => {
  for (const egress of EGRESS) {
    for (const zone of ZONES) {
      it(`can be added and removed: ${zone} with ${egress} changes only its own resources and lists with them`, () => {
        const zones = ZONES.filter((each) => each !== zone);
        const [natZone = ''] = zones;
        const { ofOne, changed } = compare(
          entrance({ network: { egress, zones, natZone } }),
          entrance({ network: { egress, natZone } }),
        );
        expect(ofOne.length).to.be.above(4);
        for (const address of ofOne) expect(address).to.include(zone);
        for (const { address, before, after } of changed) {
          expect(address).to.match(/^aws_(lb|vpc_endpoint)\./);
          expect(without(zone, after), address).to.deep.equal(before);
        }
      });
    }

    it(`result in the same stack in any order with ${egress}`, () => {
      const { ofOne, changed } = compare(
        entrance({ network: { egress } }),
        entrance({ network: { egress, zones: ZONES.toReversed() } }),
      );
      expect([ofOne, changed]).to.deep.equal([[], []]);
    });
  }

  it('remove route tables and addresses only after nothing uses them', () => {
    const synthesised = entrance();
    const tables = all(synthesised, 'route_table').filter(({ tags }) => ZONES.some((zone) => tags.Name.includes(zone)));
    expect(tables).to.have.length(ZONES.length);
    for (const { lifecycle } of [...all(synthesised, 'eip'), ...tables])
      expect(lifecycle?.create_before_destroy).to.equal(true);
  });

  it('move a single NAT gateway only by natZone', () => {
    const natIn = (natZone: string) => entrance({ network: { egress: 'nat-single', natZone } });
    const { ofOne, changed } = compare(natIn(ZONES[0]), natIn(ZONES[2]));
    expect(ofOne).to.have.members(
      [ZONES[0], ZONES[2]].flatMap((zone) => [`aws_eip.nat-address-${zone}`, `aws_nat_gateway.nat-${zone}`]),
    );
    expect(changed.map(({ address }) => address)).to.have.members(ZONES.map((zone) => `aws_route.nat-route-${zone}`));
  });
});

describe('ids of zones', () => {
  const REGIONS: [region: string, id: string][] = [
    ['us-east-1', 'use1-az6'],
    ['us-west-2', 'usw2-az4'],
    ['eu-central-1', 'euc1-az1'],
    ['eu-south-2', 'eus2-az3'],
    ['ap-northeast-1', 'apne1-az4'],
    ['ap-southeast-2', 'apse2-az2'],
    ['ap-south-1', 'aps1-az1'],
    ['ca-west-1', 'caw1-az1'],
    ['me-central-1', 'mec1-az2'],
    ['sa-east-1', 'sae1-az3'],
  ];

  for (const [region, id] of REGIONS) {
    it(`belong to one region: ${id} to ${region}`, () => {
      for (const [other] of REGIONS) expect(isZoneOf(id, other)).to.equal(other === region);
    });
  }

  it('exclude Local Zones, Wavelength Zones and names that differ between accounts', () => {
    for (const id of ['use1-bos1-az1', 'use1-wl1-bos-wlz1', 'us-east-1a', 'use1-az10', 'use1-az1-az2']) {
      expect(isZoneOf(id, 'us-east-1'), id).to.equal(false);
    }
  });
});
