import { expect } from 'chai';
import { ACCEPTED_FINDINGS, isAt } from '../../stacks/accepted-findings.ts';

describe('accepted findings of checkov', () => {
  it('give their reasons in whole sentences', () => {
    const unsaid = ACCEPTED_FINDINGS.filter(({ reason }) => !/^[A-Z].{30,}\.$/s.test(reason));
    expect(unsaid.map(({ check }) => check)).to.deep.equal([]);
  });

  it('match the resources that they name, and no others', () => {
    const accepted = { check: 'CKV_AWS_1', at: ['platform-*/vpc', 'storage-dev/a.b'], reason: '' } as const;
    const resources = [
      'platform-dev/vpc',
      'storage-dev/a.b',
      'platform-dev/vpc-2',
      'storage-dev/a-b',
      'storage-prod/a.b',
    ];
    expect(resources.filter((resource) => isAt(accepted, resource))).to.deep.equal(resources.slice(0, 2));
  });
});
