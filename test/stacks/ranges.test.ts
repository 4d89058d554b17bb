import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import { RANGE_CHECKS } from '../../stacks/checks/range-checks.ts';
import { usualValues } from '../../stacks/docs/usual-values.ts';
import { ENVIRONMENTS } from '../../stacks/environments/all.ts';
import { dev } from '../../stacks/environments/dev.ts';
import { prod } from '../../stacks/environments/prod.ts';
import { RANGES, WITHOUT_RANGE } from '../../stacks/ranges/all-ranges.ts';
import { numericSettingsOf } from '../../stacks/ranges/range.ts';
import { COPIES } from '../support/stacks/copies.ts';

const known = [...RANGES.map(({ setting }) => setting), ...Object.keys(WITHOUT_RANGE)];
const findings = (maxInstances: number, acknowledged?: Record<string, string>): string[] => {
  const settings = { ...prod, workers: { ...prod.workers, maxInstances }, ...(acknowledged && { acknowledged }) };
  return RANGE_CHECKS.flatMap(({ find }) => find(settings) || []);
};
const WHY = 'a campaign in May, agreed with finance';

describe('plausible ranges', () => {
  it('exist for every numeric setting, or a sentence says why not', () => {
    const copying = { ...prod, storage: { ...prod.storage, ...COPIES } };
    const patterns = new Set([...ENVIRONMENTS, copying].flatMap(numericSettingsOf).map(({ pattern }) => pattern));
    expect(known).to.have.members([...patterns]);
    const declared = readFileSync(new URL('../../stacks/environments/settings.ts', import.meta.url), 'utf8');
    const names = [...declared.matchAll(/^\s+(\w+)\??: (?:number|\d)/gm)].map(([, name]) => name);
    expect(names).to.include.members(['maxInstances', 'cpu']);
    expect(known.map((path) => path.split('.').at(-1))).to.include.members(names);
    for (const reason of Object.values(WITHOUT_RANGE)) expect(reason).to.match(/^[A-Z].{20,}\.$/);
  });

  it('say what values beyond both ends cost or break, with a source', () => {
    for (const range of RANGES) {
      expect(range.least, range.setting).to.be.below(range.most);
      expect(range.low === undefined, range.setting).to.equal(range.least === 0);
      expect(usualValues(range.setting), range.setting).to.not.match(/NaN|undefined|Infinity/);
      expect(range.source.length, range.setting).to.be.above(10);
    }
  });

  it('give costs in dollars', () => {
    expect(findings(400).join()).to.match(
      /^workers\.maxInstances is 400, but 1 to 100 is usual: .* \$34 an hour on spot and \$82 on demand$/,
    );
  });

  it('accept a value that is acknowledged with a reason, and refuse needless acknowledgements', () => {
    expect(findings(400, { 'workers.maxInstances': WHY })).to.deep.equal([]);
    expect(findings(40, { 'workers.maxInstances': WHY }).join()).to.match(/is 40, which needs no acknowledgement$/);
    expect(findings(400, { 'workers.maxInstances': 'because' }).join()).to.match(/shorter than 20 characters$/);
    expect(findings(40, { 'workers.maxInstance': WHY }).join()).to.equal(
      'no numeric setting has the path workers.maxInstance',
    );
  });

  it('refuse originals that keep their metadata where it matters, until that is acknowledged', () => {
    const found = (base: typeof prod, api: Partial<typeof prod.api>, acknowledged?: Record<string, string>) =>
      RANGE_CHECKS.flatMap(({ find }) =>
        find({ ...base, api: { ...base.api, ...api }, ...(acknowledged && { acknowledged }) }),
      ).filter(Boolean);
    const keep = { originalMetadata: 'keep' } as const;
    expect(found(prod, keep).join()).to.match(/^api\.originalMetadata is 'keep', but .* where and when it was taken/);
    expect(found(dev, { ...keep, defaultVisibility: 'public' })).to.have.length(1);
    expect(found(dev, keep)).to.deep.equal([]);
    for (const originalMetadata of ['strip-public', 'strip-all'] as const)
      expect(found(prod, { originalMetadata })).to.deep.equal([]);
    const acknowledged = { 'api.originalMetadata': 'An agency, whose buyers want the names of photographers.' };
    expect(found(prod, keep, acknowledged)).to.deep.equal([]);
    expect(found(prod, {}, acknowledged).join()).to.equal('api.originalMetadata needs no acknowledgement');
  });
});
