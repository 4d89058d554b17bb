import { expect } from 'chai';
import { costReport } from '../../../../scripts/cost/model/cost-model.ts';
import type { PriceOverrides } from '../../../../stacks/prices/overrides.ts';
import { type PriceBook, readPriceBook } from '../../../../stacks/prices/price-book.ts';
import type { PriceName } from '../../../../stacks/prices/price-units.ts';
import { USAGE_TYPES } from '../../../../stacks/prices/usage-types.ts';
import { PLAIN } from '../../../support/cost/plain-workload.ts';
import { type Changes, SETTINGS, synthesised } from '../../../support/cost/synthesised.ts';
import { COPIES } from '../../../support/stacks/copies.ts';

const EVERYTHING: Changes = {
  cdn: { vpcOrigin: true },
  observability: { economyMode: 'at-budget' },
  network: { egress: 'interface-endpoints', isolatedWorkers: true },
  storage: { ...COPIES, originalsTier: 'infrequent-access', originalsGlacierDays: 90 },
};

const ENVIRONMENTS: [what: string, name: keyof typeof SETTINGS, changes: Changes][] = [
  ...(Object.keys(SETTINGS) as (keyof typeof SETTINGS)[]).map((name): [string, typeof name, Changes] => [
    name,
    name,
    {},
  ]),
  ['prod with all that settings can make', 'prod', EVERYTHING],
];

/** No public source was found in November 2026 that tells these prices of Ireland and when. Whoever adds one removes it here. */
const WITHOUT_SOURCE = {
  'eu-west-1': [
    'cloudwatch.alarm.composite',
    'cloudwatch.vended-logs',
    'dynamodb.backup',
    's3.glacier-ir.get',
    's3.glacier-ir.put',
    's3.glacier-ir.retrieval',
    's3.glacier-ir.storage',
    's3.glacier-ir.transition',
    's3.intelligent-tiering.archive-instant.storage',
    's3.intelligent-tiering.frequent.storage',
    's3.intelligent-tiering.get',
    's3.intelligent-tiering.infrequent.storage',
    's3.intelligent-tiering.monitoring',
    's3.intelligent-tiering.transition',
  ],
  'us-east-1': [],
} satisfies Record<string, PriceName[]>;

const pricesOf = (names: readonly PriceName[]): PriceOverrides => ({
  prices: Object.fromEntries(names.map((name) => [name, 1])),
});

/** The prices that the report of an environment asks a book for. */
function asked(name: keyof typeof SETTINGS, changes: Changes, book: PriceBook): Set<PriceName> {
  const names = new Set<PriceName>();
  const listening: PriceBook = {
    ...book,
    usd(each, amount) {
      names.add(each);
      return book.usd(each, amount);
    },
    listUsd(each, amount) {
      names.add(each);
      return book.listUsd(each, amount);
    },
    row(each) {
      names.add(each);
      return book.row(each);
    },
  };
  const environment = synthesised(name, changes);
  const { total } = costReport({ environment, workload: PLAIN, book: listening, month: 13, generated: '2026-11-30' });
  expect(total.typical).to.be.above(0);
  return names;
}

describe('prices that the cost report asks for', () => {
  for (const [region, names] of Object.entries(WITHOUT_SOURCE)) {
    it(`are all in the file of ${region}, but for ${names.length}`, () => {
      const book = readPriceBook(region, { overrides: pricesOf(names) });
      const all = ENVIRONMENTS.flatMap(([, name, changes]) => [...asked(name, changes, book)]);
      expect(
        readPriceBook(region)
          .missing.filter((name) => all.includes(name))
          .toSorted(),
      ).to.deep.equal(names);
    });

    it(`can all be had for ${region} by npm run prices -- --refresh`, () => {
      expect(names.filter((name) => !(name in USAGE_TYPES))).to.deep.equal([]);
    });

    for (const missing of names)
      it(`are refused in ${region} without ${missing}, and never priced as nothing`, () => {
        const book = readPriceBook(region, { overrides: pricesOf(names.filter((name) => name !== missing)) });
        expect(() => asked('prod', EVERYTHING, book)).to.throw(`has no price of ${missing}`);
      });
  }
});
