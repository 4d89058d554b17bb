import { expect } from 'chai';
import { contextOf } from '../../../../scripts/cost/model/cost-model.ts';
import { allResources } from '../../../../scripts/cost/model/resource.ts';
import { RESOURCES, unknownTypes } from '../../../../scripts/cost/model/resources.ts';
import { fixedPrices } from '../../../support/cost/fixed-prices.ts';
import { PLAIN } from '../../../support/cost/plain-workload.ts';
import { SETTINGS, synthesised } from '../../../support/cost/synthesised.ts';

const REPLICA = { accountId: '444455556666', region: 'eu-west-1' };

describe('resources of the stacks', () => {
  for (const name of Object.keys(SETTINGS) as (keyof typeof SETTINGS)[])
    it(`of ${name} all have lines of cost, or a reason why they have none`, () => {
      expect(unknownTypes(allResources(synthesised(name)))).to.deep.equal([]);
    });

  it('have them too with copies, backups, endpoints, an origin in the VPC and economy mode at the budget', () => {
    const environment = synthesised('prod', {
      cdn: { vpcOrigin: true },
      observability: { economyMode: 'at-budget' },
      network: { egress: 'interface-endpoints', isolatedWorkers: true },
      storage: {
        originalsReplica: { copyTo: REPLICA, lockedDays: 7, noncurrentDays: 30 },
        tableBackups: { everyHours: 24, keptDays: 35, lock: 'governance', copyTo: 'none' },
      },
    });
    expect(unknownTypes(allResources(environment))).to.deep.equal([]);
  });

  it('of an unknown type are refused with the place to add them', () => {
    const environment = structuredClone({ ...synthesised('dev'), aws: undefined }) as unknown as ReturnType<
      typeof synthesised
    >;
    environment.platform.resource.aws_lambda_function = { resize: {} };
    const input = { environment, workload: PLAIN, book: fixedPrices(), month: 13 };
    expect(() => contextOf(input)).to.throw(
      /aws_lambda_function costs\. Add it to scripts\/cost\/model\/resources\.ts/,
    );
  });

  it('without lines have a sentence as their reason', () => {
    for (const [type, pricing] of Object.entries(RESOURCES))
      if (typeof pricing !== 'function') expect(pricing.without, type).to.have.length.above(10);
  });
});
