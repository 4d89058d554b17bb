import { namesOf } from '../../shared/contracts/naming.ts';
import { prod } from '../../stacks/environments/prod.ts';
import { describeApplied } from './applied-stacks.ts';
import { protectionTests } from './protection-tests.ts';
import { routingTests } from './routing-tests.ts';

const place = { environment: prod.name, accountId: prod.accountId, region: prod.region };

describeApplied('prod', ['storage-prod', 'platform-prod'], (applied) => {
  routingTests(applied, namesOf(place).cluster);
  protectionTests(applied, prod.name);
});
