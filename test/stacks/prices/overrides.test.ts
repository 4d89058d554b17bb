import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { type PriceOverrides, readOverrides } from '../../../stacks/prices/overrides.ts';
import { readPriceBook } from '../../../stacks/prices/price-book.ts';
import { quantity } from '../../../stacks/prices/price-units.ts';

const gb = (amount: number) => quantity(amount, 'GB');
const bookWith = (overrides: PriceOverrides) => readPriceBook('us-east-1', { overrides });
const list = readPriceBook('us-east-1');

describe('overrides of list prices', () => {
  it('replace a price beyond what is free, whatever its tiers were', () => {
    const book = bookWith({ prices: { 'cloudfront.transfer': 0.03 } });
    expect(book.usd('cloudfront.transfer', gb(1024))).to.equal(0);
    expect(book.usd('cloudfront.transfer', gb(100_000))).to.be.closeTo((100_000 - 1024) * 0.03, 1e-6);
  });

  it('may have tiers of their own', () => {
    const tiers = [
      { from: 0, usd: 0.05 },
      { from: 10_240, usd: 0.02 },
    ];
    const book = bookWith({ prices: { 'cloudfront.transfer': tiers } });
    expect(book.usd('cloudfront.transfer', gb(20_240))).to.be.closeTo((10_240 - 1024) * 0.05 + 10_000 * 0.02, 1e-6);
  });

  it('take a discount off the list price, by the longest name that fits, but not off a price of its own', () => {
    const discounts = { 's3.*': 0.1, 's3.standard.*': 0.2, 'instances.*': 0.3 };
    const book = bookWith({ discounts, prices: { 's3.standard.get': 0.0003 } });
    const puts = quantity(1000, 'request');
    expect(book.usd('s3.standard.put', puts)).to.be.closeTo(0.005 * 0.8, 1e-12);
    expect(book.usd('s3.standard-ia.put', puts)).to.be.closeTo(0.01 * 0.9, 1e-12);
    expect(book.usd('s3.standard.get', puts)).to.be.closeTo(0.0003, 1e-12);
    expect(book.instance('c7g.large').onDemand).to.be.closeTo(0.0725 * 0.7, 1e-12);
    expect(book.instance('c7g.large').spot).to.equal(list.instance('c7g.large').spot);
  });

  it('take the share of a savings plan off on-demand instances and Fargate, never off spot', () => {
    const book = bookWith({ savingsPlans: { compute: { share: 0.7, discount: 0.27 } } });
    const left = 1 - 0.7 * 0.27;
    expect(book.instance('c7g.large').onDemand).to.be.closeTo(0.0725 * left, 1e-12);
    expect(book.instance('c7g.large').spot).to.equal(list.instance('c7g.large').spot);
    const hours = quantity(730, 'vCPU-hour');
    for (const [name, factor] of [
      ['fargate.arm64.vcpu', left],
      ['fargate-spot.x86_64.vcpu', 1],
      ['ec2.t3.surplus-credits', 1],
    ] as const)
      expect(book.usd(name, hours) / list.usd(name, hours), name).to.be.closeTo(factor, 1e-12);
  });

  it('take reserved shares off what they name', () => {
    const book = bookWith({ reserved: { 'dynamodb.provisioned.*': { share: 0.5, discount: 0.54 } } });
    const units = quantity(100_000, 'WCU-hour');
    const usd = list.usd('dynamodb.provisioned.write', units);
    expect(book.usd('dynamodb.provisioned.write', units)).to.be.closeTo(usd * 0.73, 1e-9);
  });

  it('may set the prices of an instance type, and the saving of spot follows', () => {
    const book = bookWith({ instances: { 'c7g.large': { onDemand: 0.06, spot: 0.03 } } });
    expect(book.instance('c7g.large')).to.include({ onDemand: 0.06, spot: 0.03, saving: 0.5 });
  });

  it('cannot cover more than all of something', () => {
    const book = bookWith({
      savingsPlans: { compute: { share: 0.7, discount: 0.27 } },
      reserved: { 'instances.c7g.*': { share: 0.5, discount: 0.4 } },
    });
    expect(() => book.instance('c7g.large')).to.throw('more than all of instances.c7g.large');
    expect(book.instance('c6g.large').onDemand).to.be.below(0.068);
  });
});

describe('a file of overrides', () => {
  const folder = mkdtempSync(join(tmpdir(), 'overrides-'));
  const path = join(folder, 'overrides.json');
  const reading = (text: string) => {
    writeFileSync(path, text);
    return () => readOverrides(path);
  };
  after(() => rmSync(folder, { recursive: true }));

  it('is read whole', () => {
    const overrides: PriceOverrides = {
      prices: { 'sqs.standard.request': 0.3 },
      instances: { 'c7g.large': { onDemand: 0.06 } },
      discounts: { 'instances.c7g.*': 0.1, 'instances.*': 0.05, 'cloudwatch.*': 0.2 },
      savingsPlans: { compute: { share: 0.7, discount: 0.27 } },
      reserved: { 'cloudfront.transfer': { share: 0.9, discount: 0.3 } },
    };
    expect(reading(JSON.stringify(overrides))()).to.deep.equal(overrides);
  });

  const WRONG: [text: string, fault: RegExp][] = [
    ['{ "prices": ', /overrides\.json could not be read as JSON/],
    ['{ "discount": {} }', /the file must NOT have additional properties: discount$/],
    [
      '{ "savingsPlans": { "compute": { "share": 70, "discount": 0.2 } } }',
      /: savingsPlans\.compute\.share must be <= 1$/,
    ],
    [
      '{ "savingsPlans": { "compute": { "share": 0.7 } } }',
      /: savingsPlans\.compute must have required property 'discount'$/,
    ],
    ['{ "prices": { "s3.standard.put": "0.004" } }', /: prices\."s3\.standard\.put" must be number,array$/],
    ['{ "prices": { "s3.standard.puts": 0.004 } }', /: prices: s3\.standard\.puts is the name of no price/],
    ['{ "discounts": { "s4.*": 0.1 } }', /: discounts: s4\.\* is the name of no price/],
    [
      '{ "reserved": { "instances.c7g": { "share": 0.1, "discount": 0.2 } } }',
      /: reserved: instances\.c7g is the name of no price/,
    ],
    [
      '{ "discounts": { "instances.c7h.*": 0.1 } }',
      /: discounts: instances\.c7h\.\* is the name of no price: see .* and instances in .*us-east-1\.json/,
    ],
    [
      '{ "instances": { "c7g.lage": { "onDemand": 0.06 } } }',
      /: instances: c7g\.lage is a type of machine without a list price: see instances in .*us-east-1\.json/,
    ],
    ['{ "instances": { "constructor": { "spot": 1 } } }', /: instances: constructor is a type of machine without/],
    ['{ "instances": { "c7g.large": { "spot": 0 } } }', /: instances\."c7g\.large"\.spot must be > 0$/],
  ];
  for (const [text, fault] of WRONG) {
    it(`is refused with the name of the field: ${text}`, () => {
      expect(reading(text)).to.throw(fault);
    });
  }

  it('is refused with all faults at once', () => {
    const text = '{ "discounts": { "s3.*": 2 }, "instances": { "c7g.large": {} } }';
    expect(reading(text)).to.throw(
      /instances\."c7g\.large" must NOT have fewer than 1.*\n.*discounts\."s3\.\*" must be <= 1$/,
    );
  });
});
