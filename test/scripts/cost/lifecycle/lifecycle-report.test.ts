import { expect } from 'chai';
import { type LifecycleReport, lifecycleReport } from '../../../../scripts/cost/lifecycle/lifecycle-report.ts';
import { readLifecycleRules } from '../../../../scripts/cost/lifecycle/lifecycle-rules.ts';
import { lifecycleSummary } from '../../../../scripts/cost/lifecycle/lifecycle-summary.ts';
import { lifecycleText } from '../../../../scripts/cost/lifecycle/lifecycle-text.ts';
import { bandVerdict, verdict } from '../../../../scripts/cost/lifecycle/lifecycle-verdicts.ts';
import { storageMonths } from '../../../../scripts/cost/lifecycle/storage-months.ts';
import { priceOfStorage } from '../../../../scripts/cost/lifecycle/storage-price.ts';
import type { StorageSettings } from '../../../../stacks/environments/settings.ts';
import { storage } from '../../../support/stacks/storage.ts';
import { augustPrices } from './august-prices.ts';
import { KIB, MIB, mixOf } from './mixes.ts';

const SIZES = [100 * KIB, 180 * KIB, 4 * MIB].map((meanBytes) => ({ meanBytes, share: 1 / 3 }));
const rulesWith = (settings: Partial<StorageSettings> = {}) => readLifecycleRules(storage(settings));
const reportOf = (settings: Partial<StorageSettings> = {}, mix = mixOf({ sizes: SIZES })): LifecycleReport =>
  lifecycleReport([mix], rulesWith(settings), { book: augustPrices() });

function sentencesOf(report: LifecycleReport, name: string): string[] {
  const [prefix] = report.prefixes;
  const candidate = prefix?.candidates.find((each) => each.name.startsWith(name));
  if (!prefix || !candidate) throw new Error(`The report has no ${name}.`);
  return [
    verdict(candidate, prefix.unmoved, report),
    ...candidate.bands.map((band) => bandVerdict(candidate, band, report)),
  ];
}

describe('the report on lifecycle rules', () => {
  const report = reportOf();

  it('says for each rule of the stack and each alternative from which month it pays, and for which sizes', () => {
    // A million objects of 4 MiB are 3906 GB. They cost $10 to move and $2.50 a month, and save $41.0 a month after 30 days: 1 + 12.5 / 38.5 = 1.3
    // months. All uploads of t months have cost 10 t + 2.5 t² / 2 and saved 41 (t − 1)² / 2: 25 and 20.5 dollars after two months, 41 and 82 after
    // three. The arithmetic of 174.6 KiB is in break-even.test.ts.
    expect(sentencesOf(report, 'rule tier-originals')).to.deep.equal([
      'pays from month 3; never pays below 175 KiB',
      'does not move these objects, because they have less than 128 KiB',
      'does not move these objects, because its filter leaves out their size',
      'pays from month 3: each object repays its move 1.3 months after it',
    ]);
    // A million objects of 180 KiB are 171.7 GB and save $1.80 a month: 10 / 1.80 = 5.5 months. Moves begin after a month. After t months of them
    // they have cost 10 t and saved 1.80 t² / 2, which is more from t = 11.1, in month 13. Of 4 MiB: 10 / 41 = 0.2, and t = 0.5, in month 2.
    expect(sentencesOf(report, 'STANDARD_IA after 30 days')).to.deep.equal([
      'pays from month 2',
      'does not move these objects, because they have less than 128 KiB',
      'pays from month 13: each object repays its move 5.5 months after it',
      'pays from month 2: each object repays its move 0.2 months after it',
    ]);
  });

  it('has a row for every size, also for those that a rule leaves, with the reason', () => {
    const text = lifecycleText(report, 200);
    const [, rows = ''] = /originals\/ by rule tier-originals.*?\n(.*?)\n\n/s.exec(text) ?? [];
    expect(rows).to.match(
      /^ +100 KiB +33\.3 % .*\$0\.00 {2}does not move these objects, because they have less than 128 KiB$/m,
    );
    expect(rows).to.match(/^ +180 KiB .*because its filter leaves out their size$/m);
    expect(rows).to.match(/^ +4 MiB .*pays from month 3/m);
  });

  it('leaves out an alternative that does what a rule of the stack does', () => {
    const names = (mix: ReturnType<typeof mixOf>) => reportOf({}, mix).prefixes[0]?.candidates.map(({ name }) => name);
    const alternative = 'INTELLIGENT_TIERING after 0 days';
    expect(names(mixOf({ sizes: [{ meanBytes: 4 * MIB, share: 1 }] })))
      .to.include(`rule tier-originals: ${alternative}`)
      .and.not.include(alternative);
    // The rule leaves objects of 180 KiB, which the alternative moves.
    expect(names(mixOf({ sizes: SIZES }))).to.include(alternative);
  });

  it('says of a rule that never pays below which size', () => {
    const tiering = sentencesOf(
      reportOf({}, mixOf({ sizes: [{ meanBytes: 150 * KIB, share: 1 }] })),
      'INTELLIGENT_TIERING after 0',
    );
    expect(tiering[1]).to.equal('never pays below 175 KiB');
    expect(tiering[0]).to.match(/^does not pay in 24 months: it costs \$[\d.,]+ more; never pays below 175 KiB$/);
  });

  it('says of a rule that reads make it dear at any size', () => {
    const mix = mixOf({ sizes: SIZES, readsPerMonthByAge: () => 2 });
    const [all, , , large] = sentencesOf(reportOf({}, mix), 'GLACIER_IR after 90 days');
    expect(all).to.equal('never pays: at any size, moving, monitoring and reading cost more than storage saves');
    expect(large).to.equal(all);
  });

  it('says of a rule that it comes after everything has expired', () => {
    const mix = mixOf({ prefix: 'renditions/' });
    expect(sentencesOf(reportOf({ renditionsExpireDays: 60 }, mix), 'GLACIER_IR after 90 days')[0]).to.match(
      /^moves nothing/,
    );
    expect(sentencesOf(reportOf({ renditionsExpireDays: 0 }, mix), 'GLACIER_IR after 90 days')[0]).to.match(
      /^pays from/,
    );
  });

  it('compares each rule of the stack by itself and all of them, if there are several', () => {
    const { versioned, rules } = rulesWith({ originalsTier: 'none' });
    const rule = { prefix: 'originals/', removesDeleteMarkers: false };
    const two = [
      { ...rule, id: 'first', transitions: [{ days: 30, to: 'STANDARD_IA' as const }] },
      { ...rule, id: 'second', transitions: [{ days: 120, to: 'GLACIER_IR' as const }] },
    ];
    const [prefix] = lifecycleReport(
      [mixOf()],
      { versioned, rules: [...rules, ...two] },
      { book: augustPrices() },
    ).prefixes;
    expect(prefix?.candidates.slice(0, 3).map(({ name }) => name)).to.deep.equal([
      'rule first: STANDARD_IA after 30 days',
      'rule second: GLACIER_IR after 120 days',
      'all rules',
    ]);
    const [first, second, all] = prefix?.candidates.map(({ cumulativeUsd }) => cumulativeUsd[23] ?? 0) ?? [];
    expect(all).to.be.lessThan(Math.min(first ?? 0, second ?? 0));
  });

  it('costs for each rule what its months cost, and its sizes together', () => {
    const mix = mixOf({ sizes: SIZES, deletedShareByMonth: 0.02, readsPerMonthByAge: (month) => 0.3 / (month + 1) });
    const book = augustPrices({ cheaperFromGb: 500 });
    const [prefix] = lifecycleReport([mix], rulesWith(), { book }).prefixes;
    const [rule] = prefix?.candidates ?? [];
    const months = storageMonths([mix], rulesWith()).map((month) => priceOfStorage(month, book).usd);
    for (const [index, usd] of months.entries()) {
      expect(rule?.months[index]?.usd).to.be.closeTo(usd, 1e-6);
      const bands = rule?.bands.map(({ months: ofBand }) => ofBand[index]?.usd ?? 0) ?? [];
      expect(bands.reduce((sum, each) => sum + each, 0)).to.be.closeTo(usd, 1e-6);
    }
  });

  it('changes with a setting', () => {
    const usd = (settings: Partial<StorageSettings>) =>
      reportOf(settings).prefixes[0]?.candidates[0]?.cumulativeUsd[23] ?? 0;
    const tiered = (originalsTierDays: number) => usd({ originalsTier: 'intelligent-tiering', originalsTierDays });
    expect(tiered(0)).to.be.lessThan(tiered(20)).and.to.be.lessThan(tiered(60));
  });

  it('is a table with a row for each rule, and one of all sizes', () => {
    const text = lifecycleText(report, 120);
    expect(text).to.match(/^rule +month 1 +month 3 +month 6 +month 13 +month 24 +24 months +saved$/m);
    expect(text).to.match(/^no transition +\$\d/m);
    expect(text).to.include(
      '  rule tier-originals: INTELLIGENT_TIERING after 0 days: pays from month 3; never pays below 175 KiB\n',
    );
    const [, sizes = ''] = text.split('originals/ by STANDARD_IA after 30 days\n');
    const [head, ...rows] = sizes.split('\n\n')[0]?.split('\n') ?? [];
    expect(head).to.match(/^ +size +share +no transition +24 months +saved$/);
    const row = /^ +(\d+ [KM]iB) +33\.3 % .* (does not move|pays from month)/;
    expect(rows.flatMap((each) => row.exec(each)?.[1] ?? [])).to.deep.equal(['100 KiB', '180 KiB', '4 MiB']);
  });

  for (const width of [80, 120])
    it(`fits a terminal of ${width} columns`, () => {
      for (const line of lifecycleText(report, width).split('\n')) expect(line.length, line).to.be.at.most(width);
    });

  it('has as JSON what the tables say, and no more', () => {
    const { prefixes, ...rest } = lifecycleSummary(report);
    const [prefix] = prefixes;
    const [full] = report.prefixes;
    expect(rest).to.include({ region: 'us-east-1', months: 24 });
    for (const [index, candidate] of (prefix?.candidates ?? []).entries()) {
      const { usd, savedUsd, ofIt, usdByMonth, bands } = candidate;
      expect(usd).to.be.closeTo(full?.candidates[index]?.cumulativeUsd.at(-1) ?? Number.NaN, 1e-6);
      expect(savedUsd).to.be.closeTo((prefix?.unmoved.usd ?? Number.NaN) - usd, 1e-6);
      for (const parts of [Object.values(ofIt), usdByMonth, bands.map((band) => band.usd)])
        expect(parts.reduce((sum, part) => sum + part, 0)).to.be.closeTo(usd, 1e-6);
    }
    expect(prefix?.candidates[0]?.verdict).to.equal('pays from month 3; never pays below 175 KiB');
    expect(JSON.stringify(prefixes).length).to.be.below(JSON.stringify(report.prefixes).length / 10);
  });
});
